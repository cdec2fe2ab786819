// Rows of a file as pieces of a table, whatever the file's format (table_formats.hpp).
//
//   Table rows = reader.make_table();
//   while (reader.read(rows, 100'000) > 0) { use(rows); rows = reader.make_table(); }
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class RowReader {
 public:
  static constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max();

  virtual ~RowReader() = default;

  /// The columns of the file, ignored ones too.
  [[nodiscard]] virtual const Schema& schema() const noexcept = 0;
  /// By the first rows, columns of numbers with a few texts, which are read as categories.
  [[nodiscard]] virtual const std::vector<MixedColumn>& mixed() const noexcept = 0;
  /// Whether rows may lack any column, as in JSON: try_use() may then name more of them behind the others.
  [[nodiscard]] virtual bool open_ended() const noexcept { return false; }
  /// Other names or kinds for the columns, before the first row is read.
  virtual Status try_use(Schema schema) = 0;
  /// Appends up to max_rows rows; returns how many, 0 only at the end of the file.
  virtual Result<std::size_t> try_read(Table& table, std::size_t max_rows) = 0;
  Result<std::size_t> try_read(Table& table) { return try_read(table, all_rows); }
  /// What was read, and what was left out.
  [[nodiscard]] virtual const CsvReport& report() const noexcept = 0;

  void use(Schema schema) { static_cast<void>(try_use(std::move(schema)).value()); }
  std::size_t read(Table& table, std::size_t max_rows = all_rows) {
    return try_read(table, max_rows).value();
  }
  /// An empty table for read().
  [[nodiscard]] Table make_table() const { return Table(schema()); }

 protected:
  RowReader() = default;
  RowReader(RowReader&&) = default;
  RowReader& operator=(RowReader&&) = default;
};

}  // namespace weir::inline WEIR_ABI
