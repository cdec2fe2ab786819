// What was read of several files, and left out, in one report.
//
//   add_report(sum, reader.report(), "b.csv");
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/formats/csv_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

/// `more` is of columns in the order of `sum`.
inline void add_report(CsvReport& sum, const CsvReport& more, const std::string& file) {
  constexpr std::size_t most_reasons = 100;
  const auto first = [&file](std::optional<CsvPlace>& kept, const std::optional<CsvPlace>& place) {
    if (kept || !place) return;
    kept = place;
    if (kept->file.empty()) kept->file = file;
  };
  sum.lines += more.lines;
  sum.rows += more.rows;
  sum.bad_rows += more.bad_rows;
  sum.blank_lines += more.blank_lines;
  sum.head_lines += more.head_lines;
  if (sum.repeated_headers == 0 && more.repeated_headers > 0) {
    sum.first_repeated = more.first_repeated;
    sum.repeated_in = file;
  }
  sum.repeated_headers += more.repeated_headers;
  if (sum.summaries == 0 && more.summaries > 0) {
    sum.summary_line = more.summary_line;
    sum.summary_in = file;
  }
  sum.summaries += more.summaries;
  for (const OddColumn& column : more.odd_columns) {
    const auto same = [&column](const OddColumn& one) {
      return one.name == column.name && one.oddity == column.oddity;
    };
    if (std::none_of(sum.odd_columns.begin(), sum.odd_columns.end(), same)) sum.odd_columns.push_back(column);
  }
  sum.recoded += more.recoded;
  first(sum.first_recoded, more.first_recoded);
  sum.unlisted += more.unlisted;
  first(sum.first_unlisted, more.first_unlisted);
  sum.lost += more.lost;
  first(sum.first_lost, more.first_lost);
  if (sum.trimmed.size() < more.trimmed.size()) sum.trimmed.resize(more.trimmed.size());
  for (std::size_t i = 0; i < more.trimmed.size(); ++i) sum.trimmed[i] += more.trimmed[i];
  for (BadRow row : more.reasons) {
    if (sum.reasons.size() == most_reasons) break;
    if (row.file.empty()) row.file = file;
    sum.reasons.push_back(std::move(row));
  }
  if (sum.respelt.size() < more.respelt.size()) sum.respelt = more.respelt;
}

}  // namespace weir::inline WEIR_ABI
