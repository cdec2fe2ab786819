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
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

struct OpenedRows {
  std::string name{};                       ///< what messages call it
  const TableFormat* looks_like = nullptr;  ///< by its first bytes
  const TableFormat* format = nullptr;
  std::unique_ptr<RowReader> rows{};
};

[[nodiscard]] Result<OpenedRows> try_open_rows(std::unique_ptr<ByteSource> source,
                                               const TableOptions& options);

#if WEIR_BODIES

namespace detail {

/// A header line that is one column has another separator.
[[nodiscard]] inline std::string separator_complaint(const OpenedRows& opened, OptionWords words) {
  const Schema& schema = opened.rows->schema();
  if (opened.format != &table_formats.front() || schema.columns.size() != 1) return {};
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
  opened.looks_like = &table_format_of(bytes);
  opened.format = options.format.empty() ? opened.looks_like : &table_format_named(options);
  // "csv" is what people and records of models say of any table of text.
  const bool text = opened.format == &table_formats.front();
  if (text && detail::is_kind_of_text(content_kind(bytes))) opened.format = opened.looks_like;
  Result<std::unique_ptr<RowReader>> rows = opened.format->open(std::move(peeked).value(), options);
  if (!rows) return rows.error();
  opened.rows = std::move(rows).value();
  if (std::string what = detail::separator_complaint(opened, options.words); !what.empty()) {
    return Failure{ErrorKind::data, std::move(what)};
  }
  return opened;
}

#endif

}  // namespace weir::inline WEIR_ABI
