// The values in a line of an ARFF file: words, texts in single or double quotes with \ before a sign, and the
// signs between them. % begins a comment where a value could begin.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

class ArffLine {
 public:
  /// Texts in quotes are decoded into `memory`, which must outlive them.
  ArffLine(std::string_view line, std::string& memory) : rest_(line), memory_(&memory) {
    memory.clear();
    memory.reserve(line.size());  // decoding makes no text longer, so that none of them moves
  }

  /// Whether nothing but a comment is left.
  [[nodiscard]] bool at_end() noexcept {
    skip_blanks();
    return rest_.empty() || rest_.front() == '%';
  }
  [[nodiscard]] bool sees(char sign) noexcept {
    skip_blanks();
    return rest_.starts_with(sign);
  }
  /// Takes the sign if it comes next.
  bool skip(char sign) noexcept {
    if (!sees(sign)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Takes a comma, or tabs with something behind them.
  bool skip_separator() noexcept {
    const std::size_t tab = rest_.find('\t');
    const std::size_t next = rest_.find_first_not_of(" \t");
    if (skip(',')) return true;
    return tab < next && !at_end();
  }
  /// Takes a word, which ends before any of `stops`, or a text in quotes; false when a quote is not closed.
  [[nodiscard]] bool take(std::string_view stops, std::string_view& out) {
    skip_blanks();
    quoted_ = rest_.starts_with('\'') || rest_.starts_with('"');
    if (quoted_) return take_quoted(out);
    out = rest_.substr(0, std::min(rest_.find_first_of(stops), rest_.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i] == '%' && (i == 0 || out[i - 1] == ' ')) out = out.substr(0, i);
    }
    rest_.remove_prefix(out.size());
    while (out.ends_with(' ')) out.remove_suffix(1);
    return true;
  }
  /// Whether the value just taken stood in quotes.
  [[nodiscard]] bool quoted() const noexcept { return quoted_; }

 private:
  void skip_blanks() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  [[nodiscard]] bool take_quoted(std::string_view& out) {
    const char quote = rest_.front();
    const std::size_t first = memory_->size();
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        out = std::string_view(*memory_).substr(first);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        memory_->push_back(meaning(rest_[++i]));
      } else {
        memory_->push_back(rest_[i]);
      }
    }
    return false;
  }
  [[nodiscard]] static char meaning(char escaped) noexcept {
    switch (escaped) {
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      default: return escaped;
    }
  }

  std::string_view rest_;
  std::string* memory_;
  bool quoted_ = false;
};

}  // namespace weir::inline WEIR_ABI
