// From a file to samples: a table of any format (data/formats/open_table.hpp), or images.
//
//   const Samples samples = read_samples("flows.csv", {}, {.label = "label"});
//   save("ids.weir", learn(samples).pipeline);
//   const Samples days = read_samples({"Monday.csv", "Tuesday.csv"}, {}, {.label = "Label"});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/data/tables/strata.hpp>
#include <weir/pipeline/image_samples.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// ConfigError when numbers are to be learned and the label holds names.
void refuse_names(const TableFile& file, const SampleOptions& options);

/// All columns but the dropped ones; the label as the task needs it.
[[nodiscard]] std::vector<Column> kinds_in(const TableFile& file, const SampleOptions& options);

/// The words of the label column that are read as a missing value, for a message; nothing when the table
/// cannot be read again.
[[nodiscard]] std::string words_left_out(const std::vector<std::string>& paths, const TableOptions& reading,
                                         const SampleOptions& options);

/// The rows of a table as make_samples() takes them. Completes the options: the label is the format's own where none is
/// named, messages name the file, and what is not to be read is not named any more. `options` and the names must outlive
/// the samples that are made with it.
[[nodiscard]] Table read_rows(const std::vector<std::string>& paths, const TableOptions& reading,
                              SampleOptions& options, std::vector<std::string>& notes);

/// Labels that had blanks around them, and others that had none.
void note_blanks(std::vector<std::string>& notes, const TableFile& file, const SampleOptions& options);

#if WEIR_BODIES

WEIR_BODY void refuse_names(const TableFile& file, const SampleOptions& options) {
  if (options.task != Task::regress) return;
  for (const Column& column : file.schema().columns) {
    if (column.name != options.label || column.kind != ColumnKind::categorical || file.mixed(column.name))
      continue;
    const auto task = [&](const char* name) { return option_word(options.words, "task", {name}); };
    fail(ErrorKind::config, file.name() + ": column '" + options.label + "' holds names, and " +
                                task("regress") + " learns numbers; " + task("classify") + " learns names");
  }
}

WEIR_BODY std::vector<Column> kinds_in(const TableFile& file, const SampleOptions& options) {
  for (const std::string& name : options.drop) file.require(name);
  std::vector<Column> kinds = kinds_for(options);
  for (const Column& column : kinds) file.require(column.name);
  if (!options.time_column.empty()) file.require(options.time_column);
  refuse_names(file, options);
  for (const std::string& name : options.drop) {
    if (name == options.group || name == options.time_column) continue;  // no feature in any case
    if (name == options.label)
      fail(ErrorKind::config, option_word(options.words, "drop") + ": '" + name + "' is the label");
    kinds.push_back({name, ColumnKind::ignore});
  }
  return kinds;
}

WEIR_BODY std::string words_left_out(const std::vector<std::string>& paths, const TableOptions& reading,
                                     const SampleOptions& options) {
  const auto read_again = [](const std::string& path) {
    std::error_code none;
    return std::filesystem::is_regular_file(path, none);
  };
  if (!std::all_of(paths.begin(), paths.end(), read_again)) return {};
  TableOptions keeping = reading;
  keeping.not_missing = csv_options(reading).missing;
  const std::vector<std::string>& missing = keeping.not_missing;
  TableFile file = open_tables(paths, keeping);
  if (!file.format().lines_of_csv) return {};  // no word stands for a missing value by itself
  file.read_only({{options.label, ColumnKind::categorical}});
  std::vector<std::string> words;
  for (const auto& [text, count] : text_counts(file.read_all(), options.label)) {
    if (!text.empty() && std::find(missing.begin(), missing.end(), text) != missing.end())
      words.push_back(text);
  }
  if (words.empty()) return {};
  return " but " + name_list(words) +
         ", which stands for a missing value: " + option_word(options.words, "not_missing", words) +
         " keeps such rows";
}

WEIR_BODY void note_blanks(std::vector<std::string>& notes, const TableFile& file,
                           const SampleOptions& options) {
  const CsvReport& report = file.report();
  const auto label = file.schema().find(options.label);
  if (options.task == Task::regress || !label || *label >= report.trimmed.size()) return;
  const std::uint64_t count = report.trimmed[*label];
  if (count == 0 || count == report.rows) return;
  notes.push_back("labels that differ by blanks only are one class: blanks around " +
                  count_text(count, "label") + " removed");
}

WEIR_BODY Table read_rows(const std::vector<std::string>& paths, const TableOptions& reading,
                          SampleOptions& options, std::vector<std::string>& notes) {
  TableFile file = open_tables(paths, reading);
  if (options.source.empty()) options.source = files_text(paths);
  if (options.label.empty()) options.label = file.format().label;
  if (file.format().lines_of_csv) options.missing_words = csv_options(reading).missing;
  options.why_unlabelled = [&] { return words_left_out(paths, reading, options); };
  file.read_as(kinds_in(file, options));
  options.drop.clear();  // they were not read
  Table table = file.read_all();
  notes = reading_notes(file.report(), reading.words);
  note_blanks(notes, file, options);
  return table;
}

#endif

}  // namespace detail

/// As make_samples() of what is in the files, with its errors and those of reading; several are one table
/// (several_tables.hpp). IDX images are samples as images are; a label that is not named is the format's own.
[[nodiscard]] Samples read_samples(const std::vector<std::string>& paths, const TableOptions& reading,
                                   SampleOptions options);
[[nodiscard]] inline Samples read_samples(const std::string& path, const TableOptions& reading,
                                          SampleOptions options) {
  return read_samples(std::vector<std::string>{path}, reading, std::move(options));
}

#if WEIR_BODIES

WEIR_BODY Samples read_samples(const std::vector<std::string>& paths, const TableOptions& reading,
                               SampleOptions options) {
  if (reading.format == "idx" && paths.size() == 1) {
    if (options.source.empty()) options.source = paths[0];
    if (options.label.empty()) options.label = table_format_named(reading.format, reading.words).label;
    return make_samples(read_images(paths[0], reading.labels, reading.open), options);
  }
  std::vector<std::string> notes;
  Table table = detail::read_rows(paths, reading, options, notes);
  Samples samples = make_samples(std::move(table), options);
  samples.notes.insert(samples.notes.begin(), std::make_move_iterator(notes.begin()),
                       std::make_move_iterator(notes.end()));
  return samples;
}

#endif

}  // namespace weir::inline WEIR_ABI
