// A trained net with all that its verdicts need: the law of an autoencoder's errors, a threshold, and the
// statistics of the training by which drift is noticed.
//
//   Sequential net{Dense{n, 16}, Relu{}, Dense{16, n}};
//   fit(net, samples.training, MeanSquaredError{}, Adam{});
//   Pipeline pipeline = complete_pipeline(samples, std::move(net)).pipeline;
//
// learn() (learn.hpp) chooses, trains and completes a net in one call; this is for a net of one's own.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/detect/reconstruction.hpp>
#include <weir/detect/reference_statistics.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/train/predict.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Net>
struct Completed {
  Pipeline<Net> pipeline;
  AlarmRate alarm_rate{};  ///< what the threshold does to the held-back rows, where one was set
};

/// What a DriftMonitor compares with: the rows that were trained on, and the scores of held-back ones where
/// there are any. Empty where a record is no sample by itself, and above 2,048 features.
template <class Net>
[[nodiscard]] ReferenceStatistics reference_of(const Pipeline<Net>& pipeline, const Samples& samples) {
  constexpr Index most_features = 2'048;  // the statistics take 152 bytes a feature
  const SampleKind kind = pipeline.samples.kind;
  const bool records = kind == SampleKind::features || kind == SampleKind::sequence;
  const auto size = static_cast<std::size_t>(pipeline.input.size());
  if (!records || pipeline.task == Task::regress || pipeline.input.size() > most_features) return {};
  std::vector<double> scores = scores_of(pipeline, samples.validation);
  if (scores.empty()) scores = scores_of(pipeline, samples.training);
  const auto values = static_cast<std::size_t>(samples.training.rows()) * size;
  return ReferenceStatistics::fit(std::span<const float>(samples.training.x.data(), values), size,
                                  std::move(scores));
}

/// `alarm_rate` as for alarm_rate_for(), and with its errors.
template <class Net>
[[nodiscard]] Completed<Net> complete_pipeline(const Samples& samples, Net net,
                                               std::optional<double> alarm_rate = {},
                                               ThreadPool* pool = nullptr) {
  const double rate = alarm_rate_for(samples, alarm_rate);
  Completed<Net> result{{samples.settings, std::move(net)}, {}};
  Pipeline<Net>& pipeline = result.pipeline;
  if (pipeline.task == Task::anomaly) {
    pipeline.errors =
        ReconstructionError::fit(samples.training.x, predict(pipeline.net, samples.training.inputs(), pool));
  }
  if (rate > 0.0) {
    result.alarm_rate = choose_threshold(pipeline, samples, rate);
    pipeline.threshold = result.alarm_rate.threshold;
  }
  pipeline.reference = reference_of(pipeline, samples);
  return result;
}

}  // namespace weir::inline WEIR_ABI
