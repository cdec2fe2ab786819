// weir flows CAPTURE...: what the command is told. main.cpp fills it from the command line.
#pragma once

#include "meter_options.hpp"

#include <string>
#include <vector>

namespace cli {

struct FlowsOptions {
  std::vector<std::string> captures{};
  std::string out = "-";
  MeterOptions meter{.profile = "core"};
  long threads = 1;
  std::string filter{};
  std::string labels{};             ///< file of label rules
  std::string anonymise{};          ///< file of the key
  std::vector<std::string> keep{};  ///< what columns of bytes may still tell beside hidden addresses
  bool json = false;
  bool quiet = false;
};

/// 0; 1 when a capture was cut or damaged, after what could be read; 2 when nothing of one could be read.
/// Throws weir::Error when one cannot be opened, or nothing of any can be read.
[[nodiscard]] int flows(const FlowsOptions& options);

}  // namespace cli
