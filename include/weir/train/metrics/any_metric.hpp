// What a metric is, and one whose kind is known only at run time. A metric is a struct with a call operator of one of
// these forms, from which it follows what it is computed from; NaN says that it is not defined.
//
//   double operator()(const ConfusionMatrix&) const             counts of all classes
//   double operator()(const ConfusionMatrix&, Index k) const    those of class k against the rest
//   double operator()(const Ranking&) const                     scores of a class against the rest
//   double operator()(const ValueErrors&) const                 errors of numbers
//
// It has a name, `kind`, and may say of itself:
//
//   static constexpr std::string_view formula;   // what it computes
//   static constexpr std::string_view title;     // its line in a report; without one it is in JSON alone
//   static constexpr std::string_view heading;   // its column in a table of the classes; without one it has none
//   static constexpr std::string_view meaning;   // the words behind the figure; {0} and {1} become the names of the classes
//   static constexpr std::string_view reference; // a function that computes the same: "scikit-learn f1_score"
//   static constexpr bool share = true;          // is written in per cent
//   static constexpr bool less_is_better = true;
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/confusion_matrix.hpp>
#include <weir/train/metrics/ranking.hpp>
#include <weir/train/metrics/value_errors.hpp>

#include <concepts>
#include <functional>
#include <string_view>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

template <class M, class... From>
concept ComputedFrom = requires(const M& metric, const From&... from) {
  { metric(from...) } -> std::same_as<double>;
};

template <class M>
concept Metric = requires {
  { M::kind } -> std::convertible_to<std::string_view>;
}
&&(ComputedFrom<M, ConfusionMatrix> || ComputedFrom<M, ConfusionMatrix, Index> || ComputedFrom<M, Ranking> ||
   ComputedFrom<M, ValueErrors>);

/// What a metric says of itself.
struct MetricText {
  std::string_view kind{}, formula{}, title{}, heading{}, meaning{}, reference{};
  bool share = false;
  bool less_is_better = false;
};

template <Metric M>
[[nodiscard]] constexpr MetricText metric_text() {
  MetricText text;
  text.kind = M::kind;
  if constexpr (requires { M::formula; }) text.formula = M::formula;
  if constexpr (requires { M::title; }) text.title = M::title;
  if constexpr (requires { M::heading; }) text.heading = M::heading;
  if constexpr (requires { M::meaning; }) text.meaning = M::meaning;
  if constexpr (requires { M::reference; }) text.reference = M::reference;
  if constexpr (requires { M::share; }) text.share = M::share;
  if constexpr (requires { M::less_is_better; }) text.less_is_better = M::less_is_better;
  return text;
}

class AnyMetric {
 public:
  using OfMatrix = std::function<double(const ConfusionMatrix&)>;
  using OfClass = std::function<double(const ConfusionMatrix&, Index)>;
  using OfRanking = std::function<double(const Ranking&)>;
  using OfValues = std::function<double(const ValueErrors&)>;

  template <Metric M>
  AnyMetric(M metric)  // NOLINT: a metric is one
      : text(metric_text<M>()), compute_(form(std::move(metric))) {}

  MetricText text;

  /// Its form, or nothing when it has another.
  template <class Form>
  [[nodiscard]] const Form* as() const noexcept {
    return std::get_if<Form>(&compute_);
  }

 private:
  using Forms = std::variant<OfMatrix, OfClass, OfRanking, OfValues>;

  template <class M>
  [[nodiscard]] static Forms form(M metric) {
    if constexpr (ComputedFrom<M, ConfusionMatrix>) {
      return OfMatrix(std::move(metric));
    } else if constexpr (ComputedFrom<M, ConfusionMatrix, Index>) {
      return OfClass(std::move(metric));
    } else if constexpr (ComputedFrom<M, Ranking>) {
      return OfRanking(std::move(metric));
    } else {
      return OfValues(std::move(metric));
    }
  }

  Forms compute_;
};

}  // namespace weir::inline WEIR_ABI
