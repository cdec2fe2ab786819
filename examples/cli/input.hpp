// Tables from files or standard input: the layout is looked at first, so that a wrong column is named before
// anything is read in earnest.
#pragma once

#include "commands.hpp"

#include <weir/data/byte_source.hpp>
#include <weir/data/csv.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// How a model was trained, for people to read and for later commands: name and value.
using Record = std::vector<std::pair<std::string, std::string>>;

/// The value of a name in a record; empty when there is none.
[[nodiscard]] std::string_view recorded(const Record& record, std::string_view name);

struct TableFormat {
  bool nsl_kdd = false;
  char separator = ',';
};

/// What the options say, or what the model's record says where they say nothing.
[[nodiscard]] TableFormat table_format(const InputOptions& options, const Record& record = {});
/// As the option that means it.
[[nodiscard]] std::string separator_text(char separator);

/// A table of which only the beginning has been read.
class TableFile {
 public:
  /// `path` may be "-", standard input, and may be packed by gzip. Throws weir::Error.
  TableFile(const std::string& path, const TableFormat& format, bool skip_bad_rows);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Columns and their kinds, as far as the beginning tells.
  [[nodiscard]] const weir::Schema& schema() const noexcept { return schema_; }
  [[nodiscard]] bool has(std::string_view column) const noexcept { return schema_.find(column).has_value(); }
  /// Throws DataError that names the columns spelt alike.
  void require(std::string_view column) const;

  /// The reader. Columns of `kinds` are read as those; all others as the beginning tells, or not at all.
  [[nodiscard]] weir::CsvReader open(std::vector<weir::Column> kinds, bool others) &&;

 private:
  [[nodiscard]] weir::CsvOptions options() const;
  void look_at_columns();
  void check_separator() const;

  TableFormat format_;
  bool skip_bad_rows_;
  std::string name_;
  std::string head_;
  std::unique_ptr<weir::ByteSource> rest_;
  weir::Schema schema_;
};

/// "3 rows left out, the first in line 17: ..." ; empty when there was none.
[[nodiscard]] std::string bad_rows_text(const weir::CsvReport& report);

}  // namespace cli
