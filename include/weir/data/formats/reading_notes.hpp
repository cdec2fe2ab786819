// What was left out of a table or read in another way than it stands there, a sentence each: bad rows, header lines,
// texts, odd columns.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

[[nodiscard]] std::vector<std::string> reading_notes(const CsvReport& report,
                                                     OptionWords words = OptionWords::members);

#if WEIR_BODIES

namespace detail {

WEIR_BODY void note_odd_columns(std::vector<std::string>& notes, const CsvReport& report, OptionWords words) {
  const auto note = [&](ColumnOddity oddity, const std::string& what) {
    std::vector<std::string> names;
    for (const OddColumn& column : report.odd_columns) {
      if (column.oddity == oddity) names.push_back(column.name);
    }
    if (names.empty()) return;
    notes.push_back((names.size() == 1 ? "column " : "columns ") + name_list(names, 4) + ": " + what);
  };
  const std::string mend = option_word(words, "categorical") + " reads them as names";
  note(ColumnOddity::number_strings, "strings that are numbers, read as such; " + mend);
  note(ColumnOddity::number_names, "strings that are whole numbers, few different ones: read as names");
  note(ColumnOddity::unknown_type, "of a type that is not Zeek's; the first rows tell the kind; " + mend);
  note(ColumnOddity::repeated_name, "the log calls another one so too; told apart by a number");
  note(ColumnOddity::not_in_all, "not in all files, left out");
}

}  // namespace detail

WEIR_BODY std::vector<std::string> reading_notes(const CsvReport& report, OptionWords words) {
  std::vector<std::string> notes;
  const auto line_text = [](std::uint64_t line, const std::string& file) {
    return "line " + std::to_string(line) + (file.empty() ? "" : " of " + file);
  };
  const auto place_text = [&](const CsvPlace& place) {
    return line_text(place.line, place.file) + ": " + quoted_excerpt(place.text);
  };
  if (report.bad_rows > 0) {
    std::string note = count_text(report.bad_rows, "row") + " that cannot be read left out";
    if (!report.reasons.empty()) {
      const BadRow& row = report.reasons[0];
      note += ", the first in " + line_text(row.line, row.file) + ": " + row.reason;
    }
    notes.push_back(note);
  }
  if (report.repeated_headers > 0) {
    notes.push_back(count_text(report.repeated_headers, "line") + " left out: the header line again, " +
                    (report.repeated_headers > 1 ? "first " : "") + "in " +
                    line_text(report.first_repeated, report.repeated_in));
  }
  if (report.summaries > 0) {
    notes.push_back(
        "nfdump's summary left out, from " + line_text(report.summary_line, report.summary_in) + " on" +
        (report.summaries > 1 ? ", and so in " + count_text(report.summaries - 1, "more file") : ""));
  }
  if (report.first_unlisted) {
    notes.push_back(count_text(report.unlisted, "value") +
                    " left out under names that the first rows do not have, the first in " +
                    place_text(*report.first_unlisted));
  }
  if (report.first_recoded) {
    notes.push_back(count_text(report.recoded, "text") +
                    " read as Windows-1252, not being UTF-8, the first in " +
                    place_text(*report.first_recoded) + " (" + option_word(words, "encoding") +
                    " utf-8 refuses such texts)");
  }
  if (report.first_lost) {
    notes.push_back(count_text(report.lost, "text") +
                    " with U+FFFD, which stands for a character that was lost, the first in " +
                    place_text(*report.first_lost));
  }
  if (!report.same_files.empty()) {
    const auto& [first, second] = report.same_files[0];
    const std::size_t more = report.same_files.size() - 1;
    notes.push_back("'" + second + "' begins with the same data as '" + first + "'" +
                    (more == 0 ? "" : ", and so it is with " + count_text(more, "more file")) +
                    ": its rows count twice; leave it out if it is a copy");
  }
  detail::note_odd_columns(notes, report, words);
  if (!report.respelt.empty()) {
    notes.push_back(count_text(report.respelt.size(), "column") + " matched by spelling, such as '" +
                    report.respelt[0].second + "' for '" + report.respelt[0].first + "'");
  }
  return notes;
}

#endif

}  // namespace weir::inline WEIR_ABI
