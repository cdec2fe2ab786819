// weir anonymise IN OUT: what the command is told. main.cpp fills it from the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct AnonymiseOptions {
  std::string in{};
  std::string out{};
  std::string key{};          ///< file with 32 bytes or 64 hexadecimal digits
  std::uint32_t payload = 0;  ///< bytes of a layer-4 payload to keep
  std::int64_t shift_ns = 0;
  bool ports = false;
  std::vector<std::string> keep{};  ///< "timestamps", "ip_id", "flow_label"
  bool quiet = false;
};

/// 0; 1 when the capture was cut or damaged, after what could be read. Throws weir::Error when it cannot be
/// opened or written; then there is no OUT.
[[nodiscard]] int anonymise(const AnonymiseOptions& options);

}  // namespace cli
