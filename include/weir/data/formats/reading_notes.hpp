// What was left out of a table or read in another way than it stands there, a sentence each: bad rows, header lines,
// texts, odd columns.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>

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
  note(ColumnOddity::unknown_type, "of a type that is not Zeek's; the first rows tell the kind; " + mend);
  note(ColumnOddity::repeated_name, "the log calls another one so too; told apart by a number");
}

}  // namespace detail

WEIR_BODY std::vector<std::string> reading_notes(const CsvReport& report, OptionWords words) {
  std::vector<std::string> notes;
  if (report.bad_rows > 0) {
    std::string note = count_text(report.bad_rows, "row") + " that cannot be read left out";
    if (!report.reasons.empty()) {
      note +=
          ", the first in line " + std::to_string(report.reasons[0].line) + ": " + report.reasons[0].reason;
    }
    notes.push_back(note);
  }
  if (report.repeated_headers > 0) {
    notes.push_back(count_text(report.repeated_headers, "line") + " left out: the header line again, " +
                    (report.repeated_headers > 1 ? "first " : "") + "in line " +
                    std::to_string(report.first_repeated));
  }
  if (report.summary_line > 0)
    notes.push_back("nfdump's summary left out, from line " + std::to_string(report.summary_line) + " on");
  if (report.first_unlisted) {
    notes.push_back(count_text(report.unlisted, "value") +
                    " left out under names that the first rows do not have, the first in line " +
                    std::to_string(report.first_unlisted->line) + ": " +
                    quoted_excerpt(report.first_unlisted->text));
  }
  if (report.first_recoded) {
    notes.push_back(
        count_text(report.recoded, "text") + " read as Windows-1252, not being UTF-8, the first in line " +
        std::to_string(report.first_recoded->line) + ": " + quoted_excerpt(report.first_recoded->text) +
        " (" + option_word(words, "encoding") + " utf-8 refuses such texts)");
  }
  if (report.first_lost) {
    notes.push_back(count_text(report.lost, "text") +
                    " with U+FFFD, which stands for a character that was lost, the first in line " +
                    std::to_string(report.first_lost->line) + ": " + quoted_excerpt(report.first_lost->text));
  }
  detail::note_odd_columns(notes, report, words);
  return notes;
}

#endif

}  // namespace weir::inline WEIR_ABI
