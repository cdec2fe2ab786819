// Unpacked zstd data against libzstd's own compressor.
#if __has_include(<zstd.h>)
#include <weir/data/formats/csv.hpp>
#include <weir/data/sources/zstd.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

using namespace weir;

namespace {

std::string zstd(std::string_view text, int window_log = 0) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  REQUIRE(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  if (window_log > 0) ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
  // As a stream, so that the frame does not know how much comes: the window is as large as it was asked for.
  ZSTD_inBuffer from{text.data(), text.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_EndDirective step = ZSTD_e_continue;
  REQUIRE(ZSTD_isError(ZSTD_compressStream2(context.get(), &to, &from, step)) == 0);
  REQUIRE(ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_end) == 0);
  out.resize(to.pos);
  return out;
}

/// All bytes, or the error.
Result<std::string> unpack(std::string_view packed, ZstdLimits limits = {}, std::size_t piece = 1'000) {
  ZstdSource source(std::make_unique<MemorySource>(packed, "z"), limits);
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> count = source.read(buffer);
    if (!count) return count.error();
    if (count.value() == 0) return all;
    all.append(buffer, 0, count.value());
  }
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("zstd: unpacked as it was packed, in pieces of any size") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",";
  const std::string packed = zstd(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}, std::size_t{1} << 20}) {
    CHECK(unpack(packed, {}, piece).value() == text);
  }
  CHECK(unpack(zstd("")).value().empty());
}

TEST_CASE("zstd: several frames are one file") {
  CHECK(unpack(zstd("one,") + zstd("") + zstd("two")).value() == "one,two");
}

TEST_CASE("zstd: other data pass through") {
  CHECK(unpack("a,b\n1,2\n").value() == "a,b\n1,2\n");
  CHECK(unpack("").value().empty());
  CHECK(unpack("\x28\xB5\x2F").value() == "\x28\xB5\x2F");
}

TEST_CASE("zstd: every cut and every damaged byte is found, and told where") {
  const std::string packed = zstd("0,tcp,http,SF,181,5450,0,0,0,0,0,1,normal\n0,udp,dns,SF,45,44,normal\n");
  for (std::size_t size = 4; size < packed.size(); ++size) {
    const Result<std::string> cut = unpack(packed.substr(0, size));
    CHECK(cut.error().what == "z: zstd data end too early, at byte " + std::to_string(size));
  }
  for (std::size_t i = 6; i < packed.size(); ++i) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_FALSE(unpack(damaged).ok());
  }
  const Result<std::string> more = unpack(packed + "trailing bytes");
  REQUIRE_FALSE(more.ok());
  CHECK(holds(more.error().what, "z: zstd data cannot be unpacked: Unknown frame descriptor, before byte"));
}

TEST_CASE("zstd: a frame that holds less than it says is damaged, in whatever pieces it is read") {
  const std::string_view frame("\x28\xB5\x2F\xFD\x60\0\0\1\0\0", 10);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{16}, std::size_t{4'096}}) {
    CHECK_FALSE(unpack(frame, {}, piece).ok());
  }
}

TEST_CASE("zstd: memory, size and ratio are limited") {
  const std::string wide = zstd(std::string(100'000, 'a'), 22);
  CHECK(unpack(wide).ok());
  const Result<std::string> memory = unpack(wide, {.window_log = 20});
  REQUIRE_FALSE(memory.ok());
  CHECK(holds(memory.error().what, "Frame requires too much memory"));
  const std::string bomb = zstd(std::string(8'000'000, '0'));
  CHECK(unpack(bomb).ok());
  CHECK(holds(unpack(bomb, {.max_bytes = 1'000'000}).error().what, "more than the limit"));
  CHECK_FALSE(unpack(bomb, {.max_ratio = 100, .ratio_from = 10'000}).ok());
  CHECK(unpack(bomb, {.max_bytes = 8'000'000}).ok());
}

TEST_CASE("zstd: CSV files, packed or not, by name") {
  const std::string path = std::tmpnam(nullptr);
  for (const std::string& bytes : {zstd("a,b\n1,2\n"), std::string("a,b\n1,2\n")}) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    CHECK(read_csv(path, {.open = open_zstd}).numbers("b")[0] == 2);
  }
  std::remove(path.c_str());
}
#endif
