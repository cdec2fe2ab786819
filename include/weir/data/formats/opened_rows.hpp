// A table whose format has been told by its first bytes, or by the options (table_options.hpp), ready to be read.
//
//   OpenedRows opened = try_open_rows(open_any("flows.csv.gz").value(), options).value();
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/table_content.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/blanks.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What a file's first bytes and the options say of its format.
struct ToldFormat {
  ContentKind kind = ContentKind::empty;    ///< by its first bytes
  const TableFormat* looks_like = nullptr;  ///< likewise
  const TableFormat* format = nullptr;      ///< in which it is read
};

struct OpenedRows {
  std::string name{};  ///< what messages call it
  ToldFormat told{};
  std::unique_ptr<RowReader> rows{};
};

[[nodiscard]] Result<OpenedRows> try_open_rows(std::unique_ptr<ByteSource> source,
                                               const TableOptions& options);

#if WEIR_BODIES

namespace detail {

/// What was asked for, or else what the first bytes tell, or else what the record says.
[[nodiscard]] inline const TableFormat& chosen_format(const ToldFormat& told, const TableOptions& options) {
  const TableFormat& csv = table_formats().front();
  const bool asked = !options.format.empty();
  const std::string& name = asked ? options.format : options.recorded.format;
  if (name.empty()) return *told.looks_like;
  const TableFormat& named = table_format_named(name, options.words);
  // "csv" is what people and records of models say of any table of text.
  if (&named == &csv) return is_kind_of_text(told.kind) ? *told.looks_like : csv;
  const bool known = told.looks_like != &csv || told.kind == ContentKind::table;
  return asked || !known ? named : *told.looks_like;
}

/// Why an option that is given is not for the format; empty when all are.
[[nodiscard]] inline std::string option_complaint(const OpenedRows& opened, const TableOptions& options) {
  if (opened.told.format->lines_of_csv) return {};
  const std::vector<const char*>& recorded = options.recorded.csv_only;
  for (const char* member : csv_only_options(options, !opened.told.format->any_notation)) {
    if (std::find(recorded.begin(), recorded.end(), std::string_view(member)) != recorded.end()) continue;
    return option_word(options.words, member) + " is for CSV, and " + opened.name + " is read as " +
           std::string(opened.told.format->description);
  }
  return {};
}

/// What the file looks like, if it is another format than the one that is read; the end of a message.
[[nodiscard]] inline std::string other_format(const ToldFormat& told, const TableOptions& options) {
  const TableFormat& csv = table_formats().front();
  const auto is = [&options](const char* what, const TableFormat& format) {
    return what + std::string(format.description) + ": " + option_word(options.words, "format") + " " +
           std::string(format.name);
  };
  if (told.looks_like != told.format) {
    const bool known = told.looks_like != &csv || told.kind == ContentKind::table;
    return known ? is("; it looks like ", *told.looks_like) : std::string();
  }
  const std::string& recorded = options.recorded.format;
  const bool left =
      told.format == &csv && options.format.empty() && !recorded.empty() && recorded != csv.name;
  return left ? is("; it is read as CSV, and the model's table was ",
                   table_format_named(recorded, options.words))
              : std::string();
}

/// A header line that is one column has another separator.
[[nodiscard]] inline std::string separator_complaint(const OpenedRows& opened, OptionWords words) {
  const Schema& schema = opened.rows->schema();
  if (opened.told.format != &table_formats().front() || schema.columns.size() != 1) return {};
  for (const char other : {';', '\t', ',', '|'}) {
    if (schema.columns[0].name.find(other) == std::string::npos) continue;
    const std::string found = other == '\t' ? "tab" : "'" + std::string(1, other) + "'";
    return opened.name + ": the header line is one column; it looks like " + option_word(words, "separator") +
           " " + found;
  }
  return {};
}

}  // namespace detail

WEIR_BODY Result<OpenedRows> try_open_rows(std::unique_ptr<ByteSource> source, const TableOptions& options) {
  constexpr std::size_t head = std::size_t{16} << 10;  // ARFF files begin with long comments
  OpenedRows opened{.name = source->name()};
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::try_make(std::move(source), head);
  if (!peeked) return peeked.error();
  const std::string_view bytes = peeked.value()->head();
  const std::string beginning = detail::text_head(bytes, options.encoding);
  if (bytes.size() < head && trim_blanks(beginning).empty()) {
    return Failure{ErrorKind::data,
                   opened.name + ": this is an empty file; the rows of a table are expected"};
  }
  opened.told.looks_like = &table_format_of(beginning);
  opened.told.kind = content_kind(beginning);
  opened.told.format = &detail::chosen_format(opened.told, options);
  if (std::string what = detail::option_complaint(opened, options); !what.empty()) {
    return Failure{ErrorKind::config, std::move(what)};
  }
  Result<std::unique_ptr<RowReader>> rows = opened.told.format->open(std::move(peeked).value(), options);
  if (!rows) {
    return Failure{rows.error().kind, rows.error().what + detail::other_format(opened.told, options)};
  }
  opened.rows = std::move(rows).value();
  if (std::string what = detail::separator_complaint(opened, options.words); !what.empty()) {
    return Failure{ErrorKind::data, std::move(what)};
  }
  return opened;
}

#endif

}  // namespace weir::inline WEIR_ABI
