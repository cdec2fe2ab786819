// The values of metrics, by name.
//
//   Measures measures(builtin_metrics());
//   measures.add(confusion);                       // what is computed from it
//   measures.add(Ranking(scores, labels));         // of two classes: of class 1; else class by class
//   measures.value("f1"), measures.find("f1")->of_classes
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/train/metrics/any_metric.hpp>
#include <weir/train/metrics/builtin_metrics.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Measure {
  AnyMetric metric;
  double value =
      std::nan("");  ///< of a metric of classes: that of class 1 of two, else the mean; NaN: not defined
  std::vector<double> of_classes{};  ///< of a metric of classes
};

class Measures {
 public:
  explicit Measures(std::vector<AnyMetric> metrics = builtin_metrics()) : metrics_(std::move(metrics)) {}

  /// Means are over the classes that occur; what is not defined of one counts as 0 there.
  void add(const ConfusionMatrix& confusion);
  /// Of the next class: nothing is defined without rows of the class and of others, and the mean is over the others.
  void add(const Ranking& ranking);
  void add(const ValueErrors& errors);

  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
  [[nodiscard]] auto end() const noexcept { return all_.end(); }

  /// The measure of this name, or nothing.
  [[nodiscard]] const Measure* find(std::string_view kind) const noexcept {
    for (const Measure& measure : all_) {
      if (measure.metric.text.kind == kind) return &measure;
    }
    return nullptr;
  }
  /// Its value, NaN where it is not defined. ConfigError when nothing of this name was measured.
  [[nodiscard]] double value(std::string_view kind) const;

 private:
  template <class Counts>
  [[nodiscard]] static double mean_of(const std::vector<double>& values, Counts counts) {
    double sum = 0.0, count = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (!counts(k)) continue;
      if (!std::isnan(values[k])) sum += values[k];
      count += 1.0;
    }
    return sum / count;
  }
  [[nodiscard]] Measure& place_of(const AnyMetric& metric);

  std::vector<AnyMetric> metrics_;
  std::vector<Measure> all_{};
};

#if WEIR_BODIES

WEIR_BODY void Measures::add(const ConfusionMatrix& confusion) {
  const Index classes = confusion.classes();
  for (const AnyMetric& metric : metrics_) {
    if (const auto* whole = metric.as<AnyMetric::OfMatrix>()) all_.push_back({metric, (*whole)(confusion)});
    const auto* of_class = metric.as<AnyMetric::OfClass>();
    if (of_class == nullptr) continue;
    Measure measure{metric};
    for (Index k = 0; k < classes; ++k) measure.of_classes.push_back((*of_class)(confusion, k));
    const auto occurs = [&](std::size_t k) { return confusion.occurs(static_cast<Index>(k)); };
    measure.value = classes == 2 ? measure.of_classes[1] : mean_of(measure.of_classes, occurs);
    all_.push_back(std::move(measure));
  }
}

WEIR_BODY void Measures::add(const Ranking& ranking) {
  for (const AnyMetric& metric : metrics_) {
    const auto* rank = metric.as<AnyMetric::OfRanking>();
    if (rank == nullptr) continue;
    Measure& measure = place_of(metric);
    measure.of_classes.push_back(ranking.has_both() ? (*rank)(ranking) : std::nan(""));
    const auto defined = [&](std::size_t k) { return !std::isnan(measure.of_classes[k]); };
    measure.value = mean_of(measure.of_classes, defined);
  }
}

WEIR_BODY void Measures::add(const ValueErrors& errors) {
  for (const AnyMetric& metric : metrics_) {
    if (const auto* of = metric.as<AnyMetric::OfValues>()) all_.push_back({metric, (*of)(errors)});
  }
}

WEIR_BODY double Measures::value(std::string_view kind) const {
  if (const Measure* measure = find(kind)) return measure->value;
  std::vector<std::string> names;
  for (const Measure& measure : all_) names.emplace_back(measure.metric.text.kind);
  fail(ErrorKind::config,
       "no metric " + detail::in_quotes(kind) + " was measured" + near_names(kind, names, names.size()));
}

WEIR_BODY Measure& Measures::place_of(const AnyMetric& metric) {
  for (Measure& measure : all_) {
    if (measure.metric.text.kind == metric.text.kind) return measure;
  }
  return all_.emplace_back(Measure{metric});
}

#endif

}  // namespace weir::inline WEIR_ABI
