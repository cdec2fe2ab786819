// A small net over the columns of LabelledFlows, as a pipeline.
#pragma once

#include <weir/data/tables/split.hpp>
#include <weir/pipeline/table_scorer.hpp>
#include <weir/train.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What names a host or a moment is no feature.
inline const std::vector<std::string> not_learned{"Src Port", "Dst Port", "start_s",
                                                  "capture",  "client",   "label"};

[[nodiscard]] inline auto untrained_classifier(weir::Index features, weir::Index classes) {
  return weir::Sequential{weir::Dense{features, 128}, weir::Relu{}, weir::Dropout{0.2},
                          weir::Dense{128, 64},       weir::Relu{}, weir::Dense{64, classes}};
}
using FlowClassifier = weir::Pipeline<decltype(untrained_classifier(1, 2))>;

/// The labels of a table, in the order of the alphabet, `first` before all others.
[[nodiscard]] inline std::vector<std::string> classes_of(const weir::Table& table,
                                                         const std::string& first = "") {
  std::set<std::string> names;
  for (std::size_t row = 0; row < table.rows(); ++row) names.emplace(table.text("label", row));
  std::vector<std::string> classes(names.begin(), names.end());
  std::stable_partition(classes.begin(), classes.end(),
                        [&](const std::string& name) { return name == first; });
  return classes;
}

/// Scaling, imputing and weights come from the training rows alone.
[[nodiscard]] inline FlowClassifier learn(const weir::TrainingRows& rows,
                                          const std::vector<std::string>& classes, std::uint64_t seed,
                                          weir::Index epochs = 30) {
  const weir::PreprocessOptions options{
      .exclude = not_learned, .numeric = {.scaling = weir::Scaling::log_standard, .low = -10, .high = 10}};
  weir::Preprocessor preprocess = weir::Preprocessor::fit(rows, options);
  const auto features = static_cast<weir::Index>(preprocess.features());
  FlowClassifier judge{{.input = weir::Shape{features}, .labels = {.column = "label", .classes = classes}},
                       untrained_classifier(features, static_cast<weir::Index>(classes.size()))};
  weir::Dataset<float> data;
  data.shape = judge.input;
  data.x = preprocess.transform(rows.table());
  data.labels = judge.labels.encode(rows.table());
  judge.preprocess = std::move(preprocess);
  weir::fit(judge.net, data, weir::CategoricalCrossEntropy{}, weir::Adam{.learning_rate = 0.002},
            {.epochs = epochs, .batch_size = 64, .seed = seed, .schedule = weir::CosineSchedule{}});
  return judge;
}

/// Adds the verdicts on these rows to the counts.
inline void judge_rows(const FlowClassifier& judge, const weir::HeldOutRows& rows,
                       weir::ConfusionMatrix& counts) {
  const std::vector<weir::Label> truth = judge.labels.encode(rows.table());
  weir::TableScorer scorer(judge);
  scorer.score(rows.table(), [&](std::uint64_t row, const weir::Verdict& verdict) {
    counts.add(truth[row - 1], verdict.label);
  });
}
