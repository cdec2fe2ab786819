// Extents of a tensor in a safetensors file, and the one place where they are multiplied.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>
#include <weir/io/dtype.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace weir::inline WEIR_ABI {

inline constexpr std::size_t max_file_rank = 8;

/// Extents as a safetensors file has them: the last runs fastest.
struct FileShape {
  std::array<std::uint64_t, max_file_rank> extents{};
  std::uint8_t rank = 0;

  [[nodiscard]] std::span<const std::uint64_t> span() const& noexcept { return {extents.data(), rank}; }
  std::span<const std::uint64_t> span() const&& = delete;  // it would outlive its shape
  [[nodiscard]] std::string str() const {
    std::string text = "[";
    for (std::size_t i = 0; i < rank; ++i) text += (i == 0 ? "" : ", ") + std::to_string(extents[i]);
    return text + "]";
  }
  friend bool operator==(const FileShape&, const FileShape&) = default;
};

/// The shape under which a file holds a tensor of weir, whose first extent runs fastest: the same elements in
/// the same order, the extents named from the other end. A matrix of 3 rows and 5 columns is [5, 3] in a
/// file.
[[nodiscard]] inline FileShape file_shape(const Extents& extents) noexcept {
  static_assert(max_rank <= max_file_rank);
  FileShape shape;
  shape.rank = static_cast<std::uint8_t>(extents.rank());
  for (std::size_t i = 0; i < extents.rank(); ++i) {
    shape.extents[i] = static_cast<std::uint64_t>(extents[extents.rank() - 1 - i]);
  }
  return shape;
}

/// Bytes of a tensor; nothing if they are not a whole number or more than memory can address. Extents of zero
/// do not excuse the others: shape arithmetic downstream must be safe too.
[[nodiscard]] inline std::optional<std::uint64_t> byte_size(Dtype dtype, const FileShape& shape) noexcept {
  constexpr auto max_bits = static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max());
  std::uint64_t bits = bits_of(dtype);
  bool empty = false;
  for (const std::uint64_t extent : shape.span()) {
    empty = empty || extent == 0;
    if (extent == 0) continue;
    if (bits > max_bits / extent) return std::nullopt;
    bits *= extent;
  }
  if (empty) return 0;
  if (bits % 8 != 0) return std::nullopt;
  return bits / 8;
}

}  // namespace weir::inline WEIR_ABI
