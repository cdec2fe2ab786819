#include "assessment.hpp"

#include "images.hpp"
#include "labels.hpp"
#include "near_names.hpp"
#include "sequence.hpp"

#include <weir/core/error.hpp>
#include <weir/data/csv_cells.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/label_match.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace cli {

namespace {
constexpr std::int32_t no_label = -1;
constexpr std::int32_t unknown_label = -2;
constexpr std::size_t rows_at_once = 8'192;
/// An answer that is no number can be counted neither right nor wrong.
void refuse_senseless(const weir::Verdict& verdict, std::int64_t row) {
  if (!verdict.senseless()) return;
  weir::fail(weir::ErrorKind::numeric, "row " + std::to_string(row + 1) +
                                           ": the model's answer is not a number, so it cannot be judged: "
                                           "its numbers overflow; train it anew with a lower learning rate");
}

}  // namespace

std::vector<weir::Column> columns_for(const Model& model, const TableFile& file, bool label) {
  if (!model.takes_records()) {
    weir::fail(weir::ErrorKind::config,
               "the model takes ready-made samples, not tables: it was saved without preprocessing");
  }
  std::vector<weir::Column> columns = model.preprocess.schema.columns;
  if (label) {
    if (model.labels.column.empty()) {
      weir::fail(weir::ErrorKind::config, "the model does not say which column holds the label");
    }
    const bool number = model.task == weir::Task::regress;
    const bool channel = model.preprocess.schema.find(model.labels.column).has_value();
    if (!channel)
      columns.push_back(
          {model.labels.column, number ? weir::ColumnKind::numeric : weir::ColumnKind::categorical});
  }
  for (const weir::Column& column : columns) file.require(column.name);
  return columns;
}

Areas Assessment::area() const {
  Areas mean;
  double count = 0.0;
  for (const Areas& one : areas) {
    if (std::isnan(one.roc)) continue;
    mean.roc += one.roc;
    mean.pr += one.pr;
    count += 1.0;
  }
  if (count == 0.0) return {std::nan(""), std::nan("")};
  return {mean.roc / count, mean.pr / count};
}

Assessor::Assessor(const Model& model, bool ignore_unknown, std::string source)
    : model_(model),
      ignore_unknown_(ignore_unknown),
      source_(std::move(source)),
      scorer_(model),
      pairs_(model.samples.horizon) {
  result_.task = model.task;
  result_.classes = model.labels.classes;
  result_.threshold = model.threshold;
  const auto classes = static_cast<weir::Index>(result_.classes.size());
  result_.confusion = weir::ConfusionMatrix(classes);
  if (model.task != weir::Task::regress) scores_.resize(classes == 2 ? 1 : result_.classes.size());
  for (const weir::Column& column : model.preprocess.schema.columns) names_.push_back(column.name);
  result_.forecast = model.samples.kind == weir::SampleKind::window;
}

std::int32_t Assessor::truth_of(const weir::Table& rows, std::size_t column, std::size_t row) {
  if (rows.codes(column)[row] == weir::missing_code) return no_label;
  return class_of(rows.text(column, row), seen_ + 1);
}

std::int32_t Assessor::class_of(std::string_view text, std::int64_t row) {
  constexpr std::size_t most_remembered = 4'096;
  const auto seen = classes_of_labels_.find(text);
  if (seen != classes_of_labels_.end()) return seen->second;
  const std::int32_t found = class_of_new(text, row);
  if (classes_of_labels_.size() < most_remembered) classes_of_labels_.emplace(text, found);
  return found;
}

std::int32_t Assessor::class_of_new(std::string_view text, std::int64_t row) {
  constexpr std::size_t most_told = 4;
  const weir::LabelRule& rule = model_.labels;
  if (const auto known = weir::mistaken_for_others(rule, text); known && mistaken_.size() < most_told)
    mistaken_.push_back(weir::quoted_excerpt(text) + " (not '" + *known + "')");
  if (const auto found = weir::class_of_spelling(rule, text)) return *found;
  if (ignore_unknown_) return unknown_label;
  weir::fail(weir::ErrorKind::data,
             (source_.empty() ? std::string() : source_ + ": ") + "row " + std::to_string(row) +
                 " (without the header line): label " + weir::quoted_excerpt(text) + " of column '" +
                 rule.column + "' is none of the model's classes (" + name_list(rule.classes) + ")" +
                 did_you_mean(text, rule.classes) + "; --ignore-unknown leaves such rows out");
}

/// Two classes, one of them being all other labels, hide labels that are spelt in another way than the model
/// knows them; and a class without a row makes figures that mean little.
std::vector<std::string> Assessor::notes() const {
  std::vector<std::string> notes;
  const weir::LabelRule& rule = model_.labels;
  const auto& classes = rule.classes;
  const bool one_of_many = !rule.otherwise.empty();
  for (const std::string& label : mistaken_) {
    notes.push_back("label " + label + " counts as '" + rule.otherwise +
                    "': labels are told apart by capital letters and the form of numbers; if they are one, "
                    "write them as in training");
  }
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const bool told = one_of_many ? classes[k] != rule.otherwise : k == 0 && sounds_benign(classes[k]);
    if (!told || result_.rows == 0 || result_.confusion.support(static_cast<weir::Index>(k)) > 0) continue;
    std::string note = "no row is '" + classes[k] + "'";
    std::vector<std::string> names;
    for (const auto& [label, name] : rule.map) {
      if (name == classes[k]) names.push_back(label);
    }
    if (!names.empty()) note += " (labels " + name_list(names) + ")";
    notes.push_back(note + ", so the figures say nothing of how such rows are judged");
  }
  if (std::string text = gaps_.text(model_.preprocess); !text.empty()) notes.push_back(std::move(text));
  return notes;
}

void Assessor::add(const weir::Table& rows, std::size_t history) {
  history_ = history;
  add(rows);
}

void Assessor::add(const weir::Dataset<float>& samples) {
  const auto size = static_cast<std::size_t>(samples.shape.size());
  for (std::size_t i = 0; i < samples.labels.size(); ++i) {
    add(samples.labels[i], std::span<const float>(samples.x.data() + i * size, size));
  }
}

void Assessor::add_sequences(const weir::Table& rows) {
  const weir::Table columns = rows.select(names_);
  const std::size_t label = rows.index_of(model_.labels.column);
  std::vector<double> numbers;
  for (std::size_t row = 0; row < rows.rows(); ++row, ++seen_) {
    numbers_of(columns, row, numbers);
    const weir::Verdict verdict = scorer_.row(numbers);
    refuse_senseless(verdict, seen_);
    if (!verdict.usable) {
      ++result_.unusable;
    } else if (model_.task == weir::Task::regress) {
      add_value(rows.numbers(label)[row], verdict.score);
    } else {
      add_class(truth_of(rows, label, row), verdict);
    }
  }
}

void Assessor::add_steps(const weir::Table& rows) {
  const weir::Table columns = rows.select(names_);
  gaps_.add(columns);
  const auto truths = rows.numbers(model_.labels.column);
  std::vector<double> numbers;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    numbers_of(columns, row, numbers);
    const weir::Verdict verdict = scorer_.row(numbers);
    refuse_senseless(verdict, static_cast<std::int64_t>(row));
    const ForecastPairs::Pair pair = pairs_.add(truths[row], verdict);
    if (history_ > 0) {
      --history_;
    } else {
      add_step(truths[row], pair);
    }
  }
}

void Assessor::add_step(double truth, const ForecastPairs::Pair& pair) {
  if (!pair.usable) {
    ++result_.unusable;
    return;
  }
  add_value(truth, pair.forecast);
  if (!weir::is_finite(truth)) return;
  relative_ += std::fabs((pair.forecast - truth) / truth);
  naive_relative_ += std::fabs((pair.naive - truth) / truth);
  naive_absolute_ += std::fabs(pair.naive - truth);
}

void Assessor::add(const weir::Table& rows) {
  if (model_.samples.kind == weir::SampleKind::sequence) return add_sequences(rows);
  if (model_.samples.kind == weir::SampleKind::window) return add_steps(rows);
  std::vector<std::size_t> kept;
  const weir::Table columns = rows.select(names_);
  gaps_.add(columns);
  const weir::Matrix<float> x = model_.preprocess.transform(columns, &kept);
  result_.unusable += static_cast<std::int64_t>(rows.rows() - kept.size());
  const std::size_t label = rows.index_of(model_.labels.column);
  const auto height = static_cast<std::size_t>(x.extents()[0]);
  const std::int64_t before = seen_;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    seen_ = before + static_cast<std::int64_t>(kept[i]);
    const std::span<const float> sample(x.data() + i * height, height);
    const weir::Verdict verdict = scorer_(sample);
    refuse_senseless(verdict, seen_);
    if (model_.task == weir::Task::regress) {
      add_value(rows.numbers(label)[kept[i]], verdict.score);
    } else {
      add_class(truth_of(rows, label, kept[i]), verdict);
    }
  }
  seen_ = before + static_cast<std::int64_t>(rows.rows());
}

void Assessor::add_class(std::int32_t truth, const weir::Verdict& verdict) {
  refuse_senseless(verdict, std::max(seen_, result_.rows));
  if (truth == no_label) ++result_.unlabelled;
  if (truth == unknown_label) ++result_.unknown;
  if (truth < 0) return;
  ++result_.rows;
  result_.confusion.add(truth, verdict.label);
  truths_.push_back(truth);
  if (scores_.size() == 1) {
    scores_[0].push_back(static_cast<float>(verdict.score));
    return;
  }
  for (std::size_t k = 0; k < scores_.size(); ++k) {
    scores_[k].push_back(static_cast<float>(scorer_.probability(static_cast<std::int32_t>(k))));
  }
}

void Assessor::add_value(double truth, double value) {
  if (!weir::is_finite(truth)) {
    ++result_.unlabelled;
    return;
  }
  const double error = value - truth;
  ++result_.rows;
  absolute_ += std::fabs(error);
  squares_ += error * error;
  // Welford's update, so that a large mean does not eat the variance.
  const double before = truth - truth_mean_;
  truth_mean_ += before / static_cast<double>(result_.rows);
  truth_squares_ += before * (truth - truth_mean_);
}

Assessment Assessor::finish() const {
  Assessment result = result_;
  result.notes = notes();
  const auto n = static_cast<double>(std::max<std::int64_t>(result.rows, 1));
  if (result.task == weir::Task::regress) {
    result.mse = squares_ / n;
    result.mae = absolute_ / n;
    result.r2 = truth_squares_ > 0.0 ? 1.0 - squares_ / truth_squares_ : std::nan("");
    const auto or_nan = [](double value) { return weir::is_finite(value) ? value : std::nan(""); };
    result.mape = or_nan(relative_ / n);
    result.naive_mape = or_nan(naive_relative_ / n);
    result.naive_mae = or_nan(naive_absolute_ / n);
    return result;
  }
  for (std::size_t k = 0; k < scores_.size(); ++k) {
    const auto wanted = static_cast<std::int32_t>(scores_.size() == 1 ? 1 : k);
    std::vector<weir::Label> is_class;
    for (const std::int32_t truth : truths_) is_class.push_back(truth == wanted ? 1 : 0);
    const std::span<const float> scores(scores_[k]);
    result.areas.push_back({weir::roc_auc(scores, is_class), weir::pr_auc(scores, is_class)});
  }
  return result;
}

namespace {

[[nodiscard]] Assessment assess_images(const Model& model, const std::string& path, const InputOptions& input,
                                       bool ignore_unknown) {
  if (input.labels.empty()) {
    weir::fail(weir::ErrorKind::config, "the model takes images: --labels FILE is needed to judge by");
  }
  const Images images = read_images(path, input.labels, model);
  Assessor assessor(model, ignore_unknown, path);
  std::vector<float> sample(static_cast<std::size_t>(model.input.size()));
  for (std::size_t i = 0; i < images.count(); ++i) {
    encode(images.pixels.image(i), model.samples, sample);
    assessor.add(assessor.class_of(images.label(i), static_cast<std::int64_t>(i) + 1), sample);
  }
  return assessor.finish();
}

[[nodiscard]] Assessment assess_table(const Model& model, const std::string& path, const InputOptions& input,
                                      bool ignore_unknown, weir::CsvReport* report) {
  if (!input.labels.empty() || input.format == "idx") {
    weir::fail(weir::ErrorKind::config,
               "--format idx and --labels are for models of images; this one reads tables");
  }
  TableFile file(path, table_format(input, model.record), input.skip_bad_rows);
  std::vector<weir::Column> columns = columns_for(model, file, true);
  const std::string name = file.name();
  weir::CsvReader reader = std::move(file).open(std::move(columns), false);
  Assessor assessor(model, ignore_unknown, name);
  const std::string notation = stored_notation(model.record);
  for (;;) {
    weir::Table rows = reader.make_table();
    if (read_rows(reader, rows, rows_at_once, notation) == 0) break;
    assessor.add(rows);
  }
  if (report != nullptr) *report = reader.report();
  return assessor.finish();
}

}  // namespace

Assessment assess_file(const Model& model, const std::string& path, const InputOptions& input,
                       bool ignore_unknown, weir::CsvReport* report) {
  Assessment result = model.samples.kind == weir::SampleKind::image
                          ? assess_images(model, path, input, ignore_unknown)
                          : assess_table(model, path, input, ignore_unknown, report);
  if (result.rows == 0) weir::fail(weir::ErrorKind::data, path + ": there is no labelled row to judge by");
  return result;
}

}  // namespace cli
