// Verdicts of a pipeline, record by record.
//
//   auto pipeline = load_any("ids.weir");
//   Scorer scorer(pipeline);
//   Verdict v = scorer.score(numbers, texts);        // no allocation
//   if (v.usable && v.alert) report(pipeline.labels.classes[v.label], v.score);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/workspace.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/pipeline/task.hpp>
#include <weir/simd/softmax_columns.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What a pipeline says of one record.
struct Verdict {
  std::int32_t label = 0;  ///< class; 0 or 1 for an anomaly model; 0 for regression
  double score = 0.0;  ///< probability of class 1 (two classes) or of `label` (more); anomaly score; value
  bool alert = false;
  /// false when there is no verdict, so that label and score mean nothing: a rule forbids a value of the
  /// record, or the net's answer is not a number. The latter raises `alert`: a model that no longer works
  /// must not be quiet.
  bool usable = true;

  /// Whether the net's answer is not a number.
  [[nodiscard]] bool senseless() const noexcept { return !usable && alert; }
};

/// Runs a pipeline record by record with memory of its own: one a thread. The pipeline must outlive it and keep its
/// weights, which the scorer packs when it is made; scorers of several threads can share that form.
template <class Net>
class Scorer {
 public:
  using Scalar = typename Net::Scalar;

  explicit Scorer(const Pipeline<Net>& pipeline)
      : Scorer(pipeline, pack_weights(pipeline.net, pipeline.input)) {}
  /// `packed`: of the pipeline's net, or another scorer's.
  Scorer(const Pipeline<Net>& pipeline, const PackedWeights& packed)
      : pipeline_(pipeline),
        workspace_(pipeline.net, pipeline.input, 1, packed),
        features_(static_cast<std::size_t>(pipeline.input.size())),
        encoded_(pipeline.takes_records() ? pipeline.preprocess.features() : 0),
        probabilities_(static_cast<std::size_t>(workspace_.output_shape().size())) {}

  /// The packed weights, for the scorer of another thread.
  [[nodiscard]] const PackedWeights& packed() const noexcept { return workspace_.packed(); }

  /// The shape of a sample as the net sees it.
  [[nodiscard]] Shape input() const noexcept { return pipeline_.input; }

  /// A record: its numbers and its texts, each in the order of `pipeline.preprocess.schema`. The records of a
  /// model of windows are the steps of one series, in order; the first ones are not usable, for want of a
  /// past.
  Verdict score(std::span<const double> numbers, std::span<const std::string_view> texts) {
    if (!pipeline_.preprocess.encode(numbers, texts, encoded_)) return forget();
    if (pipeline_.samples.kind == SampleKind::window) return follow();
    std::copy(encoded_.begin(), encoded_.end(), features_.begin());
    if (pipeline_.samples.kind != SampleKind::sequence) return score(features_);
    const Index used = used_steps(numbers, pipeline_.input.channels);
    if (used == 0) return {.usable = false};
    std::fill(features_.begin() + used * pipeline_.input.channels, features_.end(), Scalar(0));
    return score(features_, used);
  }

  /// A sample as the net sees it.
  Verdict score(std::span<const Scalar> sample) { return score(sample, pipeline_.input.length); }

  /// A sample of which only the first `used` steps count.
  Verdict score(std::span<const Scalar> sample, Index used) {
    const std::span<const Index> lengths(&used, used == pipeline_.input.length ? 0 : 1);
    const std::span<const Scalar> y =
        workspace_.forward(pipeline_.net, {sample.data(), pipeline_.input, 1, lengths}).span();
    output_ = y;
    switch (pipeline_.task) {
      case Task::classify: return classify(y);
      case Task::anomaly: return compare(sample, y);
      case Task::regress: break;
    }
    const auto channels = static_cast<std::size_t>(pipeline_.input.channels);
    return checked({.score = pipeline_.value_of(y[0], sample.last(channels))});
  }

  /// What the net gave for the last sample: of an anomaly model the sample as it came back.
  [[nodiscard]] std::span<const Scalar> output() const noexcept { return output_; }

  /// Probabilities of all classes in the last verdict of a classifier: two for a net with one output.
  [[nodiscard]] double probability(std::int32_t label) const noexcept {
    if (probabilities_.size() > 1)
      return static_cast<double>(probabilities_[static_cast<std::size_t>(label)]);
    const auto positive = static_cast<double>(probabilities_[0]);
    return label == 1 ? positive : 1.0 - positive;
  }

 private:
  /// Takes the encoded record in as the series' next step.
  Verdict follow() {
    std::copy(features_.begin() + pipeline_.input.channels, features_.end(), features_.begin());
    std::copy(encoded_.begin(), encoded_.end(), features_.end() - pipeline_.input.channels);
    steps_ = std::min(steps_ + 1, pipeline_.input.length);
    if (steps_ < pipeline_.input.length) return {.usable = false};
    return score(features_);
  }
  /// After a record that cannot be used, a series begins anew.
  Verdict forget() noexcept {
    steps_ = 0;
    return {.usable = false};
  }

  Verdict classify(std::span<const Scalar> y) {
    const Link link = final_link(pipeline_.net);
    std::copy(y.begin(), y.end(), probabilities_.begin());
    if (y.size() == 1) {
      if (link == Link::identity) probabilities_[0] = Scalar(1) / (Scalar(1) + std::exp(-y[0]));
      return decide(static_cast<double>(probabilities_[0]));
    }
    if (link == Link::identity) {
      simd::softmax(static_cast<Index>(y.size()), y.data(), probabilities_.data());
    }
    if (y.size() == 2) return decide(static_cast<double>(probabilities_[1]));
    for (const Scalar p : probabilities_) {
      if (std::isnan(p)) return checked({.score = static_cast<double>(p)});
    }
    const auto best = std::max_element(probabilities_.begin(), probabilities_.end());
    const auto label = static_cast<std::int32_t>(best - probabilities_.begin());
    return {label, static_cast<double>(*best), label != 0};
  }

  Verdict compare(std::span<const Scalar> sample, std::span<const Scalar> reconstructed) {
    return decide(pipeline_.errors(sample, reconstructed));
  }

  /// Class 1 from the threshold on.
  [[nodiscard]] Verdict decide(double score) const noexcept {
    const bool alert = !(score < pipeline_.threshold);
    return checked({alert ? 1 : 0, score, alert});
  }
  /// NaN is no answer: not usable, and not quiet.
  [[nodiscard]] static Verdict checked(Verdict verdict) noexcept {
    if (std::isnan(verdict.score)) verdict = {.score = verdict.score, .alert = true, .usable = false};
    return verdict;
  }

  const Pipeline<Net>& pipeline_;
  Workspace<Net> workspace_;
  std::vector<Scalar> features_;
  std::vector<float> encoded_;
  std::vector<Scalar> probabilities_;
  std::span<const Scalar> output_{};  // in the workspace
  Index steps_ = 0;                   // window: of the series that were seen in a row
};

}  // namespace weir::inline WEIR_ABI
