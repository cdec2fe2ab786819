// Unpacked data against zlib's and libzstd's own compressors.
#include <weir/data/formats/csv.hpp>
#include <weir/data/sources/gzip.hpp>
#if __has_include(<zstd.h>)
#include <weir/data/sources/zstd.hpp>
#define WEIR_TEST_PACKINGS Gzip, Zstd
#else
#define WEIR_TEST_PACKINGS Gzip
#endif

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

using namespace weir;

namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct Gzip {
  using Source = GzipSource;
  static constexpr std::string_view name = "gzip", magic = "\x1F\x8B";
  static constexpr std::size_t header = 10;  // of which zlib does not look at all
  static constexpr auto open = open_any;

  static PackedLimits limits(PackedLimits size) { return size; }
  static std::string pack(std::string_view text) {
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
};

#if __has_include(<zstd.h>)
struct Zstd {
  using Source = ZstdSource;
  static constexpr std::string_view name = "zstd", magic = "\x28\xB5\x2F\xFD";
  static constexpr std::size_t header = 6;
  static constexpr auto open = open_zstd;

  static ZstdLimits limits(PackedLimits size) { return {.size = size}; }
  static std::string pack(std::string_view text) { return pack(text, 0); }
  static std::string pack(std::string_view text, int window_log) {
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    REQUIRE(context != nullptr);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    if (window_log > 0) ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
    std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
    // As a stream, so that the frame does not know how much comes: the window is as large as it was asked for.
    ZSTD_inBuffer from{text.data(), text.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    REQUIRE(ZSTD_isError(ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_continue)) == 0);
    REQUIRE(ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_end) == 0);
    out.resize(to.pos);
    return out;
  }
};
#endif

/// All bytes, or the error.
template <class Source>
Result<std::string> read_all(Source source, std::size_t piece = 1'000) {
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> count = source.read(buffer);
    if (!count) return count.error();
    if (count.value() == 0) return all;
    all.append(buffer, 0, count.value());
  }
}
template <class Packing>
Result<std::string> unpack(std::string_view packed, PackedLimits limits = {.max_ratio = 10'000},
                           std::size_t piece = 1'000) {
  return read_all(
      typename Packing::Source(std::make_unique<MemorySource>(packed, "z"), Packing::limits(limits)), piece);
}

}  // namespace

TEST_CASE_TEMPLATE("packed source: unpacked as it was packed, in pieces of any size", P, WEIR_TEST_PACKINGS) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + ",";
  const std::string packed = P::pack(text);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}, std::size_t{1} << 20}) {
    CHECK(unpack<P>(packed, {}, piece).value() == text);
  }
  CHECK(unpack<P>(P::pack("")).value().empty());
}

TEST_CASE_TEMPLATE("packed source: several members are one file", P, WEIR_TEST_PACKINGS) {
  CHECK(unpack<P>(P::pack("one,") + P::pack("") + P::pack("two")).value() == "one,two");
}

TEST_CASE_TEMPLATE("packed source: other data pass through", P, WEIR_TEST_PACKINGS) {
  CHECK(unpack<P>("a,b\n1,2\n").value() == "a,b\n1,2\n");
  CHECK(unpack<P>("").value().empty());
  CHECK(unpack<P>("x").value() == "x");
  const std::string_view cut = P::magic.substr(0, P::magic.size() - 1);
  CHECK(unpack<P>(cut).value() == cut);
}

TEST_CASE_TEMPLATE("packed source: every cut and damaged byte is found, cuts are told where", P,
                   WEIR_TEST_PACKINGS) {
  const std::string packed =
      P::pack("0,tcp,http,SF,181,5450,0,0,0,0,0,1,normal\n0,udp,dns,SF,45,44,normal\n");
  for (std::size_t size = P::magic.size(); size < packed.size(); ++size) {
    const Result<std::string> cut = unpack<P>(packed.substr(0, size));
    REQUIRE_FALSE(cut.ok());
    CHECK(cut.error().what ==
          "z: " + std::string(P::name) + " data end too early, at byte " + std::to_string(size));
  }
  for (std::size_t i = P::header; i < packed.size(); ++i) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_FALSE(unpack<P>(damaged).ok());
  }
  CHECK_FALSE(unpack<P>(packed + "trailing bytes").ok());
}

TEST_CASE_TEMPLATE("packed source: a bomb is stopped at the limits", P, WEIR_TEST_PACKINGS) {
  const std::string bomb = P::pack(std::string(8'000'000, '0'));  // less than a thousandth of that
  CHECK(unpack<P>(bomb).ok());
  const Result<std::string> size = unpack<P>(bomb, {.max_bytes = 1'000'000});
  REQUIRE_FALSE(size.ok());
  CHECK(size.error().kind == ErrorKind::format);
  CHECK(holds(size.error().what, "more than the limit"));
  CHECK_FALSE(unpack<P>(bomb, {.max_ratio = 100, .ratio_from = 10'000}).ok());
  CHECK(unpack<P>(bomb, {.max_bytes = 8'000'000, .max_ratio = 10'000}).ok());
}

TEST_CASE_TEMPLATE("packed source: CSV files, packed or not, by name", P, WEIR_TEST_PACKINGS) {
  const std::string path = std::tmpnam(nullptr);
  for (const std::string& bytes : {P::pack("a,b\n1,2\n"), std::string("a,b\n1,2\n")}) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    CHECK(read_csv(path, {.open = P::open}).numbers("b")[0] == 2);
  }
  std::remove(path.c_str());
  CHECK_THROWS_AS(static_cast<void>(read_csv(path, {.open = P::open})), IoError);
}

#if __has_include(<zstd.h>)
TEST_CASE("zstd: libzstd's reason is told") {
  const Result<std::string> more = unpack<Zstd>(Zstd::pack("a") + "trailing bytes");
  REQUIRE_FALSE(more.ok());
  CHECK(holds(more.error().what, "z: zstd data cannot be unpacked: Unknown frame descriptor, before byte"));
}

TEST_CASE("zstd: a frame that holds less than it says is damaged, in whatever pieces it is read") {
  const std::string_view frame("\x28\xB5\x2F\xFD\x60\0\0\1\0\0", 10);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{16}, std::size_t{4'096}}) {
    CHECK_FALSE(unpack<Zstd>(frame, {}, piece).ok());
  }
}

TEST_CASE("zstd: the window's memory is limited") {
  const std::string wide = Zstd::pack(std::string(100'000, 'a'), 22);
  CHECK(unpack<Zstd>(wide).ok());
  const Result<std::string> memory =
      read_all(ZstdSource(std::make_unique<MemorySource>(wide, "z"), {.window_log = 20}));
  REQUIRE_FALSE(memory.ok());
  CHECK(holds(memory.error().what, "Frame requires too much memory"));
}
#endif
