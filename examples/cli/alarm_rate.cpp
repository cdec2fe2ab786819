#include "alarm_rate.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/detect/score_threshold.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace cli {

namespace {

/// Held-back rows of class 0 that can be scored; an anomaly model's have no labels, for all are of it.
[[nodiscard]] std::size_t ordinary_rows(const Preparation& prepared) {
  const auto& labels = prepared.validation.labels;
  if (prepared.task == weir::Task::anomaly) return static_cast<std::size_t>(prepared.validation.rows());
  return static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 0));
}

/// Two digits more than a rate needs, and none that say nothing.
[[nodiscard]] std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", 100.0 * rate);
  return text;
}

/// The smallest rate that so many rows carry, rounded up to three digits.
[[nodiscard]] double least_rate(std::size_t rows) {
  const double rate = 1.0 / static_cast<double>(rows + 1);
  const double digit = std::pow(10.0, std::floor(std::log10(rate)) - 2.0);
  return std::ceil(rate / digit) * digit;
}

[[noreturn]] void refuse_rate(double rate, std::size_t there, const TrainOptions& options,
                              const Preparation& prepared) {
  const std::size_t needed = weir::scores_needed(rate);
  const auto rows = static_cast<std::int64_t>(needed);
  std::string mend = "--alarm-rate " + brief(least_rate(there)) + " or more";
  const double share = options.validation * static_cast<double>(needed) / static_cast<double>(there);
  if (there > 0 && share < 0.6) mend += ", --validation " + brief(std::ceil(share * 100.0) / 100.0);
  if (there == 0) mend = "a larger --validation";
  weir::fail(weir::ErrorKind::data, "--alarm-rate " + brief(rate) + " takes " +
                                        count_of(rows, "held-back row") + " of '" +
                                        prepared.labels.classes[0] + "' to set the threshold by; there are " +
                                        std::to_string(there) + ": " + mend + ", or more rows");
}

}  // namespace

std::vector<double> scores_of(const Model& model, const weir::Dataset<float>& rows) {
  ModelScorer scorer(model);
  std::vector<double> scores;
  const auto size = static_cast<std::size_t>(rows.shape.size());
  for (weir::Index i = 0; i < rows.rows(); ++i) {
    const std::span<const float> sample(rows.x.data() + static_cast<std::size_t>(i) * size, size);
    scores.push_back(scorer(sample, rows.inputs().length_of(i)).score);
  }
  return scores;
}

double alarm_rate_for(const TrainOptions& options, const Preparation& prepared) {
  constexpr double usual = 0.05;
  const bool anomaly = prepared.task == weir::Task::anomaly;
  if (!options.alarm_rate && !anomaly) return 0.0;
  const std::size_t classes = prepared.labels.classes.size();
  if (classes > 2) {
    weir::fail(weir::ErrorKind::config,
               "--alarm-rate is for two classes, here are " + std::to_string(classes) +
                   ": --benign VALUES makes two of them, ordinary rows and all others");
  }
  const double rate = options.alarm_rate.value_or(usual);
  const std::size_t there = ordinary_rows(prepared);
  if (there >= weir::scores_needed(rate)) return rate;
  if (options.alarm_rate || there == 0) refuse_rate(rate, there, options, prepared);
  return 1.0 / static_cast<double>(there + 1);
}

AlarmRate choose_threshold(const Model& model, const Preparation& prepared, double rate) {
  AlarmRate result{rate};
  const std::vector<double> scores = scores_of(model, prepared.validation);
  const auto& labels = prepared.validation.labels;
  std::vector<double> ordinary, attacks;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    (labels.empty() || labels[i] == 0 ? ordinary : attacks).push_back(scores[i]);
  }
  result.threshold = weir::alarm_threshold(ordinary, rate);
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

std::string to_text(const AlarmRate& rate, const weir::LabelRule& labels) {
  if (rate.asked == 0.0) return {};
  // A threshold of rank k of n is exceeded by a share of fresh rows that follows a beta law.
  const auto n = static_cast<double>(rate.ordinary);
  const double mean = std::floor((n + 1.0) * rate.asked + 1e-9) / (n + 1.0);
  const double spread = 2.0 * std::sqrt(mean * (1.0 - mean) / (n + 2.0));
  std::string text = "\nThreshold " + brief(rate.threshold) + ": " + std::to_string(rate.alarms) + " of " +
                     count_of(static_cast<std::int64_t>(rate.ordinary), "held-back row") + " of '" +
                     labels.classes[0] + "' raise an alarm, asked for " + rate_text(rate.asked) +
                     "; of fresh ones like them " + rate_text(std::max(0.0, mean - spread)) + " to " +
                     rate_text(mean + spread) + " will\n";
  if (rate.attacks > 0) {
    text += "  and " + std::to_string(rate.found) + " of " + std::to_string(rate.attacks) + " of '" +
            labels.classes[1] + "' (" +
            percent(static_cast<double>(rate.found) / static_cast<double>(rate.attacks)) + ")\n";
  }
  if (rate.attacks > 0 && rate.found == 0) {
    text += "  Nothing is found at this rate: ask for a larger one, or train longer\n";
  }
  return text;
}

Json to_json(const AlarmRate& rate) {
  Json json{{"asked", rate.asked},
            {"threshold", rate.threshold},
            {"ordinary_rows", rate.ordinary},
            {"false_alarms", rate.alarms}};
  if (rate.attacks > 0) {
    json["attack_rows"] = rate.attacks;
    json["attacks_found"] = rate.found;
  }
  return json;
}

}  // namespace cli
