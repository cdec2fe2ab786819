// The threshold that ordinary rows reach at the rate of false alarms that was asked for. It is taken from
// held-back rows of class 0 alone, so that the rate holds whatever the share of attacks is
// (detect/score_threshold.hpp), and a rate that so few rows cannot tell is refused before training.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/detect/score_threshold.hpp>
#include <weir/pipeline/label_choice.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The score of each sample, by a Scorer.
template <class Net>
[[nodiscard]] std::vector<double> scores_of(const Pipeline<Net>& pipeline,
                                            const Dataset<typename Net::Scalar>& samples) {
  Scorer<Net> scorer(pipeline);
  std::vector<double> scores;
  const auto size = static_cast<std::size_t>(samples.shape.size());
  for (Index i = 0; i < samples.rows(); ++i) {
    const std::span<const typename Net::Scalar> sample(samples.x.data() + static_cast<std::size_t>(i) * size,
                                                       size);
    scores.push_back(scorer.score(sample, samples.inputs().length_of(i)).score);
  }
  return scores;
}

namespace detail {

/// Held-back rows of class 0; an anomaly model's have no labels, for all are of it.
[[nodiscard]] inline std::size_t ordinary_rows(const Samples& samples) {
  const auto& labels = samples.validation.labels;
  if (samples.settings.task == Task::anomaly) return static_cast<std::size_t>(samples.validation.rows());
  return static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 0));
}

/// The smallest rate that so many rows carry, rounded up to three digits.
[[nodiscard]] inline double least_rate(std::size_t rows) {
  const double rate = 1.0 / static_cast<double>(rows + 1);
  const double digit = std::pow(10.0, std::floor(std::log10(rate)) - 2.0);
  return std::ceil(rate / digit) * digit;
}

[[noreturn]] inline void refuse_rate(double rate, std::size_t there, const Samples& samples) {
  const auto is = [&](const char* member) { return option_word(samples.words, member); };
  const std::size_t needed = scores_needed(rate);
  std::string mend = is("alarm_rate") + " " + brief_text(least_rate(there)) + " or more";
  const double share = samples.held_back_share * static_cast<double>(needed) / static_cast<double>(there);
  if (there > 0 && share < 0.6)
    mend += ", " + is("validation") + " " + brief_text(std::ceil(share * 100.0) / 100.0);
  if (there == 0) mend = "a larger " + is("validation");
  fail(ErrorKind::data, is("alarm_rate") + " " + brief_text(rate) + " takes " +
                            count_text(needed, "held-back row") + " of '" +
                            samples.settings.labels.classes[0] + "' to set the threshold by; there are " +
                            std::to_string(there) + ": " + mend + ", or more rows");
}

}  // namespace detail

/// The rate to set the threshold by, 0 where none is to be set: what was asked for, or of an anomaly model
/// one row in twenty. ConfigError where there are other than two classes; DataError where there are too few
/// ordinary rows held back to tell the rate; the usual one gives way where there are few.
[[nodiscard]] inline double alarm_rate_for(const Samples& samples, std::optional<double> asked) {
  constexpr double usual = 0.05;
  const PipelineSettings& settings = samples.settings;
  const auto is = [&](const char* member) { return option_word(samples.words, member); };
  if (!asked && settings.task != Task::anomaly) return 0.0;
  const std::size_t classes = settings.labels.classes.size();
  if (classes > 2) {
    fail(ErrorKind::config, is("alarm_rate") + " is for two classes, here are " + std::to_string(classes) +
                                ": " + is("benign") + (samples.words == OptionWords::flags ? " VALUES" : "") +
                                " makes two of them, ordinary rows and all others");
  }
  const double rate = asked.value_or(usual);
  const std::size_t there = detail::ordinary_rows(samples);
  if (there >= scores_needed(rate)) return rate;
  if (asked || there == 0) detail::refuse_rate(rate, there, samples);
  return 1.0 / static_cast<double>(there + 1);
}

/// A threshold, and what it does to the held-back rows.
struct AlarmRate {
  double asked = 0.0;  ///< 0: none was set
  double threshold = 0.0;
  std::size_t ordinary = 0, alarms = 0;  ///< rows of class 0, and those of them that raise an alarm
  std::size_t attacks = 0, found = 0;    ///< the same of class 1
};

/// The threshold for a rate that alarm_rate_for() let pass.
template <class Net>
[[nodiscard]] AlarmRate choose_threshold(const Pipeline<Net>& pipeline, const Samples& samples, double rate) {
  AlarmRate result{rate};
  const std::vector<double> scores = scores_of(pipeline, samples.validation);
  const auto& labels = samples.validation.labels;
  std::vector<double> ordinary, attacks;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    (labels.empty() || labels[i] == 0 ? ordinary : attacks).push_back(scores[i]);
  }
  result.threshold = alarm_threshold(ordinary, rate);
  const auto alarms = [&](const std::vector<double>& of) {
    return static_cast<std::size_t>(
        std::count_if(of.begin(), of.end(), [&](double score) { return !(score < result.threshold); }));
  };
  result.ordinary = ordinary.size();
  result.alarms = alarms(ordinary);
  result.attacks = attacks.size();
  result.found = alarms(attacks);
  return result;
}

}  // namespace weir::inline WEIR_ABI
