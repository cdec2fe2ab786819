// The secret of `--anonymise` and of `weir anonymise`.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace cli {

/// 32 bytes from a file that holds them as they are, or as 64 hexadecimal digits with or without a line end.
/// Throws IoError and DataError.
[[nodiscard]] std::array<std::uint8_t, 32> read_key(const std::string& path);

}  // namespace cli
