#include <weir/io/output_file.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>
#include <utility>

using weir::OutputFile;
using weir_test::TemporaryDirectory;
using weir_test::to_bytes;
using weir_test::to_text;

namespace {

std::string content(const std::string& path) { return to_text(weir::read_file(path, std::size_t{1} << 30)); }

}  // namespace

TEST_CASE("OutputFile: there is nothing until commit, and then all of it") {
  const TemporaryDirectory directory;
  weir::write_file(directory / "file", to_bytes("old"));
  std::string expected;
  OutputFile out = OutputFile::open(directory / "file");
  CHECK(out.temporary().rfind(directory / "file.", 0) == 0);
  for (int i = 0; i < 60'000; ++i) {  // more than the buffer holds
    const std::string line = "line " + std::to_string(i) + "\n";
    expected += line;
    REQUIRE(out.write(line));
  }
  REQUIRE(expected.size() > 2 * OutputFile::buffer_bytes);
  CHECK(content(directory / "file") == "old");
  OutputFile moved = std::move(out);
  CHECK(moved.commit().ok());
  CHECK(content(directory / "file") == expected);
  CHECK(directory.names().size() == 1);
}

TEST_CASE("OutputFile: without commit the old file stays, and nothing else") {
  const TemporaryDirectory directory;
  weir::write_file(directory / "file", to_bytes("old"));
  {
    OutputFile out = OutputFile::open(directory / "file");
    CHECK(out.write("fresh"));
    CHECK(out.flush());
    CHECK(content(out.temporary()) == "fresh");
  }
  { const OutputFile never = OutputFile::open(directory / "other"); }
  CHECK(content(directory / "file") == "old");
  CHECK(directory.names().size() == 1);
}

TEST_CASE("OutputFile: the first failure is the one that is told, and the last word") {
  OutputFile full = OutputFile::open("/dev/full");
  CHECK(full.temporary().empty());
  CHECK(full.write("x"));  // still in memory
  CHECK_FALSE(full.flush());
  CHECK_FALSE(full.write("y"));
  CHECK(full.status().error().what == "cannot write '/dev/full': No space left on device");
  CHECK_FALSE(full.commit().ok());

  OutputFile late = OutputFile::open("/dev/full");
  CHECK(late.write("x"));
  CHECK(late.commit().error().what == "cannot write '/dev/full': No space left on device");
}

TEST_CASE("OutputFile: a full disk leaves the old file") {
  const TemporaryDirectory directory;
  weir::write_file(directory / "file", to_bytes("old"));
  OutputFile out = OutputFile::open(directory / "file");
  const int reading = ::open(out.temporary().c_str(), O_RDONLY);
  REQUIRE(reading >= 0);
  // The descriptor is replaced by one that cannot be written to.
  REQUIRE(::dup2(reading, out.descriptor()) >= 0);
  ::close(reading);
  CHECK(out.write("fresh"));
  CHECK_FALSE(out.commit().ok());
  CHECK(content(directory / "file") == "old");
  CHECK(directory.names().size() == 1);
}

TEST_CASE("OutputFile: a log grows under its own name and mends a line that was cut") {
  const TemporaryDirectory directory;
  weir::write_file(directory / "log", to_bytes("first\nhalf a li"));
  REQUIRE(::chmod((directory / "log").c_str(), 0600) == 0);
  {
    OutputFile log = OutputFile::try_append(directory / "log").value();
    CHECK(log.temporary().empty());
    CHECK(log.write("second\n"));
    CHECK(log.flush());
    CHECK(content(directory / "log") == "first\nhalf a li\nsecond\n");
  }
  OutputFile again = OutputFile::try_append(directory / "log").value();
  CHECK(again.write("third\n"));
  CHECK(again.commit().ok());
  CHECK(content(directory / "log") == "first\nhalf a li\nsecond\nthird\n");
  OutputFile fresh = OutputFile::try_append(directory / "new").value();
  CHECK(fresh.commit().ok());
  CHECK(content(directory / "new").empty());
  CHECK_FALSE(OutputFile::try_append(directory / "no/log").ok());
}

TEST_CASE("try_check_output: finds what stands in the way, and leaves nothing") {
  const TemporaryDirectory directory;
  CHECK(weir::try_check_output(directory / "file").ok());
  CHECK(weir::try_check_output("/dev/full").ok());
  CHECK(weir::try_check_output("/dev/stdout").ok());
  CHECK_FALSE(weir::try_check_output(directory.path()).ok());
  CHECK_FALSE(weir::try_check_output(directory.path() + "/").ok());
  CHECK_FALSE(weir::try_check_output("").ok());
  CHECK_FALSE(weir::try_check_output(directory / "no/file").ok());
  CHECK_FALSE(weir::try_check_output(directory / std::string(256, 'x')).ok());
  CHECK(directory.names().empty());
}

TEST_CASE("OutputFile: a read-only file stays, whoever asks") {
  const TemporaryDirectory directory;
  const std::string path = directory / "precious";
  std::ofstream(path) << "old";
  for (const mode_t mode : {mode_t{0444}, mode_t{0400}, mode_t{0555}, mode_t{0}}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    const weir::Status possible = weir::try_check_output(path);
    REQUIRE_FALSE(possible.ok());
    CHECK(possible.error().what.find("it is read-only") != std::string::npos);
    CHECK_FALSE(OutputFile::try_open(path).ok());
    CHECK_FALSE(OutputFile::try_append(path).ok());
  }
  REQUIRE(chmod(path.c_str(), 0644) == 0);
  CHECK(content(path) == "old");
  CHECK(weir::try_check_output(path).ok());
}
