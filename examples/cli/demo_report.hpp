// What weir demo tells of the files that its steps have written, in at most 80 columns.
#pragma once

#include "report.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cli {

/// "$ weir train ...", broken before options.
[[nodiscard]] std::string command_line(const std::vector<std::string>& arguments);

struct DemoFlows {
  std::size_t rows = 0, columns = 0;  ///< of the table, without header line and label
  std::string sample;                 ///< a few flows: who spoke with whom, and what the label is
};
/// `path` is a labelled table of `weir flows`.
[[nodiscard]] DemoFlows read_flows(const std::string& path);

/// `lesson` is what `weir train --json` says.
[[nodiscard]] std::string describe_training(const Json& lesson);
/// `measured` is what `weir evaluate --json` says of two classes.
[[nodiscard]] std::string describe_measures(const Json& measured);

struct DemoAlerts {
  std::string text;
  Json numbers;
};
/// Alerts of `weir watch` by host; `flows`, the labelled table of the same capture, tells what was right.
[[nodiscard]] DemoAlerts read_alerts(const std::string& alerts, const std::string& flows);

}  // namespace cli
