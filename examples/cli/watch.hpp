// weir watch MODEL|--kitsune: what the command is told. main.cpp fills it from the command line.
#pragma once

#include "meter_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct WatchOptions {
  std::string model{};
  bool kitsune = false;
  std::vector<std::string> captures{};
  std::string interface {};
  std::string filter{};
  std::string out = "-";
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;  ///< bytes that MODEL may ask for; 0: 4 times its size and 1 MiB
  bool quiet = false;

  MeterOptions meter{};     ///< of a model; no profile: the first one that has the model's columns
  std::uint64_t drift = 0;  ///< flows, which together are compared with the training; 0: never

  int features = 100;
  std::uint64_t map = 5'000;  ///< packets
  std::uint64_t train = 50'000;
  std::uint64_t calibrate = 10'000;
  double alarm_rate = 1e-4;  ///< of ordinary packets
  bool hold = false;         ///< the threshold stays as it was set
  std::string state{};       ///< file to resume from, if it is there, and to save to
};

/// 0; 1 when a capture was cut or damaged, after what could be read. Throws weir::Error when one cannot be
/// opened, or when the model does not fit.
[[nodiscard]] int watch(const WatchOptions& options);
/// The same with Kitsune in place of a model.
[[nodiscard]] int watch_packets(const WatchOptions& options);

}  // namespace cli
