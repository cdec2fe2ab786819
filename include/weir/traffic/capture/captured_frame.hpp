// One frame of a capture before it is parsed. The bytes belong to the reader and live until its next call.
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

struct CapturedFrame {
  std::int64_t time_ns = 0;  ///< since 1970-01-01 UTC
  int link_type = 0;
  std::uint32_t wire_length = 0;
  std::span<const std::byte> bytes;
};

}  // namespace weir::inline WEIR_ABI
