// weir watch MODEL|--kitsune: what the command is told. main.cpp fills it from the command line.
#pragma once

#include "meter_options.hpp"
#include "source_options.hpp"

#include <weir/core/option_bounds.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct WatchOptions {
  std::string model{};
  bool kitsune = false;
  SourceOptions source{};
  std::string out = "-";
  std::optional<double> threshold{};
  std::uint64_t model_memory = 0;  ///< bytes that MODEL may ask for; 0: 8 times its size and 1 MiB
  bool quiet = false;
  bool view = false;

  MeterOptions meter{};     ///< of a model; no profile: the first one that has the model's columns
  std::uint64_t drift = 0;  ///< flows, which together are compared with the training; 0: never

  int features = 100;
  std::uint64_t map = 5'000;  ///< packets
  std::uint64_t train = 50'000;
  std::uint64_t calibrate = 10'000;
  double alarm_rate = 1e-4;  ///< of ordinary packets
  bool hold = false;         ///< the threshold stays as it was set
  std::string state{};       ///< file to resume from, if it is there, and to save to

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("out", o.out, weir::AnyText{"file"}, "file for the alarms; - is standard output");
    visit("quiet", o.quiet, "no summary");
    visit("view", o.view, "show rates, hosts and alarms on the terminal; as lines they go to -o FILE alone");
    visit.group("Flows, for a MODEL");
    visit("drift", o.drift, weir::ZeroOr{10, 1'000'000'000}, "tell when N flows differ from the training");
    visit.group("Kitsune");
    visit("map", o.map, weir::IntegerRange{1, 100'000'000},
          "packets that tell which features belong together");
    visit("train", o.train, weir::IntegerRange{1, 1'000'000'000'000}, "packets to learn from, after those");
    visit("calibrate", o.calibrate, weir::IntegerRange{1, 100'000'000},
          "packets that set the threshold, then");
    visit("alarm_rate", o.alarm_rate, weir::share_between(1e-7, 0.5),
          "share of ordinary packets that may alarm");
    visit("hold", o.hold, "keep the threshold where calibration set it");
    visit("state", o.state, weir::AnyText{"file"},
          "resume from this file if it is there; save to it at the end");
  }
};

/// "weir watch ids.weir, eth0"
[[nodiscard]] inline std::string view_title(const WatchOptions& options) {
  const std::vector<std::string>& captures = options.source.captures;
  const std::string what = options.kitsune ? "--kitsune" : options.model;
  if (captures.empty()) return "weir watch " + what + ", " + options.source.interface;
  const std::string more = captures.size() > 1 ? " and " + std::to_string(captures.size() - 1) + " more" : "";
  return "weir watch " + what + ", " + captures.front() + more;
}

/// 0; 1 when a capture was cut or damaged, after what could be read. Throws weir::Error when one cannot be
/// opened, or when the model does not fit.
[[nodiscard]] int watch(const WatchOptions& options);
/// The same with Kitsune in place of a model.
[[nodiscard]] int watch_packets(const WatchOptions& options);

}  // namespace cli
