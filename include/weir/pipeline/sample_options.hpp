// What of a table is learned, and how its rows become samples.
//
//   SampleOptions{.label = "label"}                                                     // a class each
//   SampleOptions{.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}}        // ordinary traffic
//   SampleOptions{.task = Task::regress, .label = "bytes", .window = 168}               // a forecast
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/preparing/column_fit.hpp>
#include <weir/data/preparing/preprocess_options.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/pipeline/task.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct SampleOptions {
  Task task = Task::classify;
  std::string label{};                     ///< column to learn
  std::vector<std::string> drop{};         ///< columns to leave out
  std::vector<std::string> categorical{};  ///< columns whose numbers are names, such as ports
  /// Learn also from the columns that name hosts, connections and moments in a table of flows
  /// (ColumnRole in traffic/flow/flow_columns.hpp), which are left out else.
  bool keep_identities = false;
  std::vector<std::string> benign{};    ///< labels of ordinary traffic; all others are attacks or anomalies
  std::vector<std::string> positive{};  ///< classify: labels of class "positive", all others are "negative"
  std::string label_map{};              ///< file of patterns of labels and their classes (label_map.hpp)
  std::optional<LabelRule>
      rule{};            ///< the classes, instead of those that benign, positive and label_map make
  Shape sequence{0, 0};  ///< a row's columns are so many steps (length) of channels
  Index window = 0;      ///< regress: rows are steps of one series, a sample is the last so many
  Index horizon = 1;     ///< window: steps ahead that are forecast
  std::optional<Scaling> scaling{};       ///< of numbers; log_standard, for anomalies log_min_max
  OnMissing missing = OnMissing::impute;  ///< values that are missing or not finite
  double pixel_scale = 1.0 / 255.0;       ///< images: what a pixel is multiplied by
  double validation = 0.1;                ///< share of the rows held back from training
  std::string group{};        ///< column whose groups, such as hosts, are held back whole; no feature
  bool time_split = false;    ///< the latest rows are held back, by the time that flows have
  std::string time_column{};  ///< column of times by which the latest are held back; no feature
  std::uint64_t seed = 0;     ///< of the split

  std::string source{};                      ///< name of the table, for messages
  std::vector<std::string> missing_words{};  ///< texts that reading took for a missing value, for messages
  std::function<std::string()>
      why_unlabelled{};                      ///< asked for what a message adds about rows without a label
  OptionWords words = OptionWords::members;  ///< how messages call these options

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.group("What to learn");
    visit("label", o.label, AnyText{"column"}, "column to learn");
    visit("task", o.task, "classes, deviation from ordinary traffic, or a number");
    visit("benign", o.benign, "labels of ordinary traffic, such as Normal*; all others are attacks");
    visit("positive", o.positive, "labels of the positive class; all others are negative");
    visit("label_map", o.label_map, AnyText{"file"}, "which labels are one class: 'pattern,class' a line");
    visit("drop", o.drop, "columns to leave out");
    visit("categorical", o.categorical, "columns whose numbers are names, such as ports");
    visit("keep_identities", o.keep_identities,
          "learn also from hosts, client ports and times in a table of weir flows");
    visit.group("Rows held back");
    visit("validation", o.validation, share_between(0.0, 0.9), "share of the rows held back from training");
    visit("group", o.group, AnyText{"column"},
          "column whose groups, such as hosts, are held back whole; it is no feature");
    visit("time_split", o.time_split, "hold back the latest rows, by the time that flows have");
    visit("time_column", o.time_column, AnyText{"column"},
          "column of times by which the latest rows are held back; it is no feature");
    visit.group("Preparation");
    visit("scaling", o.scaling, "of numbers", "log_standard; anomaly: log_min_max");
    visit("missing", o.missing, OneOf{{"impute", "skip", "error"}}, "values that are missing or not finite");
    visit("pixel_scale", o.pixel_scale, RealRange{1e-30, 1e30}, "images: what a pixel is multiplied by",
          "1 / 255");
    visit("seed", o.seed, "of the split");
    visit.group("Series");
    visit("sequence", o.sequence, "columns are steps of channels: a row is a sequence, such as 30x3");
    visit("window", o.window, ZeroOr{1, 1'000'000'000},
          "rows are steps of one series: forecast the label from the last so many");
    visit("horizon", o.horizon, count_from(1), "steps ahead that are forecast");
  }

  [[nodiscard]] bool is_sequence() const noexcept { return sequence.length > 0; }
  [[nodiscard]] bool by_time() const noexcept { return time_split || !time_column.empty(); }
  [[nodiscard]] Scaling scaling_or_usual() const noexcept {
    return scaling.value_or(task == Task::anomaly ? Scaling::log_min_max : Scaling::log_standard);
  }
};

/// The kinds in which a table has to be read, whatever its cells look like: `CsvOptions::kinds`.
[[nodiscard]] inline std::vector<Column> kinds_for(const SampleOptions& options) {
  const bool number = options.task == Task::regress;
  std::vector<Column> kinds{{options.label, number ? ColumnKind::numeric : ColumnKind::categorical}};
  for (const std::string& name : options.categorical) kinds.push_back({name, ColumnKind::categorical});
  if (!options.group.empty()) kinds.push_back({options.group, ColumnKind::categorical});
  return kinds;
}

/// Throws ConfigError when an option lies outside of its bounds or options exclude each other.
inline void check_options(const SampleOptions& o) {
  checked_fields("samples", o);
  const auto is = [&o](const char* member) { return option_word(o.words, member); };
  const auto wrong = [](const std::string& what) { fail(ErrorKind::config, what); };
  const bool classify = o.task == Task::classify;
  if (o.label.empty()) {
    wrong(is("label") + (o.words == OptionWords::flags ? " COLUMN" : "") + " is needed: the column to learn");
  }
  if (o.window > 0 && o.is_sequence()) wrong(is("window") + " and " + is("sequence") + " exclude each other");
  if (o.window == 0 && o.horizon != 1) wrong(is("horizon") + " needs " + is("window"));
  if (o.window > 0 && o.task != Task::regress)
    wrong(is("window") + " forecasts a number: " + is("task") + " regress");
  if (o.window > 0 && o.scaling == Scaling::rank)
    wrong(is("window") + ": " + is("scaling") + " rank cannot be undone");
  if (o.window > 0 && o.missing == OnMissing::reject) {
    wrong(is("missing") + " skip would leave holes in a series; with " + is("window") + ", impute or error");
  }
  if (o.window > 0 && (!o.group.empty() || o.by_time())) {
    wrong(is("window") + " holds back the last steps of the series already, without " + is("group") +
          " and " + is("time_split"));
  }
  if (!o.group.empty() && o.by_time()) {
    wrong(is("group") + " and " + is(o.time_split ? "time_split" : "time_column") + " exclude each other");
  }
  for (const auto& [member, column] :
       {std::pair<const char*, const std::string&>{"group", o.group}, {"time_column", o.time_column}}) {
    if (column == o.label) wrong(is(member) + ": '" + column + "' is the label");
  }
  if (o.is_sequence() && o.missing != OnMissing::impute) {
    wrong(is("sequence") + " takes what is missing at the end for padding, and imputes the rest: " +
          is("missing") + " impute");
  }
  if (!o.positive.empty() && !o.benign.empty())
    wrong(is("positive") + " and " + is("benign") + " exclude each other");
  if (o.task == Task::anomaly && o.benign.empty()) {
    wrong(is("task") + " anomaly needs " + is("benign") + (o.words == OptionWords::flags ? " VALUES" : "") +
          ": which labels are ordinary traffic");
  }
  if (!classify && !o.positive.empty()) wrong(is("positive") + " is for " + is("task") + " classify");
  if (o.task == Task::regress && !o.benign.empty())
    wrong(is("benign") + " is not for " + is("task") + " regress");
  if (o.task == Task::regress && !o.label_map.empty())
    wrong(is("label_map") + " is not for " + is("task") + " regress");
  if (o.task == Task::anomaly && o.validation == 0.0) {
    wrong(is("task") + " anomaly chooses its threshold on held-back rows: " + is("validation") + " above 0");
  }
}

namespace detail {

/// How the columns of such samples are encoded.
[[nodiscard]] inline PreprocessOptions encoding_of(const SampleOptions& options) {
  PreprocessOptions result;
  if (options.window == 0) result.exclude = {options.label};  // of a series the label is a channel itself
  result.numeric.scaling = options.scaling_or_usual();
  if (result.numeric.scaling == Scaling::standard || result.numeric.scaling == Scaling::log_standard) {
    // Ten deviations: what lies beyond would steer the whole net by one wild value.
    result.numeric.low = -10.0F;
    result.numeric.high = 10.0F;
  }
  // What never varies in ordinary traffic gives an anomaly away when it does; the columns of a series must
  // all be there.
  const bool series = options.window > 0 || options.is_sequence();
  result.numeric.drop_constant = options.task != Task::anomaly && !series;
  result.numeric.on_missing = options.missing;
  result.categorical.on_missing = options.missing;
  return result;
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
