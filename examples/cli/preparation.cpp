#include "preparation.hpp"

#include "codes.hpp"
#include "files.hpp"
#include "gaps.hpp"
#include "hints.hpp"
#include "images.hpp"
#include "input.hpp"
#include "labels.hpp"
#include "near_names.hpp"
#include "report.hpp"
#include "sequence.hpp"
#include "series.hpp"

#include <weir/core/error.hpp>
#include <weir/data/csv.hpp>
#include <weir/data/giveaways.hpp>
#include <weir/data/moments.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/data/number_like.hpp>
#include <weir/data/split.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace cli {

namespace {

[[noreturn]] void wrong(const std::string& what) { weir::fail(weir::ErrorKind::config, what); }

[[nodiscard]] weir::Task task_of(const TrainOptions& options) {
  if (options.task == "anomaly") return weir::Task::anomaly;
  return options.task == "regress" ? weir::Task::regress : weir::Task::classify;
}

void check_series(const TrainOptions& options) {
  const bool images = options.input.format == "idx";
  if (images && options.input.labels.empty()) wrong("--format idx needs --labels FILE: the labels to learn");
  if (!images && !options.input.labels.empty()) wrong("--labels is for --format idx");
  if (images &&
      (options.window || options.label != "label" || !options.drop.empty() || !options.categorical.empty())) {
    wrong("--window, --label, --drop and --categorical are for tables, not for --format idx");
  }
  if (images && options.task == "regress") wrong("--task regress is not for --format idx");
  if (options.window && !options.sequence.empty()) wrong("--window and --sequence exclude each other");
  if (!options.window && options.horizon != 1) wrong("--horizon needs --window");
  if (options.window && options.task != "regress") wrong("--window forecasts a number: --task regress");
  if (options.window && options.scaling == "rank") wrong("--window: --scaling rank cannot be undone");
  if (options.window && options.missing == "skip") {
    wrong("--missing skip would leave holes in a series; with --window, impute or error");
  }
  if (!options.sequence.empty() && options.missing != "impute") {
    wrong("--sequence takes what is missing at the end for padding, and imputes the rest: --missing impute");
  }
}

void check(const TrainOptions& options) {
  check_series(options);
  if (options.input.format != "idx" && options.scaling != "none" && vocabulary_of(options.layers)) {
    wrong(
        "--layers begins with an embedding, which reads codes, whole numbers from 0: --scaling none keeps "
        "them");
  }
  if (options.label.empty()) wrong("--label COLUMN is needed: the column to learn");
  if (!options.positive.empty() && !options.benign.empty())
    wrong("--positive and --benign exclude each other");
  const bool classify = options.task == "classify";
  if (options.task == "anomaly" && options.benign.empty()) {
    wrong("--task anomaly needs --benign VALUES: which labels are ordinary traffic");
  }
  if (!classify && !options.positive.empty()) wrong("--positive is for --task classify");
  if (options.task == "regress" && !options.benign.empty()) wrong("--benign is not for --task regress");
  if (options.classes && (!classify || options.input.format != "nsl-kdd" || !options.benign.empty())) {
    wrong("--classes 5 is for --format nsl-kdd and --task classify, without --benign");
  }
  if (!classify && options.class_weights != "none") wrong("--class-weights is for --task classify");
  if (!classify && options.label_smoothing > 0.0) wrong("--label-smoothing is for --task classify");
  if (options.alarm_rate && options.task == "regress") wrong("--alarm-rate is not for --task regress");
  if (options.alarm_rate && options.validation == 0.0) {
    wrong("--alarm-rate needs rows that are not trained on: --validation above 0");
  }
  if (options.task == "anomaly" && options.validation == 0.0) {
    wrong("--task anomaly chooses its threshold on held-back rows: --validation above 0");
  }
}

/// All columns but the dropped ones; the label as the task needs it.
[[nodiscard]] std::vector<weir::Column> kinds_for(const TrainOptions& options, const TableFile& file) {
  using weir::ColumnKind;
  file.require(options.label);
  std::vector<weir::Column> kinds;
  kinds.push_back({options.label, options.task == "regress" ? ColumnKind::numeric : ColumnKind::categorical});
  for (const std::string& name : options.drop) {
    file.require(name);
    if (name == options.label) wrong("--drop: '" + name + "' is the label");
    kinds.push_back({name, ColumnKind::ignore});
  }
  for (const std::string& name : options.categorical) {
    file.require(name);
    kinds.push_back({name, ColumnKind::categorical});
  }
  const std::string difficulty(weir::nsl_kdd::difficulty);
  if (options.input.format == "nsl-kdd" && file.has(difficulty))
    kinds.push_back({difficulty, ColumnKind::ignore});
  return kinds;
}

[[nodiscard]] weir::PreprocessOptions preprocess_options(const TrainOptions& options) {
  constexpr std::array<std::pair<std::string_view, weir::Scaling>, 6> scalings{
      {{"none", weir::Scaling::none},
       {"standard", weir::Scaling::standard},
       {"min_max", weir::Scaling::min_max},
       {"log_standard", weir::Scaling::log_standard},
       {"log_min_max", weir::Scaling::log_min_max},
       {"rank", weir::Scaling::rank}}};
  weir::PreprocessOptions result{.exclude = {options.label}};
  for (const auto& [name, scaling] : scalings) {
    if (name == options.scaling) result.numeric.scaling = scaling;
  }
  if (options.scaling == "standard" || options.scaling == "log_standard") {
    // Ten deviations: what lies beyond would steer the whole net by one wild value.
    result.numeric.low = -10.0F;
    result.numeric.high = 10.0F;
  }
  // What never varies in ordinary traffic gives an anomaly away when it does; the columns of a series must
  // all be there.
  const bool series = options.window || !options.sequence.empty();
  result.numeric.drop_constant = options.task != "anomaly" && !series;
  const auto rule = options.missing == "skip"    ? weir::OnMissing::reject
                    : options.missing == "error" ? weir::OnMissing::error
                                                 : weir::OnMissing::impute;
  result.numeric.on_missing = rule;
  result.categorical.on_missing = rule;
  return result;
}

[[nodiscard]] std::string mend_of(const weir::NumberLike& column) {
  return column.spelt_well ? "such texts stand for missing numbers, --missing-values names them"
                           : "these are numbers, write them as 12.5 or 3e6";
}

/// Of these columns, what looks like numbers.
[[nodiscard]] std::string numbers_among(const weir::Table& table, const std::vector<std::string>& names) {
  for (const weir::NumberLike& column : weir::find_number_like(table)) {
    if (std::find(names.begin(), names.end(), column.column) == names.end()) continue;
    return "; as to texts such as " + weir::quoted_excerpt(column.example) + " in '" + column.column +
           "': if " + mend_of(column);
  }
  return {};
}

/// Columns with too many different texts are identifiers: they name all of them at once.
void refuse_identifiers(const weir::Table& table, const TrainOptions& options) {
  const std::size_t most = weir::CategoricalRule{}.max_categories;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == options.label || table.numeric(i) || table.dictionary(i).size() <= most) continue;
    names.push_back(name);
  }
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  weir::fail(weir::ErrorKind::data, options.table + ": more than " + std::to_string(most) +
                                        " different texts in " + name_list(names) +
                                        "; identifiers are not learned from: --drop " + shell_word(list) +
                                        numbers_among(table, names));
}

/// The encoded rows with what they should become.
[[nodiscard]] weir::Dataset<float> dataset(const Preparation& prepared, const weir::Table& table) {
  weir::Dataset<float> data;
  std::vector<std::size_t> kept;
  data.x = prepared.preprocess.transform(table, &kept);
  data.shape = prepared.input;
  if (prepared.samples.kind == weir::SampleKind::sequence) {
    cut_padding(data, prepared.preprocess, table, kept);
  }
  if (prepared.task == weir::Task::classify) {
    const std::vector<std::int32_t> all = prepared.labels.encode(table);
    for (const std::size_t row : kept) data.labels.push_back(all[row]);
  }
  if (prepared.task == weir::Task::regress) {
    const auto values = table.numbers(prepared.labels.column);
    data.targets = weir::Matrix<float>(1, kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const double scaled = (values[kept[i]] - prepared.target.mean) / prepared.target.deviation;
      data.targets.data()[i] = static_cast<float>(scaled);
    }
  }
  return data;
}

/// Divides the rows and fits what is fitted to the training rows.
void divide(Preparation& prepared, weir::Table table, const TrainOptions& options) {
  const auto fit = [&](const weir::TrainingRows& rows) {
    const weir::PreprocessOptions rules = preprocess_options(options);
    prepared.preprocess = weir::Preprocessor::fit(rows, rules);
    prepared.input = weir::Shape{static_cast<weir::Index>(prepared.preprocess.features())};
    if (!options.sequence.empty()) {
      prepared.samples.kind = weir::SampleKind::sequence;
      prepared.input = sequence_shape(options.sequence, prepared.input.size());
      join_channels(prepared.preprocess, rows.table(), rules.numeric, prepared.input);
    }
    if (prepared.task == weir::Task::regress) {
      const auto values = rows.table().numbers(options.label);
      const weir::Moments m = weir::moments({values.begin(), values.end()});
      prepared.target = {m.mean, m.deviation > 0.0 ? m.deviation : 1.0};
    }
    prepared.training = dataset(prepared, rows.table());
  };
  if (options.validation == 0.0) return fit(weir::training_rows(std::move(table)));
  const std::string strata = prepared.task == weir::Task::regress ? std::string() : options.label;
  const weir::Split parts =
      weir::split(table, {.held_out = options.validation, .seed = options.seed, .stratify_by = strata});
  fit(parts.training);
  prepared.held_back = parts.held_out.table();
  prepared.validation = dataset(prepared, prepared.held_back);
}

/// A sequence is made of numbers.
void refuse_texts(const weir::Table& table, const TrainOptions& options) {
  if (options.sequence.empty()) return;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == options.label || table.numeric(i)) continue;
    weir::fail(weir::ErrorKind::data, options.table + ": column '" + name +
                                          "' holds texts; a sequence is made of numbers: --drop " + name);
  }
}

/// Labels that had blanks around them, and others that had none.
void note_blanks(Preparation& prepared, const weir::CsvReader& reader, const TrainOptions& options) {
  const weir::CsvReport& report = reader.report();
  const std::uint64_t count = report.trimmed[*reader.schema().find(options.label)];
  if (count == 0 || count == report.rows) return;
  prepared.notes.push_back("labels that differ by blanks only are one class: blanks around " +
                           count_of(static_cast<std::int64_t>(count), "label") + " removed");
}

/// Numbers in a spelling that is not read are names, each a feature of its own.
void note_number_like(Preparation& prepared, const weir::Table& table, const TrainOptions& options) {
  for (const weir::NumberLike& column : weir::find_number_like(table)) {
    const auto& meant = options.categorical;
    if (column.column == options.label || std::find(meant.begin(), meant.end(), column.column) != meant.end())
      continue;
    const std::string name = shell_word(column.column);
    prepared.notes.push_back("column '" + column.column + "' is taken as " + std::to_string(column.names) +
                             " names, such as " + weir::quoted_excerpt(column.example) + "; if " +
                             mend_of(column) + ", or --drop " + name + "; if they are names, --categorical " +
                             name + " says so");
  }
}

void note_giveaways(Preparation& prepared, const weir::Table& table, const std::vector<std::int32_t>& labels,
                    const TrainOptions& options) {
  std::vector<std::string> names;
  std::string list;
  for (const weir::Giveaway& column :
       weir::find_giveaways(table, labels, prepared.labels.classes.size(), options.label)) {
    names.push_back(column.column);
    list += (list.empty() ? "" : ",") + column.column;
  }
  if (names.empty()) return;
  prepared.notes.push_back(std::string(names.size() == 1 ? "column " : "each of the columns ") +
                           name_list(names) + " tells the label of (nearly) every row by itself; if it was " +
                           "made from the label or by the way of recording: --drop " + shell_word(list));
}

[[nodiscard]] std::vector<std::size_t> rows_of_class(const std::vector<std::int32_t>& labels, bool benign) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if ((labels[row] == 0) == benign) rows.push_back(row);
  }
  return rows;
}

/// Classes, and what is learned from and judged by.
void prepare_rows(Preparation& prepared, weir::Table table, const weir::CsvReader& reader,
                  const TrainOptions& options) {
  if (prepared.task == weir::Task::regress) return divide(prepared, std::move(table), options);
  note_blanks(prepared, reader, options);
  prepared.labels = make_rule(options, table, prepared.unlabelled);
  refuse_quantities(options, prepared.labels, table.rows());
  for (std::string& note : spelling_notes(prepared.labels, table)) prepared.notes.push_back(std::move(note));
  const std::vector<std::int32_t> labels = prepared.labels.encode(table);
  prepared.label_counts = counts_text(prepared.labels, labels);
  note_giveaways(prepared, table, labels, options);
  if (prepared.task == weir::Task::anomaly) {
    divide(prepared, table.take(rows_of_class(labels, true)), options);
    prepared.held_back.append(table.take(rows_of_class(labels, false)));
    return;
  }
  divide(prepared, std::move(table), options);
}

/// `--layers` as given, or from the file behind an @, in which the text may stand on several lines.
[[nodiscard]] std::string layers_from(const std::string& given) {
  if (!given.starts_with('@')) return given;
  if (given.size() == 1) wrong("--layers: the name of a file belongs behind the @");
  std::string text = read_file(given.substr(1));
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  if (text.empty())
    wrong("--layers: '" + given.substr(1) + "' is empty; it should name layers, such as dense:64,relu");
  return text;
}

}  // namespace

TrainOptions with_defaults(TrainOptions options) {
  const bool anomaly = options.task == "anomaly";
  if (options.label.empty() && options.input.format == "nsl-kdd") options.label = weir::nsl_kdd::label;
  if (options.label.empty() && options.input.format == "idx") options.label = "label";
  if (options.window && options.task == "classify") options.task = "regress";
  if (options.scaling.empty()) options.scaling = anomaly ? "log_min_max" : "log_standard";
  options.layers = layers_from(options.layers);
  if (options.schedule.empty()) options.schedule = "cosine";
  check(options);
  return options;
}

Preparation prepare(const TrainOptions& options) {
  if (options.input.format == "idx") return prepare_images(options);
  TableFile file(options.table, table_format(options.input), options.input.skip_bad_rows);
  std::vector<weir::Column> kinds = kinds_for(options, file);
  weir::CsvReader reader = std::move(file).open(kinds, true);
  weir::Table table = reader.make_table();
  read_all_rows(reader, table);
  Preparation prepared;
  prepared.task = task_of(options);
  prepared.labels.column = options.label;
  prepared.notes = reading_notes(reader.report());
  if (options.window) {
    weir::PreprocessOptions rules = preprocess_options(options);
    rules.exclude.clear();  // the label is a channel itself
    const std::vector<weir::ColumnGaps> gaps = weir::gaps_of(table);
    const std::size_t cells = table.rows() * table.columns();
    prepare_series(prepared, std::move(table), options, rules);
    prepared.gaps = gaps_text(gaps, cells, prepared.preprocess);
    return prepared;
  }
  refuse_texts(table, options);
  refuse_identifiers(table, options);
  note_number_like(prepared, table, options);
  table = labelled_rows(std::move(table), options.label, prepared.unlabelled);
  prepared.rows = table.rows();
  if (table.rows() < 2) {
    weir::fail(weir::ErrorKind::data, options.table + ": there are fewer than two rows with a label" +
                                          left_out_text(options, prepared.unlabelled));
  }
  const std::vector<weir::ColumnGaps> gaps = weir::gaps_of(table);
  const std::size_t cells = table.rows() * (table.columns() - 1);  // without the label
  prepare_rows(prepared, std::move(table), reader, options);
  prepared.gaps = gaps_text(gaps, cells, prepared.preprocess);
  return prepared;
}

}  // namespace cli
