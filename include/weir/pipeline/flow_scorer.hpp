// Verdicts of a pipeline on flows, as they leave the meter.
//
//   FlowTable<CoreFlow> table(options);
//   FlowScorer<decltype(pipeline.net), CoreFlow> scorer(pipeline, options.features);
//   table.add(packet, [&](const auto& flow) {
//     const Verdict verdict = scorer.score(flow);
//     if (verdict.alert) report(*flow, verdict, scorer.reasons(3));
//   });
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/alarm_reason.hpp>
#include <weir/pipeline/flow_model_record.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Net, class... Profiles>
class FlowScorer {
 public:
  using Scalar = typename Net::Scalar;

  /// For flows that are metered with these features; the pipeline must outlive it. ConfigError when it takes
  /// no single records; DataError when the profiles lack a column of its.
  FlowScorer(const Pipeline<Net>& pipeline, const FlowFeatureOptions& features, bool blank_missing = true)
      : FlowScorer(pipeline, pack_weights(pipeline.net, pipeline.input), features, blank_missing) {}
  /// `packed`: the net's weights, which the scorers of several threads share.
  FlowScorer(const Pipeline<Net>& pipeline, const PackedWeights& packed, const FlowFeatureOptions& features,
             bool blank_missing = true)
      : pipeline_(pipeline),
        scorer_(pipeline, packed),
        record_(schema_of(pipeline), flow_columns<Profiles...>(features), blank_missing),
        encoded_(pipeline.preprocess.features()),
        sample_(static_cast<std::size_t>(pipeline.input.size())),
        names_(pipeline.preprocess.feature_names()) {}

  /// Not usable, and no alert, where the flow lacks a value that the pipeline needs.
  template <class View>
  Verdict score(const View& flow) {
    record_.take(flow);
    if (!pipeline_.preprocess.encode(record_.numbers(), record_.texts(), encoded_)) return {.usable = false};
    std::copy(encoded_.begin(), encoded_.end(), sample_.begin());
    Index used = pipeline_.input.length;
    if (pipeline_.samples.kind == SampleKind::sequence) {
      used = used_steps(record_.numbers(), pipeline_.input.channels);
      if (used == 0) return {.usable = false};
      std::fill(sample_.begin() + used * pipeline_.input.channels, sample_.end(), Scalar(0));
    }
    return scorer_.score(sample_, used);
  }

  /// The last flow as the net saw it.
  [[nodiscard]] std::span<const Scalar> sample() const noexcept { return sample_; }
  [[nodiscard]] const std::vector<std::string>& feature_names() const noexcept { return names_; }

  /// Of the last flow and an anomaly model: the features that the net gave back worst, worst first.
  [[nodiscard]] std::vector<AlarmReason> reasons(std::size_t most) const {
    const std::span<const Scalar> x(sample_);
    const std::span<const Scalar> y = scorer_.output();
    std::vector<AlarmReason> all;
    for (std::size_t j = 0; j < x.size(); ++j) {
      all.push_back({names_[j], pipeline_.errors.part(x, y, j) / static_cast<double>(x.size())});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.error > b.error; });
    all.resize(std::min(all.size(), most));
    return all;
  }

 private:
  [[nodiscard]] static const Schema& schema_of(const Pipeline<Net>& pipeline) {
    const SampleKind kind = pipeline.samples.kind;
    if (!pipeline.takes_records() || (kind != SampleKind::features && kind != SampleKind::sequence)) {
      fail(ErrorKind::config, "the model does not judge single records, which flows are");
    }
    (check_version<Profiles>(pipeline), ...);
    return pipeline.preprocess.schema;
  }
  /// A column may have changed its meaning and kept its name.
  template <class Profile>
  static void check_version(const Pipeline<Net>& pipeline) {
    if constexpr (requires { Profile::version; }) {
      const std::string ours = flow_profile_text<Profile>();
      for (const auto& [entry, theirs] : pipeline.record) {
        const bool same_profile =
            entry == flow_profile_entry && theirs.starts_with(std::string(Profile::name) + ",");
        if (!same_profile || theirs == ours) continue;
        fail(ErrorKind::data, "the model learned from flows of profile " + theirs + "; these are of " + ours +
                                  ": train it anew");
      }
    }
  }

  const Pipeline<Net>& pipeline_;
  Scorer<Net> scorer_;
  FlowModelRecord record_;
  std::vector<float> encoded_;
  std::vector<Scalar> sample_;
  std::vector<std::string> names_;
};

}  // namespace weir::inline WEIR_ABI
