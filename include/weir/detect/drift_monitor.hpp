// Has the traffic changed since the training? Compares a model's inputs and scores with those of the
// training:
//
//   inputs   the stability index of each feature over a window of records (population_stability.hpp)
//   scores   Kolmogorov-Smirnov over the same window; and Page-Hinkley over all of them, on the place of each
//            score among those of the training (0 ... 1), so that its settings fit any model
//
//   DriftMonitor monitor(reference);
//   if (const auto drift = monitor.add(sample, score)) report(*drift);
//
// A score that is NaN has no place among others: it is counted apart, and a window that holds one is
// reported.
//
// A model may be wrong without any of this, and right in spite of it: an alarm says that it should be
// measured anew. Memory is fixed; a record costs a search among the bins of each feature.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/kolmogorov_smirnov.hpp>
#include <weir/detect/page_hinkley.hpp>
#include <weir/detect/population_stability.hpp>
#include <weir/detect/reference_statistics.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct DriftOptions {
  std::size_t window = 1'000;  ///< records
  double stability = 0.25;     ///< an index above it is a large shift (Siddiqi 2006)
  double probability = 0.001;  ///< of Kolmogorov-Smirnov; below it the scores follow another law ...
  double distance = 0.1;       ///< ... and matter, if they differ by as much
  PageHinkleyOptions mean{.delta = 0.05, .lambda = 25.0, .warm_up = 30};
};

struct DriftReport {
  struct Feature {
    std::size_t index = 0;
    double stability = 0.0;
  };
  std::uint64_t records = 0;        ///< taken in so far
  std::vector<Feature> features{};  ///< those that have moved, furthest first
  KolmogorovSmirnov::Outcome scores{};
  bool scores_moved = false;
  Drift mean = Drift::none;     ///< of the scores
  std::uint64_t senseless = 0;  ///< scores of the window that are NaN: the model does not work
};

class DriftMonitor {
 public:
  /// ConfigError when there is no reference or no window.
  explicit DriftMonitor(const ReferenceStatistics& reference, const DriftOptions& options = {})
      : options_(options),
        features_(checked(reference).features),
        scores_(reference.scores),
        mean_(options.mean) {
    if (options.window == 0) fail(ErrorKind::config, "DriftMonitor: needs a window");
    window_.reserve(options.window);
  }

  /// A record as the net sees it, and its score. Says what has changed, at the end of a window or when the
  /// mean of the scores does; nothing when all is as it was.
  [[nodiscard]] std::optional<DriftReport> add(std::span<const float> sample, double score) {
    assert(sample.size() == features_.size());
    for (std::size_t j = 0; j < sample.size(); ++j) features_[j].add(static_cast<double>(sample[j]));
    ++records_;
    DriftReport report{.records = records_};
    if (std::isnan(score)) {
      ++senseless_;
    } else {
      window_.push_back(score);
      report.mean = mean_.add(place_of(score));
    }
    if (window_.size() + senseless_ == options_.window) end_window(report);
    const bool moved =
        !report.features.empty() || report.scores_moved || report.mean != Drift::none || report.senseless > 0;
    return moved ? std::optional(std::move(report)) : std::nullopt;
  }

 private:
  static const ReferenceStatistics& checked(const ReferenceStatistics& reference) {
    if (reference.empty()) fail(ErrorKind::config, "DriftMonitor: needs the statistics of a training");
    return reference;
  }
  /// Share of the training's scores below this one; of equal ones half.
  [[nodiscard]] double place_of(double score) const noexcept {
    const std::vector<double>& known = scores_.training();
    const auto [low, high] = std::equal_range(known.begin(), known.end(), score);
    return static_cast<double>((low - known.begin()) + (high - known.begin())) /
           (2.0 * static_cast<double>(known.size()));
  }
  void end_window(DriftReport& report) {
    for (std::size_t j = 0; j < features_.size(); ++j) {
      const double index = features_[j].value();
      if (index > options_.stability) report.features.push_back({j, index});
      features_[j].clear();
    }
    std::stable_sort(report.features.begin(), report.features.end(),
                     [](const auto& a, const auto& b) { return a.stability > b.stability; });
    report.senseless = std::exchange(senseless_, 0);
    if (!window_.empty()) report.scores = scores_(window_);
    report.scores_moved =
        report.scores.p < options_.probability && report.scores.distance > options_.distance;
    window_.clear();
  }

  DriftOptions options_;
  std::vector<PopulationStability> features_;
  KolmogorovSmirnov scores_;
  PageHinkley mean_;
  std::vector<double> window_;
  std::uint64_t records_ = 0;
  std::size_t senseless_ = 0;  ///< NaN scores since the last window
};

}  // namespace weir::inline WEIR_ABI
