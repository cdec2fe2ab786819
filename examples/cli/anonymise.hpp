// weir anonymise IN OUT: what the command is told. main.cpp fills it from the command line.
#pragma once

#include <weir/core/option_bounds.hpp>

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

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("key", o.key, weir::AnyText{"file"}, "file with 32 secret bytes, or 64 hexadecimal digits");
    visit("payload", o.payload, weir::count_from(0), "bytes of each payload to keep");
    visit("ports", o.ports, "hide ports from 1024 up");
    visit("keep", o.keep, "as they are: timestamps, ip_id, flow_label");
    visit("quiet", o.quiet, "print nothing");
  }
};

/// 0; 1 when the capture was cut or damaged, after what could be read. Throws weir::Error when it cannot be
/// opened or written; then there is no OUT.
[[nodiscard]] int anonymise(const AnonymiseOptions& options);

}  // namespace cli
