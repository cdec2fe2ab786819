#include <weir/data/sources/gzip.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <string>

#include <weir/data/formats/csv.hpp>

using namespace weir;

namespace {

std::string gzip(std::string_view text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, static_cast<uLong>(text.size())) + 64, '\0');
  std::string in(text);
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// All bytes, or the error.
Result<std::string> unpack(std::string_view packed, GzipLimits limits = {}, std::size_t piece = 1'000) {
  GzipSource source(std::make_unique<MemorySource>(packed), limits);
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> count = source.read(buffer);
    if (!count) return count.error();
    if (count.value() == 0) return all;
    all.append(buffer, 0, count.value());
  }
}

}  // namespace

TEST_CASE("gzip: unpacked as it was packed, in pieces of any size") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",";
  const std::string packed = gzip(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}, std::size_t{1} << 20}) {
    CHECK(unpack(packed, {}, piece).value() == text);
  }
  CHECK(unpack(gzip("")).value().empty());
}

TEST_CASE("gzip: several members are one file") {
  CHECK(unpack(gzip("one,") + gzip("") + gzip("two")).value() == "one,two");
}

TEST_CASE("gzip: other data pass through") {
  CHECK(unpack("a,b\n1,2\n").value() == "a,b\n1,2\n");
  CHECK(unpack("").value().empty());
  CHECK(unpack("x").value() == "x");
  CHECK(unpack("\x1F").value() == "\x1F");
}

TEST_CASE("gzip: every cut and every damaged byte is found") {
  const std::string packed = gzip("0,tcp,http,SF,181,5450,0,0,0,0,0,1,normal\n0,udp,dns,SF,45,44,normal\n");
  for (std::size_t size = 2; size < packed.size(); ++size) {
    const Result<std::string> cut = unpack(packed.substr(0, size));
    CHECK(cut.error().kind == ErrorKind::format);
  }
  for (std::size_t i = 10; i < packed.size(); ++i) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_FALSE(unpack(damaged).ok());
  }
  CHECK_FALSE(unpack(packed + "trailing bytes").ok());
}

TEST_CASE("gzip: a bomb is stopped at the limits") {
  const std::string bomb = gzip(std::string(8'000'000, '0'));  // a thousandth of that
  CHECK(unpack(bomb).ok());
  const Result<std::string> size = unpack(bomb, {.max_bytes = 1'000'000});
  CHECK(size.error().kind == ErrorKind::format);
  CHECK(size.error().what.find("more than the limit") != std::string::npos);
  CHECK_FALSE(unpack(bomb, {.max_ratio = 100, .ratio_from = 10'000}).ok());
  CHECK(unpack(bomb, {.max_bytes = 8'000'000}).ok());
}

TEST_CASE("gzip: CSV files, packed or not, by name") {
  const std::string path = std::tmpnam(nullptr);
  for (const std::string& bytes : {gzip("a,b\n1,2\n"), std::string("a,b\n1,2\n")}) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    CHECK(read_csv(path, {.open = open_any}).numbers("b")[0] == 2);
  }
  std::remove(path.c_str());
  CHECK_THROWS_AS(static_cast<void>(read_csv(path, {.open = open_any})), IoError);
}
