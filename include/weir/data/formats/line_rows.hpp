// Rows of a format in which a row is a line: what is left to the format is one function, take(line).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/row_splitter.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/line_source.hpp>
#include <weir/data/text/blanks.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class LineRows : public RowSplitter {
 public:
  Step next() final {
    while (true) {
      if (const std::optional<Step> step = next_line()) return *step;
    }
  }

  [[nodiscard]] std::span<const std::string_view> fields() const noexcept final { return fields_; }
  [[nodiscard]] RowPlace place() const final {
    return {lines_.lines(), lines_.lines(), blank_lines_, head_lines_, column_, reason_, kind_};
  }
  [[nodiscard]] const Failure& failure() const noexcept final { return lines_.failure(); }
  void tell(CsvReport& report) const override {
    report.repeated_headers = repeated_headers_;
    report.first_repeated = first_repeated_;
  }
  /// After Step::bad, as an error.
  [[nodiscard]] Failure refused(const std::string& name) const {
    return {ErrorKind::data, place_text(name, lines_.lines(), column_, reason_)};
  }

 protected:
  enum class Line : std::uint8_t {
    row,       ///< its fields are in fields_
    bad,       ///< as refuse() says
    head,      ///< a declaration, a directive or a comment
    repeated,  ///< the header once more
  };

  LineRows(std::unique_ptr<ByteSource> source, std::size_t max_row_bytes)
      : lines_(std::move(source), max_row_bytes) {}

  /// What is in a line that is not blank.
  virtual Line take(std::string_view line) = 0;

  Line refuse(std::size_t column, std::string reason, BadField kind = BadField::layout) {
    column_ = column;
    kind_ = kind;
    reason_ = std::move(reason);
    return Line::bad;
  }

  /// Nothing when the line held no row.
  std::optional<Step> next_line() {
    reason_.clear();
    switch (lines_.next()) {
      case LineSource::Step::end: return Step::end;
      case LineSource::Step::failed: return Step::failed;
      case LineSource::Step::too_long: refuse(1, "the row is too long"); return Step::bad;
      case LineSource::Step::line: break;
    }
    if (trim_blanks(lines_.line()).empty()) {
      ++blank_lines_;
      return std::nullopt;
    }
    switch (check(lines_.line())) {
      case Line::row: return Step::row;
      case Line::bad: return Step::bad;
      case Line::head: ++head_lines_; break;
      case Line::repeated:
        if (repeated_headers_++ == 0) first_repeated_ = lines_.lines();
    }
    return std::nullopt;
  }

  LineSource lines_;
  std::vector<std::string_view> fields_;

 private:
  Line check(std::string_view line) {
    if (line.find('\0') != std::string_view::npos) return refuse(1, "there is a NUL byte");
    if (line.find('\r') != std::string_view::npos)
      return refuse(1, "there is a carriage return without a line feed");
    return take(line);
  }

  std::uint64_t blank_lines_ = 0;
  std::uint64_t head_lines_ = 0;
  std::uint64_t repeated_headers_ = 0;
  std::uint64_t first_repeated_ = 0;
  std::size_t column_ = 0;
  std::string reason_;
  BadField kind_ = BadField::layout;
};

}  // namespace weir::inline WEIR_ABI
