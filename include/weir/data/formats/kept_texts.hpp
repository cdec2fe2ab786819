// The own texts of some columns, row by row, as they stand in the file, in UTF-8: a missing word is that
// word, a number has its digits. Quotes and escapes of the format are undone, and what the format itself
// calls missing (an unset field of Zeek, null) is empty.
//
//   reader.keep({0, 3});                                      // columns of the file, before the first row
//   while (reader.read(rows, 4'096) > 0) use(rows, reader.kept());      // kept().text(row, 1): of column 3
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class KeptTexts {
 public:
  KeptTexts() = default;
  explicit KeptTexts(std::vector<std::size_t> columns) : columns_(std::move(columns)) {}

  /// Where they stand in the file.
  [[nodiscard]] const std::vector<std::size_t>& columns() const noexcept { return columns_; }
  /// How many rows there are, if there are columns.
  [[nodiscard]] std::size_t rows() const noexcept {
    return columns_.empty() ? 0 : ends_.size() / columns_.size();
  }
  /// Of the k-th column; valid until add() or clear().
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t k) const noexcept {
    const std::size_t at = row * columns_.size() + k;
    const std::size_t first = at == 0 ? 0 : ends_[at - 1];
    return std::string_view(text_).substr(first, ends_[at] - first);
  }

  /// A row, of which these are all fields, decoded as CsvFields does.
  void add(std::span<const std::string_view> fields, TextEncoding encoding = TextEncoding::automatic) {
    for (const std::size_t column : columns_) {
      const std::string_view field = fields[column];
      if (is_ascii(field) || (encoding != TextEncoding::windows_1252 && is_utf8(field))) {
        text_.append(field);
      } else {
        append_windows_1252(text_, field);
      }
      ends_.push_back(text_.size());
    }
  }
  /// A row, of which these are the texts of our columns.
  void add_texts(std::span<const std::string_view> texts) {
    for (const std::string_view text : texts) {
      text_.append(text);
      ends_.push_back(text_.size());
    }
  }
  /// Forgets the rows.
  void clear() noexcept {
    text_.clear();
    ends_.clear();
  }

 private:
  std::vector<std::size_t> columns_{};
  std::string text_{};
  std::vector<std::size_t> ends_{};  // of each text
};

}  // namespace weir::inline WEIR_ABI
