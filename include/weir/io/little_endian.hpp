// Numbers in files are little-endian. On a little-endian host these are plain copies, on a big-endian host
// the bytes of each element are reversed; other hosts are refused at compile time.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <span>

namespace weir::inline WEIR_ABI::detail {

static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big,
              "weir's files need a little-endian or big-endian host");

/// Copies elements of `element_size` bytes between the host's order and the file's, in either direction.
inline void copy_little_endian(std::span<const std::byte> from, std::byte* to, std::size_t element_size) {
  assert(element_size > 0 && from.size() % element_size == 0);
  if constexpr (std::endian::native == std::endian::little) {
    std::copy(from.begin(), from.end(), to);
  } else {
    for (; !from.empty(); from = from.subspan(element_size), to += element_size) {
      std::reverse_copy(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(element_size), to);
    }
  }
}

}  // namespace weir::inline WEIR_ABI::detail
