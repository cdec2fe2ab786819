// What the reader refuses. The cases of the first test are those on which readers are known to differ.
#include <weir/io/safetensors_view.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using weir_test::Bytes;
using weir_test::file_of;
using weir_test::raw_file;

namespace {

std::string entry(std::string_view name, std::string_view shape, std::string_view offsets,
                  std::string_view dtype = "F32") {
  std::string text = "\"" + std::string(name) + "\":{\"dtype\":\"" + std::string(dtype) + "\",\"shape\":[";
  return text.append(shape).append("],\"data_offsets\":[").append(offsets).append("]}");
}

std::string header(std::string_view members) { return "{" + std::string(members) + "}"; }

/// The reason for refusing the file; empty if it is accepted.
std::string verdict(const Bytes& file) {
  const auto view = weir::try_parse_safetensors(file, {.require_checksum = false});
  if (view.ok()) return "";
  CHECK(view.error().kind == weir::ErrorKind::format);
  CHECK(view.error().what.find("safetensors: byte ") == 0);
  return view.error().what;
}

struct Case {
  const char* name;
  Bytes file;
  const char* reason;  ///< part of the refusal; empty: accepted
};

const std::string eight(8, 'x');

std::vector<Case> known_cases() {
  const std::string ok = entry("a", "2", "0,8");
  const std::string first = entry("a", "1", "0,4");
  std::string ones;
  for (int i = 0; i < 5000; ++i) ones += "1,";
  const std::string nan("\0\0\xC0\x7F\0\0\x80\x7F", 8);
  return {
      {"ok", file_of(header(ok), eight), ""},
      {"trailing data", file_of(header(ok), eight + "x"), "the tensors hold 8 bytes, the file has 9"},
      {"hole", file_of(header(first + "," + entry("b", "1", "8,12")), eight + "yyyy"),
       "the tensors hold 8 bytes"},
      {"overlap", file_of(header(ok + "," + entry("b", "2", "0,8")), eight), "belong to other tensors too"},
      {"duplicate key", file_of(header(ok + "," + ok), eight), "belong to other tensors too"},
      {"duplicate key, first bad", file_of(header(entry("a", "9", "0,36") + "," + ok), eight),
       "do not lie in"},
      {"escaped duplicate", file_of(header(first + "," + entry("\\u0061", "1", "0,4")), "xxxx"),
       "other tensors"},
      {"overflow shape", file_of(header(entry("a", "8589934592,8589934592", "0,8")), eight), "is too large"},
      {"zero times huge", file_of(header(entry("a", "0,4611686018427387904,4611686018427387904", "0,0"))),
       "is too large"},
      {"zero dimension", file_of(header(entry("a", "0,3", "0,0"))), ""},
      {"float shape", file_of(header(entry("a", "2.0", "0,8")), eight), "non-negative integer"},
      {"negative shape", file_of(header(entry("a", "-2", "0,8")), eight), "non-negative integer"},
      {"leading white space", file_of(" " + header(ok), eight), "must start with '{'"},
      {"trailing white space", file_of(header(ok) + "    ", eight), ""},
      {"metadata not a string", file_of(R"({"__metadata__":{"x":1}})"), "expected a string"},
      {"unknown field", file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"evil":1}})", eight),
       "unknown field 'evil'"},
      {"rank 5,001", file_of(header(entry("a", ones + "2", "0,8")), eight), "more than 8 extents"},
      {"NaN payload", file_of(header(ok), nan), ""},
      {"empty", file_of("{}"), ""},
      {"deep JSON", file_of(std::string(100000, '[')), "must start with '{'"},
      {"huge header length", raw_file(std::uint64_t{1} << 63, header(ok), eight),
       "a header of 9223372036854775808"},
      {"NUL in a name", file_of(header(entry("a\\u0000b", "2", "0,8")), eight), "control character"},
      {"path as a name", file_of(header(entry("../../etc/passwd", "2", "0,8")), eight), ""},
  };
}

}  // namespace

TEST_CASE("safetensors: the known strictness cases") {
  const std::vector<Case> cases = known_cases();
  CHECK(cases.size() == 23);
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const std::string reason = verdict(one.file);
    CAPTURE(reason);
    CHECK(reason.empty() == std::string_view(one.reason).empty());
    CHECK(reason.find(one.reason) != std::string::npos);
  }
}

TEST_CASE("safetensors: duplicates that no overlap gives away") {
  const std::string empty = entry("a", "0", "0,0");
  CHECK(verdict(file_of(header(empty + "," + empty))).find("tensor 'a': comes twice") != std::string::npos);
  CHECK(verdict(file_of(header(empty + "," + entry("\\u0061", "0", "0,0")))).find("comes twice") !=
        std::string::npos);
  CHECK(verdict(file_of(R"({"__metadata__":{"k":"1","k":"2"}})")).find("metadata key 'k'") !=
        std::string::npos);
  CHECK(verdict(file_of(R"({"__metadata__":{"k":"1","\u006b":"2"}})")).find("comes twice") !=
        std::string::npos);
  CHECK(verdict(file_of(R"({"__metadata__":{},"__metadata__":{}})")).find("comes twice") !=
        std::string::npos);
  CHECK(verdict(file_of(header(entry("__metadata\\u005f_", "0", "0,0")))).find("reserved") !=
        std::string::npos);
  CHECK(verdict(file_of(R"({"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})"))
            .find("'dtype' comes twice") != std::string::npos);
}

TEST_CASE("safetensors: holes and overlaps whose sizes add up") {
  const std::string hole =
      entry("a", "1", "0,4") + "," + entry("b", "1", "4,8") + "," + entry("c", "1", "4,8");
  CHECK(verdict(file_of(header(hole), eight + "yyyy")).find("overlaps another") != std::string::npos);
  const std::string late =
      entry("a", "1", "4,8") + "," + entry("b", "1", "8,12") + "," + entry("c", "1", "8,12");
  CHECK(verdict(file_of(header(late), eight + "yyyy")).find("a hole before it") != std::string::npos);
  const std::string inside = entry("a", "2", "0,8") + "," + entry("b", "0", "4,4");
  CHECK(verdict(file_of(header(inside), eight)).find("overlaps another") != std::string::npos);
  CHECK(verdict(file_of(header(entry("a", "2", "8,0")), eight)).find("do not lie in") != std::string::npos);
  const std::string swapped = entry("b", "1", "4,8") + "," + entry("a", "1", "0,4");
  CHECK(verdict(file_of(header(swapped), eight)).empty());  // the order of the header is free
}

TEST_CASE("safetensors: shapes at the limits of arithmetic") {
  const auto refused = [](std::string_view shape, std::string_view dtype) {
    return !verdict(file_of(header(entry("a", shape, "0,8", dtype)), eight)).empty();
  };
  CHECK(refused("18446744073709551615", "U8"));
  CHECK(refused("18446744073709551616", "U8"));
  CHECK(refused("9223372036854775808,2", "U8"));
  CHECK(refused("4294967296,4294967296", "U8"));
  CHECK(refused("2305843009213693953", "F64"));
  CHECK(refused("1,1,1,1,1,1,1,1,8", "U8"));
  CHECK_FALSE(refused("1,1,1,1,1,1,1,8", "U8"));
  CHECK_FALSE(refused("", "F64"));
  CHECK_FALSE(refused("16", "F4"));
  CHECK(refused("15", "F4"));
  CHECK(refused("8", "U7"));
  CHECK(refused("8", "u8"));
}

TEST_CASE("safetensors: texts that are not the grammar") {
  const std::string good = entry("a", "2", "0,8");
  for (const std::string& text :
       {std::string(),
        std::string("{"),
        std::string("}"),
        std::string("[]"),
        std::string("null"),
        std::string("{\"a\"}"),
        std::string("{\"a\":}"),
        std::string("{\"a\":{}}"),
        std::string("{\"a\":[]}"),
        "{" + good,
        "{" + good + ",}",
        "{," + good + "}",
        "{" + good + "}}",
        "{" + good + "}\n",
        "{" + good + "}{}",
        "{" + good + "} x",
        "{" + good + "}" + std::string(1, '\0'),
        "\xEF\xBB\xBF{" + good + "}",
        "{/**/" + good + "}",
        "{'a'" + good.substr(3) + "}",
        "{" + good + good + "}",
        std::string(R"({"a":{"dtype":"F32","shape":[2]}})"),
        std::string(R"({"a":{"dtype":"F32","shape":2}})"),
        std::string(R"({"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}})"),
        std::string(R"({"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})"),
        std::string(R"({"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}})"),
        std::string(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})"),
        std::string(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}})"),
        std::string(R"({"a":{"dt\u0079pe":"F32","shape":[2],"data_offsets":[0,8]}})"),
        std::string(R"({"__metadata__":[]})"),
        std::string(R"({"__metadata__":{"a":null}})"),
        std::string(R"({"__metadata__":{"a":{}}})"),
        std::string(R"({"__metadata__":{"a\n":"b"}})"),
        std::string("{\"__metadata__\":{\"a\":\"\xFF\"}}"),
        std::string("{\"\xC3\":{}}")}) {
    CHECK_MESSAGE(!verdict(file_of(text, eight)).empty(), text);
  }
  CHECK(
      verdict(file_of("{ \"a\" : {\n\"shape\":[ 2 ],\t\"dtype\":\"F32\",\"data_offsets\":[0 , 8]} }", eight))
          .empty());
}

TEST_CASE("safetensors: a file cut off anywhere, or with anything appended, is refused") {
  const Bytes file = file_of(R"({"__metadata__":{"k":"v"},)" + entry("a", "2", "0,8") + "}  ", eight);
  REQUIRE(verdict(file).empty());
  for (std::size_t size = 0; size < file.size(); ++size) {
    CHECK_MESSAGE(!verdict(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))).empty(),
                  size);
  }
  Bytes longer = file;
  longer.push_back(std::byte{0});
  CHECK(!verdict(longer).empty());
}

TEST_CASE("safetensors: every wrong length of the header is refused") {
  const std::string text = header(entry("a", "2", "0,8"));
  for (std::uint64_t length = 0; length < text.size() + 16; ++length) {
    CHECK(verdict(raw_file(length, text, eight)).empty() == (length == text.size()));
  }
  for (unsigned bit = 7; bit < 64; ++bit) {
    CHECK(!verdict(raw_file(text.size() ^ (std::uint64_t{1} << bit), text, eight)).empty());
  }
  const std::string largest = "{}" + std::string(weir::max_header_bytes - 2, ' ');
  CHECK(verdict(file_of(largest)).empty());
  CHECK(verdict(file_of(largest + " ")).find("allowed are 16777216") != std::string::npos);
}

TEST_CASE("safetensors: refusals name the byte") {
  CHECK(verdict(file_of("{}x")) == "safetensors: byte 10: only spaces may follow the header's '}'");
  CHECK(verdict(file_of(R"({"a":7})")) == "safetensors: byte 13: expected '{'");
  CHECK(verdict(file_of(header(entry("a", "3", "0,8")), eight)) ==
        "safetensors: byte 10: tensor 'a': F32 [3] needs 12 bytes, data_offsets give 8");
  const std::string endless = verdict(file_of(header(entry(std::string(100000, 'n'), "3", "0,8")), eight));
  CHECK(endless.size() < 300);
}

TEST_CASE("safetensors: a checksum must be there, well-formed and right") {
  const auto refusal = [](const std::string& value) {
    const Bytes file = file_of(R"({"__metadata__":{)" + value + "}}");
    CHECK_FALSE(weir::try_parse_safetensors(file).ok());
    return verdict(file);
  };
  CHECK_FALSE(weir::try_parse_safetensors(file_of("{}")).ok());
  CHECK(weir::try_parse_safetensors(file_of("{}")).error().what.find("no checksum") != std::string::npos);
  for (const char* text :
       {"", "crc64:", "crc64:000000000000000", "crc64:00000000000000000", "crc32:0000000000000000",
        "crc64:000000000000000G", "crc64:00000000000000AB", "CRC64:0000000000000000",
        " crc64:000000000000000", "crc64:\\u003000000000000000"}) {
    const std::string value = std::string(R"("weir.checksum":")") + text + '"';
    CHECK_MESSAGE(refusal(value).find("lower-case") != std::string::npos, text);
  }
  CHECK(refusal(R"("weir.checksum":"crc64:0000000000000000")").find("damaged") != std::string::npos);
  CHECK(refusal(R"("weir.checksu\u006d":"crc64:0000000000000000")").find("escapes") != std::string::npos);
}
