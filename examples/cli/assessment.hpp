// How a model does on labelled rows: verdicts as in deployment, one row after the other, so that what is
// measured is what will run.
#pragma once

#include "gaps.hpp"
#include "input.hpp"
#include "model.hpp"
#include "series.hpp"

#include <weir/data/csv.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/metrics.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// The columns that a model reads, as a reader needs them; with its label column if asked for. Throws
/// DataError when the file lacks one.
[[nodiscard]] std::vector<weir::Column> columns_for(const Model& model, const TableFile& file, bool label);

struct Areas {
  double roc = 0.0;
  double pr = 0.0;
};

struct Assessment {
  weir::Task task = weir::Task::classify;
  std::vector<std::string> classes;
  double threshold = 0.0;
  std::int64_t rows = 0;      ///< judged
  std::int64_t unusable = 0;  ///< left out: a value is missing that must not be
  std::int64_t unlabelled = 0;
  std::int64_t unknown = 0;        ///< left out: of no class that the model knows
  std::vector<std::string> notes;  ///< what is odd about labels and cells, a sentence each

  weir::ConfusionMatrix confusion{0};
  std::vector<Areas> areas;  ///< of class 1 for two classes, else of each class against the rest

  double mse = 0.0;
  double mae = 0.0;
  double r2 = 0.0;

  bool forecast = false;    ///< of a series; then also
  double mape = 0.0;        ///< as a share; NaN where a value is 0
  double naive_mape = 0.0;  ///< of the last known value as forecast
  double naive_mae = 0.0;

  [[nodiscard]] bool two_classes() const noexcept { return classes.size() == 2; }
  /// Of class 1, or the mean over the classes that occur.
  [[nodiscard]] Areas area() const;
};

class Assessor {
 public:
  /// The model must outlive it. A label that the model does not know is an error unless it is to be ignored;
  /// `source` is what the rows come from, for messages.
  explicit Assessor(const Model& model, bool ignore_unknown = false, std::string source = {});

  /// Rows that have the model's columns, in any order, and its label column.
  void add(const weir::Table& rows);
  /// Steps of a series of which the first `history` are there to look back on.
  void add(const weir::Table& rows, std::size_t history);
  /// Encoded samples with their classes.
  void add(const weir::Dataset<float>& samples);
  /// One of them.
  void add(std::int32_t truth, std::span<const float> sample) { add_class(truth, scorer_(sample)); }
  /// The class of a label of row `row`, counted from 1, or a mark that says there is none.
  [[nodiscard]] std::int32_t class_of(std::string_view label, std::int64_t row);
  [[nodiscard]] Assessment finish() const;

 private:
  void add_class(std::int32_t truth, const weir::Verdict& verdict);
  void add_value(double truth, double value);
  void add_sequences(const weir::Table& rows);
  void add_steps(const weir::Table& rows);
  void add_step(double truth, const ForecastPairs::Pair& pair);
  [[nodiscard]] std::int32_t truth_of(const weir::Table& rows, std::size_t column, std::size_t row);

  [[nodiscard]] std::int32_t class_of_new(std::string_view label, std::int64_t row);
  [[nodiscard]] std::vector<std::string> notes() const;

  const Model& model_;
  bool ignore_unknown_;
  std::string source_;
  std::map<std::string, std::int32_t, std::less<>> classes_of_labels_;  // of those that have been seen
  std::vector<std::string> mistaken_;  // "'Benign' for 'BENIGN'": labels that may have been meant otherwise
  GapCount gaps_;
  ModelScorer scorer_;
  Assessment result_;
  std::vector<std::string> names_;
  std::int64_t seen_ = 0;
  std::vector<std::int32_t> truths_;
  std::vector<std::vector<float>> scores_;  // of class 1, or of each class
  double truth_mean_ = 0.0;
  double truth_squares_ = 0.0;  // of the deviations from the mean
  double absolute_ = 0.0;
  double squares_ = 0.0;
  ForecastPairs pairs_;
  std::size_t history_ = 0;  // steps that are not to be judged
  double relative_ = 0.0;
  double naive_relative_ = 0.0;
  double naive_absolute_ = 0.0;
};

/// Reads all rows of a file in pieces and judges them.
[[nodiscard]] Assessment assess_file(const Model& model, const std::string& path, const InputOptions& input,
                                     bool ignore_unknown, weir::CsvReport* report = nullptr);

}  // namespace cli
