// Tables from pipes: a row is read when it has come, and the own texts of columns are kept beside it.
#include <weir/data/formats/open_table.hpp>
#include <weir/data/sources/gzip.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;

namespace {

/// What is written to it can be read, and nothing more comes until the next write.
class Pipe {
 public:
  Pipe() { REQUIRE(pipe(ends_.data()) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() { end(); }

  void write(std::string_view text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
  }
  /// To be taken once.
  [[nodiscard]] std::unique_ptr<ByteSource> source() {
    return std::make_unique<FileSource>(fdopen(ends_[0], "rb"), "pipe");
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// How many rows there are without waiting.
std::size_t come(TableFile& file) {
  Table rows = file.make_table();
  return file.read(rows, 1'000);
}

/// Reads a head with a row, then rows one by one and several at a time.
void check_format(const std::string& head, const std::string& row, bool gzip, TableOptions options = {}) {
  Pipe pipe;
  pipe.write(head + row);
  options.as_they_come = true;
  std::unique_ptr<ByteSource> source = pipe.source();
  if (gzip) source = std::make_unique<GzipSource>(std::move(source));
  TableFile file(std::move(source), options);
  file.read_only({{"bytes", ColumnKind::numeric}});
  CHECK(come(file) == 1);
  pipe.write(row);
  CHECK(come(file) == 1);
  pipe.write(row + row + row + row.substr(0, 5));
  CHECK(come(file) == 3);
  pipe.write(row.substr(5));
  CHECK(come(file) == 1);
  pipe.end();
  CHECK(come(file) == 0);
  CHECK(file.report().rows == 6);
}

}  // namespace

TEST_CASE("a row is read when it has come, in every format of lines") {
  for (const bool gzip : {false, true}) {
    check_format("host,bytes\n", "10.0.0.1,12\n", gzip);
    check_format("\n\nhost;bytes\n", "\"10.0.0.1\";12\n", gzip, {.separator = ";"});
    check_format("", "{\"host\":\"a\",\"bytes\":12}\n", gzip);
    check_format("#separator \\x09\n#fields\thost\tbytes\n#types\taddr\tcount\n", "10.0.0.1\t12\n", gzip);
    check_format("% a comment\n@relation r\n@attribute host string\n@attribute bytes numeric\n@data\n",
                 "'a b',12\n", gzip);
  }
}

TEST_CASE("without the option a reader waits for all rows that are asked for") {
  Pipe pipe;
  pipe.write("bytes\n1\n2\n");
  pipe.write("3\n");
  pipe.end();
  TableFile file(pipe.source(), {});
  CHECK(file.read_all().rows() == 3);
}

TEST_CASE("JSON lines from a pipe may lack columns in their first row") {
  const std::string text = "{\"a\":1}\n{\"a\":2,\"b\":3}\n";
  TableFile file(std::make_unique<MemorySource>(text), {.as_they_come = true});
  file.read_only({{"b", ColumnKind::numeric}});
  Table rows = file.make_table();
  REQUIRE(file.read(rows) == 2);
  CHECK(is_missing(rows.numbers("b")[0]));
  CHECK(rows.numbers("b")[1] == 3.0);
}

TEST_CASE("columns are kept as they stand in the file, whatever is read of them") {
  const std::string text =
      "ip,port,note,bytes\n"
      "10.0.0.1,0080,\"a \"\"b\"\", c\",1\n"
      "2001:db8::1, 443 ,-,2\n"
      "broken,row\n"
      "NaN,1e3,,3\n";
  TableFile file(std::make_unique<MemorySource>(text), {.skip_bad_rows = true});
  file.read_only({{"bytes", ColumnKind::numeric}, {"port", ColumnKind::numeric}});
  file.keep({2, 0, 1});
  Table rows = file.make_table();
  REQUIRE(file.read(rows, 2) == 2);
  REQUIRE(file.kept().rows() == 2);
  CHECK(file.kept().text(0, 0) == "a \"b\", c");
  CHECK(file.kept().text(0, 1) == "10.0.0.1");
  CHECK(file.kept().text(0, 2) == "0080");
  CHECK(file.kept().text(1, 0) == "-");
  CHECK(file.kept().text(1, 2) == " 443 ");
  REQUIRE(file.read(rows, 2) == 1);
  REQUIRE(file.kept().rows() == 1);
  CHECK(file.kept().text(0, 1) == "NaN");
  CHECK(file.kept().text(0, 2) == "1e3");
  CHECK(file.read(rows, 2) == 0);
  CHECK(file.kept().rows() == 0);
}

TEST_CASE("columns are kept in UTF-8, however the file has them") {
  const auto kept = [](const std::string& text, TextEncoding encoding) {
    TableFile file(std::make_unique<MemorySource>(text), {.encoding = encoding});
    file.keep({0});
    Table rows = file.make_table();
    REQUIRE(file.read(rows) == 1);
    return std::string(file.kept().text(0, 0));
  };
  CHECK(kept("name,b\nK\xF6ln,1\n", TextEncoding::automatic) == "Köln");
  CHECK(kept("name,b\nKöln,1\n", TextEncoding::automatic) == "Köln");
  CHECK(kept("name,b\nKöln,1\n", TextEncoding::windows_1252) == "KÃ¶ln");
}

TEST_CASE("pixels of images are kept as numbers") {
  const std::string images("\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03\x01\x02\x03\x04\x05\xFF", 22);
  TableFile file(std::make_unique<MemorySource>(images), {.format = "idx"});
  file.keep({2});
  Table rows = file.make_table();
  REQUIRE(file.read(rows) == 2);
  CHECK(file.kept().text(0, 0) == "3");
  CHECK(file.kept().text(1, 0) == "255");
}
