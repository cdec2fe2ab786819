// Fuzz target of the IDX reader: it must read or refuse any bytes, must not take memory that the file does
// not fill, and what it reads must be the bytes of the file, in whatever pieces they arrive.
//
// The first byte chooses labels or images and the size of the pieces; the rest is the file.
#include "table_fuzz.hpp"

#include <weir/data/formats/idx.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

namespace {

using namespace weir;
using table_fuzz::DrippingSource, table_fuzz::require;

void check_bytes(std::span<const std::uint8_t> values, std::string_view file, std::size_t header) {
  require(values.size() + header == file.size());
  require(std::equal(values.begin(), values.end(), file.begin() + static_cast<std::ptrdiff_t>(header),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] / std::size_t{2};
  MemorySource whole(file);
  DrippingSource pieces(file, piece);
  if (data[0] % 2 == 0) {
    const Result<std::vector<std::uint8_t>> a = try_read_idx_labels(whole);
    const Result<std::vector<std::uint8_t>> b = try_read_idx_labels(pieces);
    require(a.ok() == b.ok());
    if (!a) {
      require(a.error().kind == ErrorKind::format && !b.error().what.empty());
      return 0;
    }
    require(a.value() == b.value());
    check_bytes(a.value(), file, 8);
    return 0;
  }
  const Result<IdxImages> a = try_read_idx_images(whole);
  const Result<IdxImages> b = try_read_idx_images(pieces);
  require(a.ok() == b.ok());
  if (!a) {
    require(a.error().kind == ErrorKind::format && !b.error().what.empty());
    return 0;
  }
  require(a.value() == b.value());
  const IdxImages& images = a.value();
  require(images.size() > 0 && images.count * images.size() == images.pixels.size());
  check_bytes(images.pixels, file, 16);
  return 0;
}
