// Bytes to records and fields, after RFC 4180: quoted fields may hold separators, doubled quotes and line
// ends. One pass, over a buffer that grows to the longest row allowed and no further.
//
// A row that cannot be split costs one line: reading goes on at the line after its first. (So no line is
// looked at more than twice, whatever the quotes: a line with an odd number of them ends any quoted field
// that began above it.)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/row_splitter.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct CsvDialect {
  char separator = ',';
  char quote = '"';  ///< '\0': no quoting
  std::size_t max_row_bytes = std::size_t{1} << 20;
  std::size_t max_columns = 4'096;
};

class CsvSplitter final : public RowSplitter {
 public:
  CsvSplitter(std::unique_ptr<ByteSource> source, const CsvDialect& dialect)
      : source_(std::move(source)), dialect_(dialect) {
    for (const char c : {dialect.separator, '\n', '\r', '\0', dialect.quote}) stops_[byte(c)] = true;
  }

  Step next() override {
    while (true) {
      if (skipping_ && !skip_line()) return fault_ ? Step::failed : Step::end;
      if (begin_ == end_ && !refill()) return Step::failed;
      if (begin_ == end_) return Step::end;
      newlines_ = 0;
      switch (scan()) {
        case Scan::more:
          if (end_ - begin_ > dialect_.max_row_bytes + 2) return too_long();  // 2: a line end
          if (!refill()) return Step::failed;
          continue;
        case Scan::bad: return bad(reason_);
        case Scan::complete: break;
      }
      if (row_bytes_ > dialect_.max_row_bytes) return too_long();
      const bool blank = fields_.size() == 1 && fields_[0].empty() && !quoted_;
      line_ = 1 + lines_;
      lines_ += 1 + newlines_;
      begin_ = next_;
      if (!blank) {
        if (!doubled_.empty()) unescape();
        return Step::row;
      }
      ++blank_lines_;
    }
  }

  [[nodiscard]] bool ready() const override { return at_end_ || has_line_end(begin_) || source_->ready(); }
  [[nodiscard]] std::span<const std::string_view> fields() const noexcept override { return fields_; }
  /// The column is that of the field at fault.
  [[nodiscard]] RowPlace place() const override {
    RowPlace place{.line = line_, .lines = lines_, .blank_lines = blank_lines_};
    if (!skipping_) return place;
    place.column = fields_.size() + 1;
    place.reason = reason_;
    return place;
  }
  [[nodiscard]] const Failure& failure() const noexcept override { return *fault_; }

 private:
  enum class Scan : std::uint8_t { complete, more, bad };
  static constexpr const char* lone_return = "there is a carriage return without a line feed";
  static constexpr const char* lone_return_in_first =
      "there is a carriage return without a line feed; where carriage returns end the lines, "
      "`tr '\\r' '\\n' < FILE` makes a table of it";
  static constexpr std::size_t chunk = std::size_t{256} << 10;

  static constexpr std::size_t byte(char c) noexcept { return static_cast<unsigned char>(c); }

  Scan scan() {
    // *end is '\n', so that the inner loop needs no other test.
    const char* const end = buffer_.data() + end_;
    const char* p = buffer_.data() + begin_;
    fields_.clear();
    doubled_.clear();
    quoted_ = false;
    if (marked_quote(std::string_view(p, static_cast<std::size_t>(end - p)))) p += 3;
    while (true) {
      if (fields_.size() >= dialect_.max_columns) return reject("there are too many columns");
      if (*p == dialect_.quote && dialect_.quote != '\0') {
        const Scan result = scan_quoted(p, end);
        if (result != Scan::complete) return result;
      } else {
        const char* const first = p;
        while (!stops_[byte(*p)]) ++p;
        fields_.emplace_back(first, static_cast<std::size_t>(p - first));
      }
      if (*p != dialect_.separator) return scan_row_end(p, end);
      ++p;
    }
  }

  /// A byte-order mark before a quote, as in files that were put together; it would make the field unquoted.
  [[nodiscard]] bool marked_quote(std::string_view row) const noexcept {
    return row.size() > 3 && row[3] == dialect_.quote && dialect_.quote != '\0' &&
           row.starts_with("\xEF\xBB\xBF");
  }

  /// A field that begins with a quote, at p; p moves behind its last quote.
  Scan scan_quoted(const char*& p, const char* end) {
    const char* const first = p + 1;
    const char* q = first;
    bool doubled = false;
    while (true) {
      q = static_cast<const char*>(std::memchr(q, dialect_.quote, static_cast<std::size_t>(end - q)));
      if (q == nullptr) return at_end_ ? reject("a quote is not closed") : Scan::more;
      if (q + 1 == end && !at_end_) return Scan::more;
      if (q[1] != dialect_.quote) break;
      doubled = true;
      q += 2;
    }
    const std::string_view field(first, static_cast<std::size_t>(q - first));
    if (field.find('\0') != std::string_view::npos) return reject("there is a NUL byte");
    newlines_ += static_cast<std::uint64_t>(std::count(field.begin(), field.end(), '\n'));
    if (doubled) doubled_.push_back(fields_.size());
    quoted_ = true;
    p = q + 1;
    if (*p != dialect_.separator && *p != '\n' && *p != '\r')
      return reject("there is text behind a closing quote");
    fields_.push_back(field);
    return Scan::complete;
  }

  /// What follows the last field of a row.
  Scan scan_row_end(const char* p, const char* end) {
    if (p == end && !at_end_) return Scan::more;
    std::size_t width = p == end ? 0 : 1;
    if (*p == '\r') {
      if (p + 1 == end && !at_end_) return Scan::more;
      if (p[1] != '\n') return reject_last(lines_ == 0 ? lone_return_in_first : lone_return);
      width = p + 1 == end ? 1 : 2;
    } else if (*p == '\0') {
      return reject_last("there is a NUL byte");
    } else if (*p != '\n') {
      return reject_last("there is a quote inside an unquoted field");
    }
    next_ = static_cast<std::size_t>(p - buffer_.data()) + width;
    row_bytes_ = next_ - width - begin_;
    return Scan::complete;
  }

  Scan reject(const char* reason) noexcept {
    reason_ = reason;
    return Scan::bad;
  }
  Scan reject_last(const char* reason) noexcept {
    fields_.pop_back();  // so that the column is that of the field at fault
    return reject(reason);
  }

  Step bad(const char* reason) {
    reason_ = reason;
    line_ = 1 + lines_;
    skipping_ = true;
    return Step::bad;
  }

  Step too_long() {
    fields_.clear();  // no field is at fault more than the others
    return bad("the row is too long");
  }

  /// Moves to the beginning of the next line; false at the end or on failure.
  bool skip_line() {
    while (true) {
      const void* found = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
      if (found != nullptr) {
        begin_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
        break;
      }
      begin_ = end_;
      if (!refill()) return false;
      if (begin_ == end_) break;
    }
    skipping_ = false;
    ++lines_;
    return true;
  }

  [[nodiscard]] bool has_line_end(std::size_t from) const noexcept {
    return from < end_ && std::memchr(buffer_.data() + from, '\n', end_ - from) != nullptr;
  }

  /// More bytes behind those there are, up to a line end at least: without one, no row is whole. Or at_end_;
  /// false on failure.
  bool refill() {
    if (at_end_) return !fault_;
    make_room();
    const std::size_t first = end_;
    while (end_ + 1 < buffer_.size() && !has_line_end(first)) {
      Result<std::size_t> count = source_->read(std::span(buffer_).subspan(end_, buffer_.size() - 1 - end_));
      if (!count) return give_up(count.error());
      if (*count == 0) {
        at_end_ = true;
        break;
      }
      end_ += *count;
    }
    buffer_[end_] = '\n';
    if (!started_) start();
    return true;
  }

  void make_room() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    const bool small = buffer_.size() < chunk || buffer_.size() - end_ < chunk / 2;
    if (small)
      buffer_.resize(std::max<std::size_t>(4'096, buffer_.size() * 2));  // short files need no long buffer
  }

  /// Leaves out the byte-order mark of UTF-8.
  void start() {
    started_ = true;
    if (std::string_view(buffer_.data(), end_).starts_with("\xEF\xBB\xBF")) begin_ = 3;
  }

  bool give_up(Failure failure) {
    fault_ = std::move(failure);
    at_end_ = true;
    return false;
  }

  /// Makes one quote of each two in the fields that have such.
  void unescape() {
    std::size_t total = 0;
    for (const std::size_t i : doubled_) total += fields_[i].size();
    unescaped_.clear();
    unescaped_.reserve(total);  // the fields point into it
    for (const std::size_t i : doubled_) {
      const std::size_t first = unescaped_.size();
      const std::string_view field = fields_[i];
      for (std::size_t k = 0; k < field.size(); ++k) {
        unescaped_.push_back(field[k]);
        if (field[k] == dialect_.quote) ++k;
      }
      fields_[i] = {unescaped_.data() + first, unescaped_.size() - first};
    }
  }

  std::unique_ptr<ByteSource> source_;
  CsvDialect dialect_;
  std::array<bool, 256> stops_{};  // bytes that end an unquoted field, rightly or not
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // buffer_[begin_, end_) has not been split yet
  std::size_t end_ = 0;
  std::size_t next_ = 0;  // behind the row just split
  std::size_t row_bytes_ = 0;
  std::vector<std::string_view> fields_;
  std::vector<std::size_t> doubled_;  // the fields with doubled quotes
  std::vector<char> unescaped_;
  std::uint64_t lines_ = 0;
  std::uint64_t newlines_ = 0;  // inside the row
  std::uint64_t blank_lines_ = 0;
  std::uint64_t line_ = 0;
  const char* reason_ = "";
  std::optional<Failure> fault_;
  bool quoted_ = false;
  bool skipping_ = false;  // the rest of this line is to be left out
  bool started_ = false;
  bool at_end_ = false;
};

}  // namespace weir::inline WEIR_ABI
