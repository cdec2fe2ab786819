// The rows of a reader as those of other columns: under other names, in another order, one twice, and with a
// text that all rows have.
//
//   MappedRows rows(std::move(reader), {{{"Dst Port", ColumnKind::numeric}, 3},
//                                       {{"source", ColumnKind::categorical}, MappedColumn::constant, "a.csv"}});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/tables/dictionary.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

struct MappedColumn {
  static constexpr std::size_t constant = std::numeric_limits<std::size_t>::max();

  Column column{};
  std::size_t from = constant;  ///< of the reader; behind its last one where it is open-ended
  std::string text{};           ///< of all rows, where it is none of the reader
};

class MappedRows final : public RowReader {
 public:
  using RowReader::try_read;

  /// Columns of the reader that the map does not name are ignored. No row may have been read.
  MappedRows(std::unique_ptr<RowReader> reader, std::vector<MappedColumn> map);

  [[nodiscard]] const Schema& schema() const noexcept override { return schema_; }
  [[nodiscard]] const std::vector<MixedColumn>& mixed() const noexcept override { return mixed_; }
  /// ConfigError when a column of the reader is wanted both as numbers and as texts.
  WEIR_BODY Status try_use(Schema schema) override;
  WEIR_BODY void keep(std::vector<std::size_t> columns) override;
  WEIR_BODY Result<std::size_t> try_read(Table& table, std::size_t max_rows) override;
  [[nodiscard]] const CsvReport& report() const noexcept override { return report_; }

  /// What report() says of columns that have other names in the file.
  void tell_respelt(std::vector<std::pair<std::string, std::string>> pairs) {
    report_.respelt = std::move(pairs);
  }

 private:
  /// Whether rows of the reader are ours as they are.
  [[nodiscard]] bool is_same_table() const;
  void copy(const Table& piece, Table& table);
  /// The texts of so many rows, which the reader read last.
  void copy_kept(std::size_t rows);
  void take_report();

  std::unique_ptr<RowReader> reader_;
  std::vector<MappedColumn> map_;
  Schema schema_;
  std::vector<MixedColumn> mixed_;
  CsvReport report_;
};

#if WEIR_BODIES

WEIR_BODY MappedRows::MappedRows(std::unique_ptr<RowReader> reader, std::vector<MappedColumn> map)
    : reader_(std::move(reader)), map_(std::move(map)) {
  for (std::size_t i = 0; i < map_.size(); ++i) {
    schema_.columns.push_back(map_[i].column);
    for (MixedColumn column : reader_->mixed()) {
      if (column.index != map_[i].from) continue;
      column.index = i;
      column.name = map_[i].column.name;
      mixed_.push_back(std::move(column));
    }
  }
  std::vector<std::size_t> ours;  // columns that the reader keeps already
  for (const std::size_t column : reader_->kept().columns()) {
    const auto here =
        std::find_if(map_.begin(), map_.end(), [&](const MappedColumn& one) { return one.from == column; });
    if (here != map_.end()) ours.push_back(static_cast<std::size_t>(here - map_.begin()));
  }
  if (!ours.empty()) keep(std::move(ours));
}

WEIR_BODY void MappedRows::keep(std::vector<std::size_t> columns) {
  std::vector<std::size_t> theirs;
  for (const std::size_t column : columns) {
    if (map_[column].from != MappedColumn::constant) theirs.push_back(map_[column].from);
  }
  reader_->keep(std::move(theirs));
  kept_ = KeptTexts(std::move(columns));
}

WEIR_BODY Status MappedRows::try_use(Schema schema) {
  if (schema.columns.size() != map_.size()) {
    return Failure{ErrorKind::config, "a schema of " + std::to_string(schema.columns.size()) +
                                          " columns for rows of " + std::to_string(map_.size())};
  }
  Schema theirs = reader_->schema();
  for (const MappedColumn& one : map_) {
    if (one.from != MappedColumn::constant && one.from >= theirs.columns.size())
      theirs.columns.push_back(one.column);
  }
  std::vector<const Column*> users(theirs.columns.size(), nullptr);
  for (Column& column : theirs.columns) column.kind = ColumnKind::ignore;
  for (std::size_t i = 0; i < map_.size(); ++i) {
    const Column& wanted = schema.columns[i];
    if (wanted.kind == ColumnKind::ignore) continue;
    if (map_[i].from == MappedColumn::constant) {
      if (wanted.kind == ColumnKind::categorical) continue;
      return Failure{ErrorKind::config, "column '" + wanted.name + "' holds names, no numbers"};
    }
    const Column*& user = users[map_[i].from];
    Column& column = theirs.columns[map_[i].from];
    if (user != nullptr && user->kind != wanted.kind) {
      return Failure{ErrorKind::config, "'" + user->name + "' and '" + wanted.name + "' are one column, '" +
                                            column.name + "', which is not both numbers and names"};
    }
    user = &wanted;
    column.kind = wanted.kind;
  }
  if (Status status = reader_->try_use(std::move(theirs)); !status) return status;
  for (std::size_t i = 0; i < map_.size(); ++i) map_[i].column = schema.columns[i];
  schema_ = std::move(schema);
  return std::monostate{};
}

WEIR_BODY bool MappedRows::is_same_table() const {
  const Schema ours = schema_.kept(), theirs = reader_->schema().kept();
  return ours.columns == theirs.columns &&
         std::none_of(map_.begin(), map_.end(), [](const MappedColumn& one) {
           return one.column.kind != ColumnKind::ignore && one.from == MappedColumn::constant;
         });
}

WEIR_BODY Result<std::size_t> MappedRows::try_read(Table& table, std::size_t max_rows) {
  constexpr std::size_t rows_at_once = 4'096;
  if (const auto difference = first_difference(schema_.kept(), table.schema())) {
    return Failure{ErrorKind::data, "the table does not fit: " + *difference};
  }
  kept_.clear();
  if (is_same_table()) {
    Result<std::size_t> count = reader_->try_read(table, max_rows);
    take_report();
    if (count) copy_kept(count.value());
    return count;
  }
  std::size_t done = 0;
  while (done < max_rows) {
    Table piece = reader_->make_table();
    const std::size_t asked = std::min(rows_at_once, max_rows - done);
    const Result<std::size_t> count = reader_->try_read(piece, asked);
    take_report();
    if (!count) return count.error();
    copy(piece, table);
    copy_kept(count.value());
    done += count.value();
    if (count.value() < asked) break;  // the end, or all that has come
  }
  return done;
}

WEIR_BODY void MappedRows::copy_kept(std::size_t rows) {
  std::vector<std::string_view> texts(kept_.columns().size());
  for (std::size_t row = 0; row < rows && !texts.empty(); ++row) {
    std::size_t theirs = 0;
    for (std::size_t k = 0; k < texts.size(); ++k) {
      const MappedColumn& one = map_[kept_.columns()[k]];
      texts[k] = one.from == MappedColumn::constant ? std::string_view(one.text)
                                                    : reader_->kept().text(row, theirs++);
    }
    kept_.add_texts(texts);
  }
}

WEIR_BODY void MappedRows::copy(const Table& piece, Table& table) {
  std::vector<std::size_t> places(reader_->schema().columns.size(), 0);  // of a column in the piece
  std::size_t kept = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (reader_->schema().columns[i].kind != ColumnKind::ignore) places[i] = kept++;
  }
  std::vector<double> numbers;
  std::vector<std::string_view> texts;
  std::string_view source;
  for (std::size_t row = 0; row < piece.rows(); ++row) {
    if (piece.source(row) != source) table.begin_source(source = piece.source(row));
    numbers.clear();
    texts.clear();
    for (const MappedColumn& one : map_) {
      if (one.column.kind == ColumnKind::ignore) continue;
      if (one.from == MappedColumn::constant) {
        texts.emplace_back(one.text);
      } else if (one.column.kind == ColumnKind::numeric) {
        numbers.push_back(piece.numbers(places[one.from])[row]);
      } else {
        const bool there = piece.codes(places[one.from])[row] != missing_code;
        texts.push_back(there ? piece.text(places[one.from], row) : std::string_view());
      }
    }
    table.append_row(numbers, texts, piece.line(row));
  }
}

WEIR_BODY void MappedRows::take_report() {
  std::vector<std::pair<std::string, std::string>> respelt = std::move(report_.respelt);
  report_ = reader_->report();
  if (!respelt.empty()) report_.respelt = std::move(respelt);
  const auto place_here = [this](std::size_t from) {
    const auto same = [from](const MappedColumn& one) { return one.from == from; };
    return static_cast<std::size_t>(std::find_if(map_.begin(), map_.end(), same) - map_.begin());
  };
  for (BadRow& row : report_.reasons) {
    if (row.kind == BadField::number) row.column = place_here(row.column - 1) + 1;
  }
  const std::vector<std::uint64_t> trimmed = std::move(report_.trimmed);
  report_.trimmed.assign(map_.size(), 0);
  for (std::size_t i = 0; i < map_.size(); ++i) {
    if (map_[i].from < trimmed.size()) report_.trimmed[i] = trimmed[map_[i].from];
  }
}

#endif

}  // namespace weir::inline WEIR_ABI
