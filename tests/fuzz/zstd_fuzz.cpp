// Fuzz target of the source of zstd data: any bytes are unpacked or refused, the same whatever the pieces in which
// they come and go; what libzstd unpacks in one go, we unpack to the same; and what it packs comes back.
#include "table_fuzz.hpp"

#include <weir/data/sources/zstd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace weir;

/// All bytes, or nothing.
std::string unpack(std::unique_ptr<ByteSource> packed, std::size_t piece, bool& fine) {
  ZstdSource source(std::move(packed), {.window_log = 16, .max_bytes = 1 << 16});
  std::string all, buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> count = source.read(buffer);
    fine = count.ok();
    if (!fine) table_fuzz::require(is_utf8(count.error().what));
    if (!fine || count.value() == 0) return fine ? all : std::string();
    all.append(buffer, 0, count.value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view packed(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % std::size_t{16} * 16;
  bool whole = false, parts = false;
  const std::string all = unpack(std::make_unique<MemorySource>(packed), 4'096, whole);
  const std::string again = unpack(
      std::make_unique<table_fuzz::DrippingSource>(packed, 1 + data[0] / std::size_t{16}), piece, parts);
  table_fuzz::require(whole == parts && all == again);
  static std::string room(std::size_t{1} << 16, '\0');
  if (whole && packed.starts_with("\x28\xB5\x2F\xFD")) {
    const std::size_t made = ZSTD_decompress(room.data(), room.size(), packed.data(), packed.size());
    table_fuzz::require(ZSTD_isError(made) == 0 && all == std::string_view(room.data(), made));
  }
  if (data[0] % 4 != 0) return 0;
  std::string made(ZSTD_compressBound(packed.size()), '\0');
  made.resize(ZSTD_compress(made.data(), made.size(), packed.data(), packed.size(), 1));
  bool fine = false;
  table_fuzz::require(unpack(std::make_unique<MemorySource>(made), piece, fine) == packed && fine);
  return 0;
}
