// Tables from files or standard input: the layout is looked at first, so that a wrong column is named before
// anything is read in earnest.
#pragma once

#include "commands.hpp"

#include <weir/data/byte_source.hpp>
#include <weir/data/csv.hpp>
#include <weir/pipeline/option_words.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// How a model was trained, for people to read and for later commands: name and value.
using Record = std::vector<std::pair<std::string, std::string>>;

/// The value of a name in a record; empty when there is none.
[[nodiscard]] std::string_view recorded(const Record& record, std::string_view name);

/// How a table is laid out and written.
struct TableFormat {
  bool nsl_kdd = false;
  weir::CsvOptions csv{};
};

/// What the options say, or what the model's record says where they say nothing.
[[nodiscard]] TableFormat table_format(const InputOptions& options, const Record& record = {});
/// What a model's record keeps of it, for table_format().
[[nodiscard]] Record format_record(const InputOptions& options);

/// A table of which only the beginning has been read.
class TableFile {
 public:
  /// `path` may be "-", standard input, and may be packed by gzip. Throws weir::Error.
  TableFile(const std::string& path, const TableFormat& format, bool skip_bad_rows);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Columns and their kinds, as far as the beginning tells.
  [[nodiscard]] const weir::Schema& schema() const noexcept { return reader_.schema(); }
  [[nodiscard]] bool has(std::string_view column) const noexcept { return schema().find(column).has_value(); }
  /// Throws DataError that names the columns spelt alike.
  void require(std::string_view column) const;

  /// The reader. Columns of `kinds` are read as those; all others as the beginning tells, or not at all.
  /// Throws DataError when one of the others is of numbers with a few texts.
  [[nodiscard]] weir::CsvReader open(const std::vector<weir::Column>& kinds, bool others) &&;

 private:
  void name_nsl_kdd_columns();
  void check_separator() const;
  void refuse_mixed(const std::vector<weir::Column>& kinds) const;
  [[nodiscard]] bool looks_like_nsl_kdd() const;

  weir::NumberFormat numbers_;
  bool nsl_kdd_;
  weir::CsvReader reader_;
  std::string name_;
};

/// Appends up to `most` rows and says how many. Throws weir::Error, with the option that mends the fault; to
/// what is said of a text where a number is expected, `about_numbers` is added.
std::size_t read_rows(weir::CsvReader& reader, weir::Table& table, std::size_t most,
                      const std::string& about_numbers);
/// All rows, for training, where the user says what the columns are.
void read_all_rows(weir::CsvReader& reader, weir::Table& table);

/// How the model's record wants numbers to be written, as a clause; empty when it is the usual way.
[[nodiscard]] std::string stored_notation(const Record& record);

/// What was left out or read in another way, a sentence each: bad rows, header lines, texts.
[[nodiscard]] std::vector<std::string> reading_notes(const weir::CsvReport& report);

using weir::shell_word;

}  // namespace cli
