// weir flows CAPTURE...: what the command is told. main.cpp fills it from the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct FlowsOptions {
  std::vector<std::string> captures{};
  std::string out = "-";
  std::string profile = "core";
  double idle = 120;  ///< seconds
  double active = 1'800;
  std::uint64_t max_flows = 1'000'000;
  long threads = 1;
  std::string filter{};
  std::uint64_t payload = 0;  ///< columns for the first payload bytes
  std::uint64_t packets = 0;  ///< columns for the first packets; 0: none, but the profile's own (30)
  std::string labels{};       ///< file of label rules
  std::string anonymise{};    ///< file of the key
  bool inner = false;         ///< look into tunnels
  bool json = false;
  bool quiet = false;
};

/// 0; 1 when a capture was cut or damaged, after what could be read. Throws weir::Error when one cannot be
/// opened.
[[nodiscard]] int flows(const FlowsOptions& options);

}  // namespace cli
