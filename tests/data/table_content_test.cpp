// What is given in place of a table is named, with what was expected and how to come to it.
#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/idx.hpp>
#include <weir/data/sources/gzip.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace weir;
using namespace std::string_literals;

TEST_CASE("csv: what is no table is named") {
  std::string tar(600, '\0');
  tar.replace(0, 8, "flow.csv");
  tar.replace(257, 5, "ustar");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\xD4\xC3\xB2\xA1\x02\0\x04\0"s + std::string(16, '\0'), "weir flows"},
      {"\x0A\x0D\x0D\x0A\x1C\0\0\0"s, "pcapng"},
      {"{\"ts\": 1.5, \"src\": \"a\"}\n{\"ts\": 2.5}\n", "JSON"},
      {"[{\"a\": 1}, {\"a\": 2}]\n", "JSON"},
      {"#separator \\x09\n#set_separator\t,\n#fields\tts\tuid\n", "Zeek"},
      {"% made by hand\n@RELATION flows\n@ATTRIBUTE a NUMERIC\n@DATA\n1\n", "ARFF"},
      {"<!DOCTYPE html>\n<html><body>404</body></html>", "HTML"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "git lfs pull"},
      {"PK\x03\x04\x14\0\x06\0\x08\0\0\0"s, ".xlsx"},
      {"PAR1\x15\0\x15\x02\x15"s, "Parquet"},
      {"%PDF-1.7\n1 0 obj\n", "PDF"},
      {"\x1F\x8B\x08\0\0\0\0\0\0\0"s, "gzip"},
      {tar, "tar"},
      {"\x60\0\0\0\0\0\0\0{\"__metadata__\":{\"weir.format\":\"1\"}}"s, "weir predict MODEL TABLE"},
      {"\0\0\x08\x03\0\0\0\x05\0\0\0\x1C\0\0\0\x1C"s, "--format idx"},
      {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s, "picture"},
      {"\x89HDF\r\n\x1A\n\0"s, "HDF5"},
  };
  for (const auto& [bytes, word] : cases) {
    const std::string& shown = word;
    CAPTURE(shown);
    const Result<Table> result = try_parse_csv(bytes);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == ErrorKind::format);
    CHECK(result.error().what.rfind("memory: this is no table of text (CSV): it looks like ", 0) == 0);
    CHECK(result.error().what.find(word) != std::string::npos);
  }
}

TEST_CASE("csv: names of columns that begin like a signature are names") {
  for (const char* name :
       {"PAR1", "FEA1", "BZh", "PK", "ARROW1", "snoop", "GIF89", "@data", "{x}", "[s]", "%load"}) {
    CAPTURE(name);
    Result<Table> t = try_parse_csv(std::string(name) + ",label\n1,a\n2,b\n");
    REQUIRE(t.ok());
    CHECK(t->schema().columns[0].name == name);
  }
}

TEST_CASE("idx: what is no file of images is named") {
  const auto error_of = [](std::string_view bytes) {
    MemorySource source(bytes);
    return try_read_idx_images(source).error().what;
  };
  CHECK(error_of("a,b,label\n1,2,x\n3,4,y\n").find("it looks like a table of text") != std::string::npos);
  CHECK(error_of("\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0\0\0\0\0"s).find("packet capture") !=
        std::string::npos);
  CHECK(error_of("\0\0\x08\x01\0\0\0\x05\1\2\3\4\5"s).find("IDX labels") != std::string::npos);
  const std::string bytes = "\0\0\x08\x03\0\0\0\x01\0\0\0\x01\0\0\0\x01\7"s;
  MemorySource images(bytes);
  CHECK(try_read_idx_labels(images).error().what.find("IDX images") != std::string::npos);
}
