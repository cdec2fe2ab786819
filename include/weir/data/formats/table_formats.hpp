// The formats of tables, one list: how each is told from others and how it is read. A further format is an
// entry here, a RowReader, a test, a fuzz target and a row in docs/data.md (docs/contributing.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/arff.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/idx_rows.hpp>
#include <weir/data/formats/json_lines.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/formats/zeek_log.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct TableFormat {
  std::string_view name;
  std::string_view description;
  std::string_view label;  ///< the column that says what a row is; empty: whoever reads knows
  bool lines_of_csv;       ///< so that it has a separator and, without a header line, names to be given
  bool any_notation;       ///< numbers may be written with a decimal comma and signs between thousands
  bool (*is)(std::string_view head);  ///< by a file's first bytes
  Result<std::unique_ptr<RowReader>> (*open)(std::unique_ptr<ByteSource> source, const TableOptions& options);
};

/// The first is what a file is taken for that is none of the others.
[[nodiscard]] std::span<const TableFormat> table_formats();

#if WEIR_BODIES

namespace detail {

template <class Reader>
[[nodiscard]] Result<std::unique_ptr<RowReader>> as_row_reader(Result<Reader> reader) {
  if (!reader) return reader.error();
  return std::unique_ptr<RowReader>(std::make_unique<Reader>(std::move(reader).value()));
}

[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_csv(std::unique_ptr<ByteSource> source,
                                                                 const TableOptions& options) {
  return as_row_reader(CsvReader::try_make(std::move(source), csv_options(options)));
}
[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_nsl_kdd(std::unique_ptr<ByteSource> source,
                                                                     const TableOptions& options) {
  return as_row_reader(nsl_kdd::try_reader(std::move(source), csv_options(options)));
}
[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_idx(std::unique_ptr<ByteSource> source,
                                                                 const TableOptions& options) {
  Result<IdxImages> images = try_read_idx_images(*source);
  if (!images) return images.error();
  std::optional<std::vector<std::uint8_t>> labels;
  if (!options.labels.empty()) {
    Result<std::vector<std::uint8_t>> read = try_read_idx_labels(options.labels, options.open);
    if (!read) return read.error();
    labels = std::move(read).value();
  }
  return as_row_reader(IdxRows::try_make(std::move(images).value(), std::move(labels), source->name()));
}
[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_arff(std::unique_ptr<ByteSource> source,
                                                                  const TableOptions& options) {
  return as_row_reader(try_arff_reader(std::move(source), typed_options(options)));
}
[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_zeek(std::unique_ptr<ByteSource> source,
                                                                  const TableOptions& options) {
  return as_row_reader(try_zeek_reader(std::move(source), typed_options(options)));
}
[[nodiscard]] inline Result<std::unique_ptr<RowReader>> open_json(std::unique_ptr<ByteSource> source,
                                                                  const TableOptions& options) {
  return as_row_reader(try_json_reader(std::move(source), typed_options(options)));
}

[[nodiscard]] inline bool is_idx(std::string_view head) { return content_kind(head) == ContentKind::idx; }
[[nodiscard]] inline bool is_arff(std::string_view head) { return content_kind(head) == ContentKind::arff; }
[[nodiscard]] inline bool is_zeek(std::string_view head) {
  return content_kind(head) == ContentKind::zeek_log;
}
[[nodiscard]] inline bool is_json(std::string_view head) { return content_kind(head) == ContentKind::json; }
[[nodiscard]] inline bool is_any(std::string_view) { return true; }

}  // namespace detail

WEIR_BODY std::span<const TableFormat> table_formats() {
  static constexpr auto formats = std::to_array<TableFormat>({
      {"csv", "CSV with a header line", "", true, true, detail::is_any, detail::open_csv},
      {"nsl-kdd", "NSL-KDD without a header line", nsl_kdd::label, true, true, nsl_kdd::looks_like,
       detail::open_nsl_kdd},
      {"idx", "IDX images", "label", false, false, detail::is_idx, detail::open_idx},
      {"arff", "an ARFF file of Weka", "", false, true, detail::is_arff, detail::open_arff},
      {"zeek", "a Zeek log", "", false, false, detail::is_zeek, detail::open_zeek},
      {"json", "JSON lines", "", false, false, detail::is_json, detail::open_json},
  });
  return formats;
}

#endif

/// "csv", ...
[[nodiscard]] inline std::vector<std::string> table_format_names() {
  std::vector<std::string> names;
  for (const TableFormat& format : table_formats()) names.emplace_back(format.name);
  return names;
}

/// By the first bytes of a file.
[[nodiscard]] inline const TableFormat& table_format_of(std::string_view head) {
  const std::span<const TableFormat> formats = table_formats();
  for (const TableFormat& format : formats.subspan(1)) {
    if (format.is(head)) return format;
  }
  return formats.front();
}

/// By its name. ConfigError that names those spelt alike.
[[nodiscard]] inline const TableFormat& table_format_named(const std::string& name, OptionWords words) {
  for (const TableFormat& format : table_formats()) {
    if (format.name == name) return format;
  }
  fail(ErrorKind::config, option_word(words, "format") + ": there is no '" + name + "'" +
                              near_names(name, table_format_names()));
}

}  // namespace weir::inline WEIR_ABI
