// What an option may be: the bounds that lists of options give (core/fields.hpp), and how texts tell them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/tensor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Both ends are allowed, NaN never is.
struct RealRange {
  double low = 0.0, high = 0.0;
  std::string_view unit = {};  ///< "share", "s"
};
/// Every finite number from `low` up.
[[nodiscard]] constexpr RealRange at_least(double low) noexcept {
  return {low, std::numeric_limits<double>::max()};
}
[[nodiscard]] constexpr RealRange share_between(double low, double high) noexcept {
  return {low, high, "share"};
}
[[nodiscard]] constexpr RealRange any_number() noexcept {
  return {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()};
}
struct IntegerRange {
  Index low = 0, high = 0;
};
/// As many as anybody needs.
[[nodiscard]] constexpr IntegerRange count_from(Index low) noexcept { return {low, 1'000'000'000}; }
/// 0, which is no choice, or an integer from `low` to `high`.
struct ZeroOr {
  Index low = 0, high = 0;
};
/// The first names of an enumeration only.
struct FirstNames {
  std::size_t count = 0;
};
/// One of these words; of an enumeration they stand for its values, in order.
struct OneOf {
  std::initializer_list<std::string_view> words;
};
/// Any text, and what it is: "column".
struct AnyText {
  std::string_view unit;
};

namespace detail {

[[nodiscard]] inline std::string range_text(RealRange range) {
  const bool open = range.high == std::numeric_limits<double>::max();
  if (open && range.low == -range.high) return "any";
  return open ? "from " + short_text(range.low) : short_text(range.low) + " to " + short_text(range.high);
}
[[nodiscard]] inline std::string range_text(IntegerRange range) {
  return std::to_string(range.low) + " to " + std::to_string(range.high);
}
[[nodiscard]] inline std::string words_text(OneOf choice) {
  std::string text;
  for (auto word = choice.words.begin(); word != choice.words.end(); ++word) {
    if (word != choice.words.begin()) text += word + 1 == choice.words.end() ? " or " : ", ";
    text += *word;
  }
  return text;
}

template <class T>
concept Counted = std::integral<T> && !std::same_as<T, bool>;
/// What has no bounds.
template <class T>
concept Unbounded = std::same_as<T, bool> || std::same_as<T, std::uint64_t> || std::same_as<T, std::string> ||
    std::same_as<T, std::vector<std::string>>;

/// Steps and channels of a sequence, at most.
inline constexpr Index most_sequence_extent = 1 << 20;

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
