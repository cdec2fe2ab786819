// Lines of flows that ended, from several tables, and how they are written in the order of all: by (time of
// end, id). Whoever has many to write has them made one at a time, so that they need no memory.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

/// The lines of one table, in its order.
class FlowLines {
 public:
  struct Line {
    std::int64_t order_ns;
    std::uint64_t id;
    std::size_t begin, end;  // in the text

    [[nodiscard]] bool before(const Line& other) const noexcept {
      return std::pair(order_ns, id) < std::pair(other.order_ns, other.id);
    }
  };

  /// `write(text)` appends the line, or nothing when the flow is to be left out.
  template <class Write>
  void add(std::int64_t order_ns, std::uint64_t id, Write&& write) {
    const std::size_t begin = text_.size();
    write(text_);
    if (text_.size() > begin) lines_.push_back({order_ns, id, begin, text_.size()});
  }
  [[nodiscard]] const std::vector<Line>& lines() const noexcept { return lines_; }
  [[nodiscard]] std::string_view text(const Line& line) const noexcept {
    return std::string_view(text_).substr(line.begin, line.end - line.begin);
  }
  void clear() noexcept {
    text_.clear();
    lines_.clear();
  }

 private:
  std::string text_;
  std::vector<Line> lines_;
};

/// Hands on text in pieces of some size.
template <class Write>
class TextPieces {
 public:
  explicit TextPieces(Write& write) : write_(write) {}
  void add(std::string_view text) {
    text_ += text;
    if (text_.size() >= piece) flush();
  }
  void flush() {
    if (!text_.empty()) write_(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 18;
  Write& write_;
  std::string text_;
};

/// Writes all lines and forgets them.
template <class Write>
void write_sorted(const std::vector<FlowLines*>& tables, Write& write) {
  std::vector<std::pair<const FlowLines::Line*, FlowLines*>> order;
  for (FlowLines* table : tables) {
    for (const FlowLines::Line& line : table->lines()) order.emplace_back(&line, table);
  }
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.first->before(*b.first); });
  TextPieces out(write);
  for (const auto& [line, table] : order) out.add(table->text(*line));
  out.flush();
  for (FlowLines* table : tables) table->clear();
}

/// Writes lines that are made in the order of their table: `next(i)` ends a flow of table i, which may add a
/// line, or says false. The tables must have no lines before, and have none behind it.
template <class Write, class Next>
void write_merged(const std::vector<FlowLines*>& tables, Write& write, Next&& next) {
  const auto advance = [&](std::size_t i) {
    tables[i]->clear();
    while (tables[i]->lines().empty() && next(i)) {
    }
  };
  for (std::size_t i = 0; i < tables.size(); ++i) advance(i);
  TextPieces out(write);
  while (true) {
    std::size_t first = tables.size();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (tables[i]->lines().empty()) continue;
      const bool least = first == tables.size() || tables[i]->lines()[0].before(tables[first]->lines()[0]);
      if (least) first = i;
    }
    if (first == tables.size()) break;
    out.add(tables[first]->text(tables[first]->lines()[0]));
    advance(first);
  }
  out.flush();
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
