// How a pipeline does on labelled rows: verdicts as in deployment, one row after the other, so that what is
// measured is what will run.
//
//   Assessor assessor(pipeline);
//   while (reader.read(rows = reader.make_table(), 8'192) > 0) assessor.add(rows);
//   const Assessment result = assessor.finish();
//
// Rows come in pieces of any size; kept of a row are its class and its scores alone (4 bytes and 4 a score,
// one score for two classes), which rankings, curves and histograms need. Of a regression some thousand pairs are kept,
// however many rows there are.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/labels/label_match.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/tables/thinned_table.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/forecast_pairs.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/sequence_rows.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The columns that a pipeline reads, and its label column if asked for, as a reader needs them. ConfigError
/// when it takes no records, or when it does not say which column holds the label.
[[nodiscard]] inline std::vector<Column> columns_of(const PipelineSettings& settings, bool label) {
  if (!settings.takes_records()) {
    fail(ErrorKind::config,
         "the model takes ready-made samples, not tables: it was saved without preprocessing");
  }
  std::vector<Column> columns = settings.preprocess.schema.columns;
  if (!label) return columns;
  const std::string& name = settings.labels.column;
  if (name.empty()) fail(ErrorKind::config, "the model does not say which column holds the label");
  if (!settings.preprocess.schema.find(name)) {
    const bool number = settings.task == Task::regress;
    columns.push_back({name, number ? ColumnKind::numeric : ColumnKind::categorical});
  }
  return columns;
}

struct AssessOptions {
  bool ignore_unknown = false;  ///< leave out rows whose label is no class of the model, instead of an error
  std::string source{};         ///< what the rows come from, for messages
  OptionWords words = OptionWords::members;
  std::vector<AnyMetric> metrics = builtin_metrics();  ///< what is measured
  std::size_t keep_rows =
      0;  ///< of a table, for Assessment::sample: evenly spread; of a series the first ones
};

template <class Net>
class Assessor {
 public:
  using Scalar = typename Net::Scalar;

  /// The pipeline must outlive it.
  explicit Assessor(const Pipeline<Net>& pipeline, AssessOptions options = {})
      : pipeline_(pipeline),
        options_(std::move(options)),
        scorer_(pipeline),
        pairs_(pipeline.samples.horizon),
        sample_(options_.keep_rows, pipeline.samples.kind == SampleKind::window) {
    result_.task = pipeline.task;
    result_.classes = pipeline.labels.classes;
    result_.threshold = pipeline.threshold;
    result_.forecast = pipeline.samples.kind == SampleKind::window;
    result_.measures = result_.naive = Measures(options_.metrics);
    const std::size_t classes = result_.classes.size();
    result_.confusion = ConfusionMatrix(static_cast<Index>(classes));
    if (pipeline.task != Task::regress) scores_.resize(classes == 2 ? 1 : classes);
    for (const Column& column : pipeline.preprocess.schema.columns) names_.push_back(column.name);
  }

  /// Rows that have the pipeline's columns, in any order, and its label column. DataError at a label of no
  /// class; NumericError when an answer is not a number, which can be counted neither right nor wrong.
  void add(const Table& rows) {
    sample_.add(rows);
    add(rows, rows);
  }
  /// Rows whose labels stand in another table, row for row.
  void add(const Table& rows, const Table& labels) {
    if (pipeline_.samples.kind == SampleKind::sequence) return add_sequences(rows, labels);
    if (pipeline_.samples.kind == SampleKind::window) return add_steps(rows, labels);
    add_features(rows, labels);
  }
  /// Steps of a series of which the first `history` are there to look back on.
  void add(const Table& rows, std::size_t history) {
    history_ = history;
    add(rows);
  }
  /// Encoded samples with their classes.
  void add(const Dataset<Scalar>& samples) {
    const auto size = static_cast<std::size_t>(samples.shape.size());
    for (std::size_t i = 0; i < samples.labels.size(); ++i) {
      add(samples.labels[i], std::span<const Scalar>(samples.x.data() + i * size, size));
    }
  }
  /// One of them.
  void add(std::int32_t truth, std::span<const Scalar> sample) { add_class(truth, scorer_.score(sample)); }

  /// The class of a label of row `row`, counted from 1, or a mark that says there is none.
  [[nodiscard]] std::int32_t class_of(std::string_view label, std::int64_t row) {
    return class_of(label, [row] { return "row " + std::to_string(row) + " (without the header line)"; });
  }
  /// The same of a row that messages call as place() does.
  template <class Place>
  requires std::is_invocable_r_v<std::string, Place>
  [[nodiscard]] std::int32_t class_of(std::string_view label, Place&& place) {
    constexpr std::size_t most_remembered = 4'096;
    const auto seen = classes_of_labels_.find(label);
    if (seen != classes_of_labels_.end()) return seen->second;
    const std::int32_t found = class_of_new(label, place);
    if (classes_of_labels_.size() < most_remembered) classes_of_labels_.emplace(label, found);
    return found;
  }

  [[nodiscard]] Assessment finish() const {
    Assessment result = result_;
    result.sample = sample_.table();
    if (result.task == Task::regress) {
      result.latest.assign(latest_.begin(), latest_.end());
      result.measures.add(errors_);
      if (result.forecast) result.naive.add(naive_errors_);
      return result;
    }
    result.measures.add(result.confusion);
    for (std::size_t k = 0; k < scores_.size(); ++k) {
      const auto wanted = static_cast<std::int32_t>(scores_.size() == 1 ? 1 : k);
      std::vector<Label> is_class;
      for (const std::int32_t truth : truths_) is_class.push_back(truth == wanted ? 1 : 0);
      const Ranking ranking(std::span<const float>(scores_[k]), is_class);
      result.measures.add(ranking);
      result.curves.emplace_back(ranking);
    }
    if (result.two_classes()) result.scores = histogram_of(scores_[0]);
    return result;
  }

 private:
  static constexpr std::int32_t no_label = -1;
  static constexpr std::int32_t unknown_label = -2;

  /// A probability has its whole range, other scores what they take.
  [[nodiscard]] Histogram histogram_of(const std::vector<float>& scores) const {
    constexpr std::size_t bins = 40;
    Histogram histogram(pipeline_.task == Task::classify ? even_bins(0.0, 1.0, bins)
                                                         : bins_for(std::span<const float>(scores), bins),
                        2);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      histogram.add(static_cast<std::size_t>(truths_[i]), static_cast<double>(scores[i]));
    }
    return histogram;
  }

  static void refuse_senseless(const Verdict& verdict, std::int64_t row) {
    if (!verdict.senseless()) return;
    fail(ErrorKind::numeric, "row " + std::to_string(row + 1) +
                                 ": the model's answer is not a number, so it cannot be judged: its numbers "
                                 "overflow; train it anew with a lower learning rate");
  }

  [[nodiscard]] std::int32_t truth_of(const Table& rows, std::size_t column, std::size_t row) {
    if (rows.codes(column)[row] == missing_code) return no_label;
    return class_of(rows.text(column, row), [&] {
      if (!rows.source(row).empty()) return rows.place(row);
      return "row " + std::to_string(seen_ + 1) + " (without the header line)";
    });
  }

  template <class Place>
  [[nodiscard]] std::int32_t class_of_new(std::string_view text, Place& place) {
    constexpr std::size_t most_told = 4;
    const LabelRule& rule = pipeline_.labels;
    if (const auto known = mistaken_for_others(rule, text); known && result_.mistaken.size() < most_told)
      result_.mistaken.emplace_back(std::string(text), *known);
    if (unnamed_among_others(rule, text) && result_.unnamed.size() < most_told)
      result_.unnamed.emplace_back(text);
    if (const auto found = class_of_spelling(rule, text)) return *found;
    if (options_.ignore_unknown) return unknown_label;
    fail(ErrorKind::data, (options_.source.empty() ? std::string() : options_.source + ": ") + place() +
                              ": label " + quoted_excerpt(text) + " of column '" + rule.column +
                              "' is none of the model's classes (" + name_list(rule.classes) + ")" +
                              did_you_mean(text, rule.classes) + "; " +
                              option_word(options_.words, "ignore_unknown") + " leaves such rows out");
  }

  void add_features(const Table& rows, const Table& labels) {
    std::vector<std::size_t> kept;
    const Table columns = rows.select(names_);
    result_.gaps.add(columns);
    result_.unseen.add(columns, pipeline_.preprocess);
    const Matrix<float> x = pipeline_.preprocess.transform(columns, &kept);
    result_.unusable += static_cast<std::int64_t>(rows.rows() - kept.size());
    const std::size_t label = labels.index_of(pipeline_.labels.column);
    std::vector<Scalar> sample(static_cast<std::size_t>(x.extents()[0]));
    const std::int64_t before = seen_;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      seen_ = before + static_cast<std::int64_t>(kept[i]);
      std::copy_n(x.data() + i * sample.size(), sample.size(), sample.begin());
      add_verdict(labels, label, kept[i], scorer_.score(std::span<const Scalar>(sample)));
    }
    seen_ = before + static_cast<std::int64_t>(rows.rows());
  }
  void add_sequences(const Table& rows, const Table& labels) {
    const Table columns = rows.select(names_);
    const std::size_t label = labels.index_of(pipeline_.labels.column);
    std::vector<double> numbers;
    for (std::size_t row = 0; row < rows.rows(); ++row, ++seen_) {
      numbers_of(columns, row, numbers);
      add_verdict(labels, label, row, scorer_.score(numbers, {}));
    }
  }
  void add_verdict(const Table& labels, std::size_t label, std::size_t row, const Verdict& verdict) {
    refuse_senseless(verdict, seen_);
    if (!verdict.usable) {
      ++result_.unusable;
    } else if (pipeline_.task == Task::regress) {
      add_value({labels.numbers(label)[row], verdict.score});
    } else {
      add_class(truth_of(labels, label, row), verdict);
    }
  }

  void add_steps(const Table& rows, const Table& labels) {
    const Table columns = rows.select(names_);
    result_.gaps.add(columns);
    const auto truths = labels.numbers(pipeline_.labels.column);
    std::vector<double> numbers;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      numbers_of(columns, row, numbers);
      const Verdict verdict = scorer_.score(numbers, {});
      refuse_senseless(verdict, static_cast<std::int64_t>(row));
      const ForecastPairs::Pair pair = pairs_.add(truths[row], verdict);
      if (history_ > 0) {
        --history_;
      } else {
        add_step(truths[row], pair);
      }
    }
  }
  void add_step(double truth, const ForecastPairs::Pair& pair) {
    if (!pair.usable) {
      ++result_.unusable;
      return;
    }
    constexpr std::size_t most_latest = 168;
    add_value({truth, pair.forecast, pair.naive});
    if (is_finite(truth)) naive_errors_.add(truth, pair.naive);
    latest_.push_back({truth, pair.forecast, pair.naive});
    if (latest_.size() > most_latest) latest_.pop_front();
  }

  void add_class(std::int32_t truth, const Verdict& verdict) {
    refuse_senseless(verdict, std::max(seen_, result_.rows));
    if (truth == no_label) ++result_.unlabelled;
    if (truth == unknown_label) ++result_.unknown;
    if (truth < 0) return;
    ++result_.rows;
    result_.confusion.add(truth, verdict.label);
    truths_.push_back(truth);
    add_confidence(truth, verdict);
    if (scores_.size() == 1) {
      scores_[0].push_back(static_cast<float>(verdict.score));
      return;
    }
    for (std::size_t k = 0; k < scores_.size(); ++k) {
      scores_[k].push_back(static_cast<float>(scorer_.probability(static_cast<std::int32_t>(k))));
    }
  }
  /// Of two classes the score is the probability of class 1, of more that of the class that is said.
  void add_confidence(std::int32_t truth, const Verdict& verdict) {
    if (pipeline_.task != Task::classify) return;
    result_.calibration.add(verdict.score, truth == (result_.two_classes() ? 1 : verdict.label));
  }
  void add_value(const ValuePair& pair) {
    if (!is_finite(pair.truth)) {
      ++result_.unlabelled;
      return;
    }
    ++result_.rows;
    errors_.add(pair.truth, pair.value);
    result_.values.add(pair);
  }

  const Pipeline<Net>& pipeline_;
  AssessOptions options_;
  Scorer<Net> scorer_;
  Assessment result_{};
  std::vector<std::string> names_{};
  std::map<std::string, std::int32_t, std::less<>> classes_of_labels_{};  // of those that have been seen
  std::int64_t seen_ = 0;
  std::vector<std::int32_t> truths_{};
  std::vector<std::vector<float>> scores_{};  // of class 1, or of each class
  ValueErrors errors_{};
  ValueErrors naive_errors_{};  // of the last known value as forecast
  ForecastPairs pairs_;
  std::deque<ValuePair> latest_{};  // of a series
  ThinnedTable sample_;
  std::size_t history_ = 0;  // steps that are not to be judged
};

/// All rows of a table at once.
template <class Net>
[[nodiscard]] Assessment assess(const Pipeline<Net>& pipeline, const Table& rows,
                                AssessOptions options = {}) {
  Assessor<Net> assessor(pipeline, std::move(options));
  assessor.add(rows);
  return assessor.finish();
}

/// What was held back from training; for an anomaly model all attacks, too.
template <class Net>
[[nodiscard]] Assessment assess(const Pipeline<Net>& pipeline, const Samples& samples) {
  Assessor<Net> assessor(pipeline);
  if (pipeline.samples.kind == SampleKind::image) {
    assessor.add(samples.held_back_samples);
  } else {
    assessor.add(samples.held_back, samples.history);
  }
  return assessor.finish();
}

#if defined(WEIR_COMPILED)
extern template class Assessor<AnyModel<float>>;
#endif

}  // namespace weir::inline WEIR_ABI
