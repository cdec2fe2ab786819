#include "preparation.hpp"

#include "codes.hpp"
#include "files.hpp"
#include "input.hpp"
#include "near_names.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/data/csv.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

[[noreturn]] void wrong(const std::string& what) { weir::fail(weir::ErrorKind::config, what); }

[[nodiscard]] weir::Task task_of(const TrainOptions& options) {
  if (options.task == "anomaly") return weir::Task::anomaly;
  return options.task == "regress" ? weir::Task::regress : weir::Task::classify;
}

/// What depends on the format of the file.
void check_format(const TrainOptions& options) {
  const bool images = options.input.format == "idx";
  if (images && options.input.labels.empty()) wrong("--format idx needs --labels FILE: the labels to learn");
  if (!images && !options.input.labels.empty()) wrong("--labels is for --format idx");
  if (images &&
      (options.window || options.label != "label" || !options.drop.empty() || !options.categorical.empty())) {
    wrong("--window, --label, --drop and --categorical are for tables, not for --format idx");
  }
  if (images && options.task == "regress") wrong("--task regress is not for --format idx");
  if (!images && options.scaling != "none" && vocabulary_of(options.layers)) {
    wrong(
        "--layers begins with an embedding, which reads codes, whole numbers from 0: --scaling none keeps "
        "them");
  }
  const bool nsl_kdd = options.input.format == "nsl-kdd";
  if (options.classes && (options.task != "classify" || !nsl_kdd || !options.benign.empty())) {
    wrong("--classes 5 is for --format nsl-kdd and --task classify, without --benign");
  }
}

/// "30x3", steps x channels; empty: none.
[[nodiscard]] weir::Shape sequence_of(const std::string& text) {
  weir::Shape shape{0, 0};
  if (text.empty()) return shape;
  const char* const end = text.data() + text.size();
  const auto length = std::from_chars(text.data(), end, shape.length);
  const bool both = length.ec == std::errc() && length.ptr != end && *length.ptr == 'x';
  const auto channels = both ? std::from_chars(length.ptr + 1, end, shape.channels) : length;
  constexpr weir::Index most = 1 << 20;
  if (!both || channels.ec != std::errc() || channels.ptr != end || shape.length < 1 || shape.channels < 1 ||
      shape.length > most || shape.channels > most) {
    wrong("--sequence takes LENGTHxCHANNELS such as 30x3, not '" + text + "'");
  }
  return shape;
}

[[nodiscard]] weir::Scaling scaling_of(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, weir::Scaling>, 6> scalings{
      {{"none", weir::Scaling::none},
       {"standard", weir::Scaling::standard},
       {"min_max", weir::Scaling::min_max},
       {"log_standard", weir::Scaling::log_standard},
       {"log_min_max", weir::Scaling::log_min_max},
       {"rank", weir::Scaling::rank}}};
  const auto place = std::find_if(scalings.begin(), scalings.end(), [&](auto& s) { return s.first == name; });
  return place == scalings.end() ? weir::Scaling::none : place->second;
}

/// What a pixel is multiplied by: an embedding reads its number itself.
[[nodiscard]] double pixel_scale(const TrainOptions& options) {
  const std::optional<std::int64_t> vocabulary = vocabulary_of(options.layers);
  if (!vocabulary) return weir::SampleRule{}.pixel_scale;
  constexpr std::int64_t values = 256;
  if (*vocabulary >= values) return 1.0;
  wrong("--layers: pixels are codes from 0 to 255, and an embedding of " + std::to_string(*vocabulary) +
        " would take many of them for one: embedding:256:...");
}

/// All columns but the dropped ones; the label as the task needs it.
[[nodiscard]] std::vector<weir::Column> columns_for(const TrainOptions& options, const TableFile& file) {
  for (const std::string& name : options.drop) file.require(name);
  std::vector<weir::Column> kinds = weir::kinds_for(sample_options(options));
  for (const weir::Column& column : kinds) file.require(column.name);
  for (const std::string& name : options.drop) {
    if (name == options.label) wrong("--drop: '" + name + "' is the label");
    kinds.push_back({name, weir::ColumnKind::ignore});
  }
  const std::string difficulty(weir::nsl_kdd::difficulty);
  if (options.input.format == "nsl-kdd" && file.has(difficulty))
    kinds.push_back({difficulty, weir::ColumnKind::ignore});
  return kinds;
}

/// The words of the label column that are read as a missing value, for a message; nothing when the table
/// cannot be read again.
[[nodiscard]] std::string words_left_out(const TrainOptions& options) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(options.table, none)) return {};
  TableFormat format = table_format(options.input);
  const std::vector<std::string> missing = std::exchange(format.csv.missing, {});
  TableFile file(options.table, format, options.input.skip_bad_rows);
  weir::CsvReader reader = std::move(file).open({{options.label, weir::ColumnKind::categorical}}, false);
  weir::Table table = reader.make_table();
  read_all_rows(reader, table);
  std::vector<std::string> words;
  for (const auto& [text, count] : weir::text_counts(table, options.label)) {
    if (!text.empty() && std::find(missing.begin(), missing.end(), text) != missing.end()) {
      words.push_back(text);
    }
  }
  if (words.empty()) return {};
  return " but " + name_list(words) + ", which stands for a missing value: " +
         weir::option_word(weir::OptionWords::flags, "not_missing", words) + " keeps such rows";
}

/// Labels that had blanks around them, and others that had none.
[[nodiscard]] std::vector<std::string> blanks_note(const weir::CsvReader& reader,
                                                   const TrainOptions& options) {
  const weir::CsvReport& report = reader.report();
  const std::uint64_t count = report.trimmed[*reader.schema().find(options.label)];
  if (options.task == "regress" || count == 0 || count == report.rows) return {};
  return {"labels that differ by blanks only are one class: blanks around " +
          count_of(static_cast<std::int64_t>(count), "label") + " removed"};
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
  check_format(options);
  weir::check_options(sample_options(options), learn_options(options));
  return options;
}

weir::SampleOptions sample_options(const TrainOptions& o) {
  weir::SampleOptions result{.task = task_of(o),
                             .label = o.label,
                             .categorical = o.categorical,
                             .benign = o.benign,
                             .positive = o.positive};
  result.keep_identities = o.keep_identities;
  if (o.classes) result.rule = weir::nsl_kdd::five_classes(o.label);
  result.sequence = sequence_of(o.sequence);
  result.window = o.window.value_or(0);
  result.horizon = o.horizon;
  result.scaling = scaling_of(o.scaling);
  if (o.missing == "skip") result.missing = weir::OnMissing::reject;
  if (o.missing == "error") result.missing = weir::OnMissing::error;
  result.validation = o.validation;
  result.seed = o.seed;
  result.source = o.table;
  result.missing_words = table_format(o.input).csv.missing;
  if (o.input.format != "idx") result.why_unlabelled = [o] { return words_left_out(o); };
  result.words = weir::OptionWords::flags;
  return result;
}

weir::LearnOptions learn_options(const TrainOptions& o) {
  weir::LearnOptions result{.layers = o.layers,
                            .quick = o.quick,
                            .loss = o.loss,
                            .optimizer = o.optimizer,
                            .learning_rate = o.learning_rate,
                            .momentum = o.momentum,
                            .weight_decay = o.weight_decay,
                            .clip_norm = o.clip_norm,
                            .label_smoothing = o.label_smoothing,
                            .schedule = o.schedule};
  if (o.class_weights == "balanced") result.class_weights = weir::ClassWeights::balanced;
  result.epochs = o.epochs;
  result.batch_size = o.batch_size;
  result.patience = o.patience;
  result.alarm_rate = o.alarm_rate;
  result.seed = o.seed;
  result.threads = o.threads;
  return result;
}

weir::Samples prepare(const TrainOptions& options) {
  weir::SampleOptions wanted = sample_options(options);
  if (options.input.format == "idx") {
    wanted.pixel_scale = pixel_scale(options);
    return weir::make_samples(weir::read_images(options.table, options.input.labels, weir::open_any), wanted);
  }
  TableFile file(options.table, table_format(options.input), options.input.skip_bad_rows);
  const std::vector<weir::Column> kinds = columns_for(options, file);
  weir::CsvReader reader = std::move(file).open(kinds, true);
  weir::Table table = reader.make_table();
  read_all_rows(reader, table);
  weir::Samples samples = weir::make_samples(std::move(table), wanted);
  std::vector<std::string> notes = reading_notes(reader.report());
  for (std::string& note : blanks_note(reader, options)) notes.push_back(std::move(note));
  samples.notes.insert(samples.notes.begin(), notes.begin(), notes.end());
  return samples;
}

}  // namespace cli
