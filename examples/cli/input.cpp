#include "input.hpp"

#include "near_names.hpp"

#include <weir/core/error.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/nsl_kdd.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace cli {

namespace {

/// Bytes that have been read already, then the rest of their source.
class ReplayedSource final : public weir::ByteSource {
 public:
  ReplayedSource(std::string head, std::unique_ptr<weir::ByteSource> rest)
      : weir::ByteSource(rest->name()), head_(std::move(head)), rest_(std::move(rest)) {}

  [[nodiscard]] weir::Result<std::size_t> read(std::span<char> out) override {
    if (used_ == head_.size()) return rest_->read(out);
    const std::size_t count = std::min(out.size(), head_.size() - used_);
    std::copy_n(head_.data() + used_, count, out.data());
    used_ += count;
    return count;
  }

 private:
  std::string head_;
  std::size_t used_ = 0;
  std::unique_ptr<weir::ByteSource> rest_;
};

[[nodiscard]] std::unique_ptr<weir::ByteSource> open_source(const std::string& path) {
  if (path == "-") return std::make_unique<weir::GzipSource>(weir::open_stdin());
  return weir::open_any(path).value();
}

[[nodiscard]] std::string read_head(weir::ByteSource& source) {
  constexpr std::size_t most = std::size_t{2} << 20;
  std::string head(most, '\0');
  std::size_t filled = 0;
  while (filled < most) {
    const std::size_t count = source.read(std::span(head).subspan(filled)).value();
    if (count == 0) break;
    filled += count;
  }
  head.resize(filled);
  return head;
}

}  // namespace

std::string_view recorded(const Record& record, std::string_view name) {
  for (const auto& [key, value] : record) {
    if (key == name) return value;
  }
  return {};
}

TableFormat table_format(const InputOptions& options, const Record& record) {
  const std::string format(options.format.empty() ? recorded(record, "format") : options.format);
  const std::string separator(options.separator.empty() ? recorded(record, "separator") : options.separator);
  if (separator.size() > 1 && separator != "tab") {
    weir::fail(weir::ErrorKind::config, "--separator takes one character or 'tab', not '" + separator + "'");
  }
  TableFormat result;
  result.nsl_kdd = format == "nsl-kdd";
  if (!separator.empty()) result.separator = separator == "tab" ? '\t' : separator[0];
  return result;
}

std::string separator_text(char separator) {
  return separator == '\t' ? std::string("tab") : std::string(1, separator);
}

TableFile::TableFile(const std::string& path, const TableFormat& format, bool skip_bad_rows)
    : format_(format), skip_bad_rows_(skip_bad_rows), rest_(open_source(path)) {
  name_ = rest_->name();
  head_ = read_head(*rest_);
  look_at_columns();
}

weir::CsvOptions TableFile::options() const {
  weir::CsvOptions options;
  options.separator = format_.separator;
  options.header = !format_.nsl_kdd;
  options.bad_rows = skip_bad_rows_ ? weir::BadRows::collect : weir::BadRows::stop;
  options.max_reasons = 1;
  return options;
}

void TableFile::look_at_columns() {
  const auto peek = [this] { return std::make_unique<weir::MemorySource>(head_, name_); };
  schema_ = weir::CsvReader::make(peek(), options()).schema();
  if (!format_.nsl_kdd) return check_separator();
  const std::size_t count = schema_.columns.size();
  schema_ = weir::nsl_kdd::schema();
  // Files to score may lack the difficulty, or the attack type too.
  if (count + 2 < schema_.columns.size() || count > schema_.columns.size()) {
    weir::fail(weir::ErrorKind::data, name_ + ": the first row has " + std::to_string(count) +
                                          " fields; NSL-KDD has 43, or 41 without label and difficulty");
  }
  schema_.columns.resize(count);
}

void TableFile::check_separator() const {
  if (schema_.columns.size() != 1) return;
  for (const char other : {';', '\t', ',', '|'}) {
    if (schema_.columns[0].name.find(other) == std::string::npos) continue;
    const std::string found = other == '\t' ? "tab" : "'" + separator_text(other) + "'";
    weir::fail(weir::ErrorKind::data,
               name_ + ": the header line is one column; it looks like --separator " + found);
  }
}

void TableFile::require(std::string_view column) const {
  if (has(column)) return;
  std::vector<std::string> names;
  for (const weir::Column& one : schema_.columns) names.push_back(one.name);
  weir::fail(weir::ErrorKind::data,
             name_ + ": there is no column '" + std::string(column) + "'" + near_names(column, names));
}

weir::CsvReader TableFile::open(std::vector<weir::Column> kinds, bool others) && {
  weir::CsvOptions reading = options();
  reading.schema = schema_;
  for (weir::Column& column : reading.schema.columns) {
    const auto wanted = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const weir::Column& kind) { return kind.name == column.name; });
    if (wanted != kinds.end()) {
      column.kind = wanted->kind;
    } else if (!others) {
      column.kind = weir::ColumnKind::ignore;
    }
  }
  // The header line was read to make the schema, kinds are ours: comparing them again would refuse ours.
  if (reading.header) {
    reading.kinds = std::exchange(reading.schema, weir::Schema{}).columns;
  }
  return weir::CsvReader::make(std::make_unique<ReplayedSource>(std::move(head_), std::move(rest_)),
                               std::move(reading));
}

std::string bad_rows_text(const weir::CsvReport& report) {
  if (report.bad_rows == 0) return {};
  const std::string first =
      report.reasons.empty()
          ? ""
          : ", the first in line " + std::to_string(report.reasons[0].line) + ": " + report.reasons[0].reason;
  return std::to_string(report.bad_rows) + (report.bad_rows == 1 ? " row" : " rows") +
         " that cannot be read left out" + first;
}

}  // namespace cli
