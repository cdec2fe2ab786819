// What goes through a stream is the file's, and so are its failures.
#include <weir/io/output_stream.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <string>

using weir::OutputFile;
using weir::OutputStream;

TEST_CASE("OutputStream: texts, numbers and single characters arrive") {
  const weir_test::TemporaryDirectory directory;
  OutputFile file = OutputFile::open(directory / "file");
  OutputStream out(file);
  out << "a " << 12 << '\n';
  out.put('b');
  out.flush();
  REQUIRE(file.commit().ok());
  CHECK(weir_test::to_text(weir::read_file(directory / "file", 100)) == "a 12\nb");
}

TEST_CASE("OutputStream: a failure of the file is thrown") {
  OutputFile file = OutputFile::open("/dev/full");
  OutputStream out(file);
  const std::string much(2 * OutputFile::buffer_bytes, 'x');
  CHECK_THROWS_AS(out << much, weir::IoError);
}
