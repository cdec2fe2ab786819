#include "key_file.hpp"

#include "files.hpp"

#include <weir/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace cli {

std::array<std::uint8_t, 32> read_key(const std::string& path) {
  std::string text = read_file(path);
  std::array<std::uint8_t, 32> key{};
  if (text.size() == key.size()) {
    std::copy(text.begin(), text.end(), key.begin());
    return key;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  bool good = text.size() == 2 * key.size();
  for (std::size_t i = 0; good && i < key.size(); ++i) {
    const char* const digits = text.data() + 2 * i;
    good = std::from_chars(digits, digits + 2, key[i], 16).ptr == digits + 2;
  }
  if (!good) weir::fail(weir::ErrorKind::data, path + ": not a key: 32 bytes or 64 hexadecimal digits");
  return key;
}

}  // namespace cli
