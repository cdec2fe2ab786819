// Fuzz target of the source of zstd data: any bytes are unpacked or refused, the same whatever the pieces in which
// they come and go; what both we and libzstd in one go unpack is the same; and what libzstd packs comes back. Of data
// that break the format, each of libzstd's two ways takes some that the other refuses: an empty block that says it is
// packed, or a block that is longer than the window.
#include "table_fuzz.hpp"

#include <weir/data/sources/zstd.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace weir;

/// All bytes, or the error.
Result<std::string> unpack(std::unique_ptr<ByteSource> packed, std::size_t piece) {
  ZstdSource source(std::move(packed), {.window_log = 16, .size = {.max_bytes = 1 << 16}});
  std::string all, buffer(piece, '\0');
  while (true) {
    const Result<std::size_t> count = source.read(buffer);
    if (!count.ok()) table_fuzz::require(is_utf8(count.error().what));
    if (!count.ok()) return count.error();
    if (count.value() == 0) return all;
    all.append(buffer, 0, count.value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view packed(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % std::size_t{16} * 16;
  const Result<std::string> whole = unpack(std::make_unique<MemorySource>(packed), 4'096);
  const Result<std::string> parts =
      unpack(std::make_unique<table_fuzz::DrippingSource>(packed, 1 + data[0] / std::size_t{16}), piece);
  table_fuzz::require(whole.ok() == parts.ok() && (!whole.ok() || whole.value() == parts.value()));
  static std::string room(std::size_t{1} << 16, '\0');
  if (whole.ok() && packed.starts_with("\x28\xB5\x2F\xFD")) {
    const std::size_t made = ZSTD_decompress(room.data(), room.size(), packed.data(), packed.size());
    table_fuzz::require(ZSTD_isError(made) != 0 || whole.value() == std::string_view(room.data(), made));
  }
  if (data[0] % 4 != 0) return 0;
  std::string made(ZSTD_compressBound(packed.size()), '\0');
  made.resize(ZSTD_compress(made.data(), made.size(), packed.data(), packed.size(), 1));
  const Result<std::string> back = unpack(std::make_unique<MemorySource>(made), piece);
  table_fuzz::require(back.ok() && back.value() == packed);
  return 0;
}
