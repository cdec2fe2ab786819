// Rows of text fields (row_splitter.hpp) to tables: kinds of columns by the first rows or by a schema, missing
// values, bad rows, a report. What CSV, ARFF, Zeek's logs and JSON lines have in common.
//
//   Result<FieldReader> reader = FieldReader::try_guess("a.log", std::move(splitter), names, options);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_check.hpp>
#include <weir/data/formats/csv_fields.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/kind_guess.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/repeated_header.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/row_splitter.hpp>
#include <weir/data/formats/sampled_rows.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class FieldReader : public RowReader {
 public:
  using RowReader::try_read;
  using Step = RowSplitter::Step;

  /// Of columns whose names and kinds the format says; `name` is what messages call the file.
  static Result<FieldReader> try_make(std::string name, std::unique_ptr<RowSplitter> splitter, Schema schema,
                                      CsvOptions options);
  /// Of columns of these names, their kinds as the first rows tell.
  static Result<FieldReader> try_guess(std::string name, std::unique_ptr<RowSplitter> splitter,
                                       const std::vector<std::string>& names, CsvOptions options);

  [[nodiscard]] const Schema& schema() const noexcept override { return schema_; }
  /// With MixedColumns::categorical; else they are refused.
  [[nodiscard]] const std::vector<MixedColumn>& mixed() const noexcept override { return mixed_; }
  [[nodiscard]] bool open_ended() const noexcept override { return rows_.open_ended(); }
  WEIR_BODY Status try_use(Schema schema) override;
  /// What had to be decided about a column, for the report.
  void remark(std::string column, ColumnOddity oddity) {
    report_.odd_columns.push_back({std::move(column), oddity});
  }
  [[nodiscard]] const CsvReport& report() const noexcept override { return report_; }

  WEIR_BODY Result<std::size_t> try_read(Table& table, std::size_t max_rows) override;

 protected:
  FieldReader(std::string name, std::unique_ptr<RowSplitter> splitter, CsvOptions options)
      : name_(std::move(name)), options_(std::move(options)), rows_(std::move(splitter)) {}

  /// Kinds of columns from the first rows, which are read again afterwards.
  Status infer(const std::vector<std::string>& names);

  /// The kinds that the options name; what follows from the names and kinds of the columns.
  Status settle();

  [[nodiscard]] BadRow bad_line(Step step) const;
  [[nodiscard]] std::string message(const BadRow& row) const {
    return place_text(name_, row.line, row.column, row.reason);
  }

  std::string name_;
  CsvOptions options_;
  SampledRows rows_;
  Schema schema_;
  RepeatedHeader repeated_;
  CsvReport report_;

 private:
  Status finish_schema();
  Status refuse_mixed() const;
  Status reject(Step step);

  void count_repeated_header() {
    if (report_.repeated_headers++ == 0) report_.first_repeated = rows_.place().line;
  }
  void count_texts();

  std::vector<MixedColumn> mixed_;
  CsvFields fields_;
};

#if WEIR_BODIES

WEIR_BODY Result<FieldReader> FieldReader::try_make(std::string name, std::unique_ptr<RowSplitter> splitter,
                                                    Schema schema, CsvOptions options) {
  if (Status status = detail::check_csv_options(options); !status) return status.error();
  FieldReader reader(std::move(name), std::move(splitter), std::move(options));
  reader.schema_ = std::move(schema);
  if (Status status = reader.settle(); !status) return status.error();
  return reader;
}

WEIR_BODY Result<FieldReader> FieldReader::try_guess(std::string name, std::unique_ptr<RowSplitter> splitter,
                                                     const std::vector<std::string>& names,
                                                     CsvOptions options) {
  if (Status status = detail::check_csv_options(options); !status) return status.error();
  FieldReader reader(std::move(name), std::move(splitter), std::move(options));
  if (Status status = reader.infer(names); !status) return status.error();
  if (Status status = reader.settle(); !status) return status.error();
  return reader;
}

WEIR_BODY Status FieldReader::try_use(Schema schema) {
  const std::size_t known = schema_.columns.size();
  const std::size_t given = schema.columns.size();
  if (report_.rows + report_.bad_rows > 0 || given < known || (given > known && !open_ended())) {
    return Failure{ErrorKind::config, name_ + ": a schema of " + std::to_string(schema.columns.size()) +
                                          " columns for a file of " + std::to_string(schema_.columns.size()) +
                                          ", or after the first row"};
  }
  std::vector<std::string> more;
  for (std::size_t i = known; i < given; ++i) more.push_back(schema.columns[i].name);
  if (!more.empty()) rows_.add_columns(more);
  schema_ = std::move(schema);
  return finish_schema();
}

WEIR_BODY Result<std::size_t> FieldReader::try_read(Table& table, std::size_t max_rows) {
  if (const auto difference = first_difference(schema_.kept(), table.schema())) {
    return Failure{ErrorKind::data, name_ + ": the table does not fit: " + *difference};
  }
  kept_.clear();
  std::size_t count = 0;
  while (count < max_rows && (count == 0 || !options_.as_they_come || rows_.ready())) {
    const Step step = rows_.next();
    report_.lines = rows_.place().lines;
    report_.blank_lines = rows_.place().blank_lines;
    report_.head_lines = rows_.place().head_lines;
    if (step == Step::end) break;
    if (step == Step::failed) return rows_.failure();
    if (step == Step::row && repeated_(rows_.fields())) {
      count_repeated_header();
    } else if (step == Step::row && fields_.parse(rows_.fields())) {
      table.append_row(fields_.numbers(), fields_.texts(), rows_.place().line);
      kept_.add(rows_.fields(), options_.encoding);
      ++report_.rows;
      ++count;
      count_texts();
    } else if (Status status = reject(step); !status) {
      return status.error();
    }
  }
  report_.trimmed = fields_.trimmed();
  rows_.tell(report_);
  return count;
}

WEIR_BODY Status FieldReader::settle() {
  for (const Column& forced : options_.kinds) {
    const auto index = schema_.find(forced.name);
    if (!index) return Failure{ErrorKind::config, name_ + ": there is no column '" + forced.name + "'"};
    schema_.columns[*index].kind = forced.kind;
  }
  if (Status status = refuse_mixed(); !status) return status;
  return finish_schema();
}

WEIR_BODY Status FieldReader::finish_schema() {
  if (const auto twin = repeated_name(schema_)) {
    return Failure{ErrorKind::config, name_ + ": two columns are called '" + *twin + "'"};
  }
  std::erase_if(report_.odd_columns, [this](const OddColumn& odd) {
    const auto index = schema_.find(odd.name);
    const ColumnKind kind = index ? schema_.columns[*index].kind : ColumnKind::ignore;
    return kind == ColumnKind::ignore ||
           (odd.oddity == ColumnOddity::number_strings && kind != ColumnKind::numeric) ||
           (odd.oddity == ColumnOddity::number_names && kind != ColumnKind::categorical);
  });
  fields_ = CsvFields(schema_, options_);
  if (options_.header || options_.schema.columns.empty()) return std::monostate{};
  std::vector<std::string> names;
  for (const Column& column : schema_.columns) names.push_back(column.name);
  repeated_ = RepeatedHeader(std::move(names));
  return std::monostate{};
}

WEIR_BODY Status FieldReader::refuse_mixed() const {
  if (options_.mixed == MixedColumns::categorical || mixed_.empty()) return std::monostate{};
  const MixedColumn& column = mixed_.front();
  return Failure{ErrorKind::data, name_ + ": column " + quoted_excerpt(column.name) + ": " +
                                      describe(column) +
                                      "; say what they are by CsvOptions::missing, numbers or kinds"};
}

WEIR_BODY Status FieldReader::infer(const std::vector<std::string>& names) {
  constexpr std::size_t sample_bytes = std::size_t{8} << 20;
  KindGuess guess(names, options_);
  rows_.keep_from_here();
  std::size_t rows = 0;
  while (rows < options_.infer_rows && rows_.kept_bytes() < sample_bytes) {
    const Step step = rows_.next();
    if (step == Step::failed) return rows_.failure();
    if (step == Step::end) break;
    if (step == Step::bad || repeated_(rows_.fields())) continue;
    guess.look_at(rows_.fields(), rows_.place().line);
    ++rows;
  }
  rows_.rewind();
  schema_ = guess.schema();
  mixed_ = guess.mixed();
  std::erase_if(mixed_, [this](const MixedColumn& column) {
    const auto forced = [&](const Column& kind) { return kind.name == column.name; };
    return std::any_of(options_.kinds.begin(), options_.kinds.end(), forced);
  });
  if (!schema_.columns.empty()) return std::monostate{};
  return Failure{ErrorKind::data, name_ + ": there is no row to tell the columns from"};
}

WEIR_BODY Status FieldReader::reject(Step step) {
  ++report_.bad_rows;
  const bool stop = options_.bad_rows == BadRows::stop;
  const bool wanted = options_.bad_rows != BadRows::skip && report_.reasons.size() < options_.max_reasons;
  if (!stop && !wanted) return std::monostate{};
  BadRow row = bad_line(step);
  const std::string what = stop ? message(row) : std::string();
  if (wanted) report_.reasons.push_back(std::move(row));
  if (stop) return Failure{ErrorKind::data, what};
  return std::monostate{};
}

WEIR_BODY BadRow FieldReader::bad_line(Step step) const {
  const RowPlace& place = rows_.place();
  if (step == Step::bad) return {place.line, place.column, place.reason, place.kind, {}};
  return {place.line, fields_.bad_column(), fields_.reason(rows_.fields()), fields_.bad_field(rows_.fields()),
          fields_.other_format(rows_.fields())};
}

WEIR_BODY void FieldReader::count_texts() {
  const auto count = [this](const auto& texts, std::uint64_t& total, std::optional<CsvPlace>& first) {
    if (texts.empty()) return;
    if (!first) first = {rows_.place().line, texts[0].first + 1, std::string(texts[0].second)};
    total += texts.size();
  };
  count(fields_.recoded(), report_.recoded, report_.first_recoded);
  count(fields_.lost(), report_.lost, report_.first_lost);
}

#endif

}  // namespace weir::inline WEIR_ABI
