// No output over an input or another output, by whatever names.
#include <weir/io/named_files.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

using weir::ErrorKind;
using weir::NamedFile;
using weir::try_check_files;
using weir_test::TemporaryDirectory;

namespace {

std::string refusal(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  const weir::Status fine = try_check_files(inputs, outputs);
  return fine.ok() ? std::string() : fine.error().what;
}

}  // namespace

TEST_CASE("try_check_files: an output that is an input, by its name or by links") {
  const TemporaryDirectory directory;
  const std::string table = directory / "table", link = directory / "link", other = directory / "other";
  std::ofstream(table) << "x\n1\n";
  REQUIRE(symlink(table.c_str(), link.c_str()) == 0);
  REQUIRE(::link(table.c_str(), other.c_str()) == 0);
  for (const std::string& output : {table, link, other, directory.path() + "/./table"}) {
    CHECK(refusal({{"TRAIN", table}}, {{"--model", output}}) ==
          "--model is the same file as TRAIN (" + table + "), which would be lost; write to another file");
  }
  CHECK(try_check_files({{table, table}}, {{"-o", table}}).error().kind == ErrorKind::config);
  CHECK(refusal({{"TRAIN", table}, {"--test", table}}, {{"--model", directory / "model"}}).empty());
}

TEST_CASE("try_check_files: two outputs that will be one; what is not given, and devices, are nobody's") {
  const TemporaryDirectory directory;
  const std::string link = directory / "link";
  REQUIRE(symlink("model", link.c_str()) == 0);
  CHECK(refusal({}, {{"--log", directory / "model"}, {"--model", link}}).find("same file as --log") !=
        std::string::npos);
  CHECK(refusal({{"TRAIN", ""}}, {{"--model", ""}, {"--log", ""}}).empty());
  CHECK(refusal({{"TRAIN", "/dev/null"}}, {{"--model", "/dev/null"}, {"--log", "/dev/null"}}).empty());
  CHECK(directory.names().size() == 1);
}

TEST_CASE("try_check_files: an output that cannot be written is told by its role") {
  const TemporaryDirectory directory;
  CHECK(refusal({}, {{"-o", directory / "no/file"}}).find("-o: cannot write") == 0);
}
