// From the rows of a table to samples: features, sequences (SampleOptions::sequence) or windows of a series
// (SampleOptions::window).
//
//   const SampleOptions wanted{.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}};
//   const Table flows = read_csv("flows.csv", {.kinds = kinds_for(wanted)});
//   const Samples samples = make_samples(flows, wanted);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/tables/giveaways.hpp>
#include <weir/data/tables/number_like.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/pipeline/label_choice.hpp>
#include <weir/pipeline/row_division.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/sequence_rows.hpp>
#include <weir/pipeline/window_samples.hpp>
#include <weir/traffic/features/profiles.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] inline std::string mend_of(const NumberLike& column, const SampleOptions& options) {
  return column.spelt_well ? "such texts stand for missing numbers, " +
                                 option_word(options.words, "missing_values") + " names them"
                           : "these are numbers, write them as 12.5 or 3e6";
}

/// Without the columns of a table of flows that name hosts, connections and moments, and a note that says so.
[[nodiscard]] inline Table without_identities(Samples& samples, Table table, const TableProfile& flows,
                                              const SampleOptions& options) {
  if (options.keep_identities) return table;
  std::vector<std::string> left_out;
  const auto& meant = options.categorical;
  for (const std::string& name : column_names(table.schema())) {
    const ColumnRole role = flows.role_of(name);
    if (role != ColumnRole::identity && role != ColumnRole::time) continue;
    if (name == options.label || std::find(meant.begin(), meant.end(), name) != meant.end()) continue;
    left_out.push_back(name);
  }
  if (left_out.empty()) return table;
  samples.notes.push_back(name_list(left_out) + " of these flows " +
                          (left_out.size() == 1 ? "names" : "name") + " hosts or moments and " +
                          (left_out.size() == 1 ? "is" : "are") + " left out; " +
                          option_word(options.words, "keep_identities") + " learns from them, too");
  return table.drop(left_out);
}

/// Columns with too many different texts are identifiers: the error names all of them at once.
inline void refuse_identifiers(const Table& table, const SampleOptions& options) {
  const std::size_t most = CategoricalRule{}.max_categories;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == options.label || table.numeric(i) || table.dictionary(i).size() <= most) continue;
    names.push_back(name);
  }
  if (names.empty()) return;
  std::string numbers;
  for (const NumberLike& column : find_number_like(table)) {
    if (!numbers.empty() || std::find(names.begin(), names.end(), column.column) == names.end()) continue;
    numbers = "; as to texts such as " + quoted_excerpt(column.example) + " in '" + column.column + "': if " +
              mend_of(column, options);
  }
  fail(ErrorKind::data,
       in_source(options) + "more than " + std::to_string(most) + " different texts in " + name_list(names) +
           "; identifiers are not learned from: " + option_word(options.words, "drop", names) + numbers);
}

/// DataError when a value is missing and must not be.
inline void refuse_gaps(const Table& table, const SampleOptions& options) {
  if (options.missing != OnMissing::error) return;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    for (std::size_t row = 0; name != options.label && row < table.rows(); ++row) {
      if (!absent(table, i, row)) continue;
      const auto missing = [&](const char* rule) { return option_word(options.words, "missing", {rule}); };
      fail(ErrorKind::data,
           in_source(options) + table.place(row) + ": column '" + name + "' is missing or not finite, and " +
               missing("error") + " allows no such value; " + missing("impute") + " fills it in, " +
               missing(options.words == OptionWords::flags ? "skip" : "reject") + " leaves the row out, " +
               option_word(options.words, "drop", {name}) + " the column");
    }
  }
}

/// DataError when rows with missing values are left out and hardly a class is left.
inline void refuse_lone_class(const Samples& samples, const SampleOptions& options) {
  if (options.task != Task::classify || options.missing != OnMissing::reject) return;
  const std::vector<Label>& labels = samples.training.labels;
  const auto other = [&labels](Label label) { return label != labels.front(); };
  if (std::any_of(labels.begin(), labels.end(), other)) return;
  fail(ErrorKind::data, in_source(options) +
                            "there are not two classes to learn from when rows with missing values "
                            "are left out; " +
                            option_word(options.words, "missing", {"impute"}) + " keeps them");
}

/// A sequence is made of numbers.
inline void refuse_texts(const Table& table, const SampleOptions& options) {
  if (!options.is_sequence()) return;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == options.label || table.numeric(i)) continue;
    fail(ErrorKind::data,
         in_source(options) + "column '" + name +
             "' holds texts; a sequence is made of numbers: " + option_word(options.words, "drop", {name}));
  }
}

/// Numbers in a spelling that is not read are names, each a feature of its own.
inline void note_number_like(Samples& samples, const Table& table, const SampleOptions& options) {
  for (const NumberLike& column : find_number_like(table)) {
    const auto& meant = options.categorical;
    if (column.column == options.label || std::find(meant.begin(), meant.end(), column.column) != meant.end())
      continue;
    samples.notes.push_back("column '" + column.column + "' is taken as " + std::to_string(column.names) +
                            " names, such as " + quoted_excerpt(column.example) + "; if " +
                            mend_of(column, options) + ", or " +
                            option_word(options.words, "drop", {column.column}) + "; if they are names, " +
                            option_word(options.words, "categorical", {column.column}) + " says so");
  }
}

/// Columns that tell the label by themselves: made from it, or by the way of recording.
inline void note_giveaways(Samples& samples, const Table& table, const std::vector<std::int32_t>& labels,
                           const SampleOptions& options) {
  std::vector<std::string> names;
  const std::size_t classes = samples.settings.labels.classes.size();
  for (const Giveaway& column : find_giveaways(table, labels, classes, options.label)) {
    names.push_back(column.column);
  }
  if (names.empty()) return;
  samples.notes.push_back(
      std::string(names.size() == 1 ? "column " : "each of the columns ") + name_list(names) +
      " tells the label of (nearly) every row by itself; if it was " +
      "made from the label or by the way of recording: " + option_word(options.words, "drop", names));
}

/// The encoded rows with what they should become.
[[nodiscard]] inline Dataset<float> encoded_rows(const PipelineSettings& settings, const Table& table) {
  Dataset<float> data;
  std::vector<std::size_t> kept;
  data.x = settings.preprocess.transform(table, &kept);
  data.shape = settings.input;
  if (settings.samples.kind == SampleKind::sequence) cut_padding(data, settings.preprocess, table, kept);
  if (settings.task == Task::classify) {
    const std::vector<std::int32_t> all = settings.labels.encode(table);
    for (const std::size_t row : kept) data.labels.push_back(all[row]);
  }
  if (settings.task == Task::regress) {
    const auto values = table.numbers(settings.labels.column);
    data.targets = Matrix<float>(1, kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const double scaled = (values[kept[i]] - settings.target.mean) / settings.target.deviation;
      data.targets.data()[i] = static_cast<float>(scaled);
    }
  }
  return data;
}

/// Divides the rows and fits what is fitted to the training rows.
inline void divide_rows(Samples& samples, Table table, const Table& keys, const SampleOptions& options) {
  PipelineSettings& settings = samples.settings;
  const auto fit = [&](const TrainingRows& rows) {
    const PreprocessOptions rules = encoding_of(options);
    settings.preprocess = Preprocessor::fit(rows, rules);
    settings.input = Shape{static_cast<Index>(settings.preprocess.features())};
    if (options.is_sequence()) {
      check_sequence(options.sequence, settings.input.size(), options.words);
      settings.samples.kind = SampleKind::sequence;
      settings.input = options.sequence;
      join_channels(settings.preprocess, rows.table(), rules.numeric, settings.input);
    }
    if (settings.task == Task::regress) {
      const auto values = rows.table().numbers(options.label);
      settings.target = target_scale({values.begin(), values.end()});
    }
    samples.training = encoded_rows(settings, rows.table());
  };
  if (options.validation == 0.0) return fit(training_rows(std::move(table)));
  const Split parts = hold_back(table, keys, settings.labels, options);
  fit(parts.training);
  samples.held_back = parts.held_out.table();
  samples.validation = encoded_rows(settings, samples.held_back);
}

[[nodiscard]] inline std::vector<std::size_t> rows_of_class(const std::vector<std::int32_t>& labels,
                                                            bool ordinary) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if ((labels[row] == 0) == ordinary) rows.push_back(row);
  }
  return rows;
}

/// Classes, and what is learned from and judged by. An anomaly model learns class 0 alone and is judged by
/// all others as well.
inline void divide_classes(Samples& samples, Table table, const Table& keys, const SampleOptions& options) {
  LabelRule& rule = samples.settings.labels;
  rule = choose_labels(options, table, samples.unlabelled);
  for (std::string& note : spelling_notes(rule, table)) samples.notes.push_back(std::move(note));
  for (std::string& note : label_map_notes(options, table)) samples.notes.push_back(std::move(note));
  const std::vector<std::int32_t> labels = rule.encode(table);
  samples.class_counts = class_counts(rule, labels);
  note_giveaways(samples, table, labels, options);
  if (options.task != Task::anomaly) {
    divide_rows(samples, std::move(table), keys, options);
    return refuse_lone_class(samples, options);
  }
  const std::vector<std::size_t> ordinary = rows_of_class(labels, true);
  divide_rows(samples, table.take(ordinary), keys.take(ordinary), options);
  samples.held_back.append(table.take(rows_of_class(labels, false)));
}

}  // namespace detail

/// The samples of a table whose columns are all features but the label. ConfigError when options exclude each
/// other or ask for labels that do not occur; DataError when the table does not serve: a column is missing or
/// names rows, a sequence or series holds texts, fewer than two rows have a label. The messages say what to
/// change.
[[nodiscard]] Samples make_samples(Table table, const SampleOptions& options);

#if WEIR_BODIES

WEIR_BODY Samples make_samples(Table table, const SampleOptions& options) {
  check_options(options);
  table = detail::without_dropped(std::move(table), options);
  detail::require_column(table, options, options.label);
  Samples samples;
  samples.settings.task = options.task;
  samples.settings.labels.column = options.label;
  samples.held_back_share = options.validation;
  samples.words = options.words;
  if (options.window > 0) {
    samples = detail::window_samples(std::move(samples), table, options);
    detail::note_few_rows(samples);
    detail::note_ordinary_classes(samples);
    return samples;
  }
  table = labelled_rows(std::move(table), options.label, samples.unlabelled);
  const std::optional<TableProfile> flows = profile_of_columns(detail::column_names(table.schema()));
  samples.held_back_by = detail::dividing_column(table, flows, options);
  const Table keys = detail::key_columns(table, samples.held_back_by);
  if (!samples.held_back_by.empty()) table = table.drop({samples.held_back_by});
  if (flows) {
    samples.settings.record.emplace_back(flow_profile_entry, flows->text);
    const std::string warning =
        options.validation > 0.0 ? detail::random_split_warning(table, *flows, options) : std::string();
    table = detail::without_identities(samples, std::move(table), *flows, options);
    if (!warning.empty()) samples.notes.push_back(warning);
  }
  detail::refuse_texts(table, options);
  detail::refuse_identifiers(table, options);
  detail::note_number_like(samples, table, options);
  samples.rows = table.rows();
  if (table.rows() < 2) {
    fail(ErrorKind::data, detail::in_source(options) + "there are fewer than two rows with a label" +
                              detail::left_out_text(options, samples.unlabelled));
  }
  detail::refuse_gaps(table, options);
  samples.gaps.add(table.drop({options.label}));
  if (options.task == Task::regress) {
    detail::divide_rows(samples, std::move(table), keys, options);
  } else {
    detail::divide_classes(samples, std::move(table), keys, options);
  }
  detail::note_few_rows(samples);
  detail::note_ordinary_classes(samples);
  return samples;
}

#endif

}  // namespace weir::inline WEIR_ABI
