// Whether options lie within the bounds that their list gives (core/fields.hpp).
//
//   const FitOptions& options = checked_fields("fit", given);   // ConfigError: fit: 'epochs' must be ...
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_bounds.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

/// Remembers the first value that lies outside.
class FieldCheck {
 public:
  static constexpr bool reads = false;

  void operator()(std::string_view name, double value, RealRange range, std::string_view,
                  std::string_view = {}) {
    if (!(value >= range.low && value <= range.high))
      refuse(true, name, must_lie_between(range.low, range.high));
  }
  void operator()(std::string_view name, const std::vector<double>& values, RealRange range,
                  std::string_view meaning) {
    for (const double value : values) (*this)(name, value, range, meaning);
  }
  template <Counted T>
  void operator()(std::string_view name, T value, IntegerRange range, std::string_view,
                  std::string_view = {}) {
    if (std::cmp_less(value, range.low) || std::cmp_greater(value, range.high))
      refuse(true, name, must_be_integer(range.low, range.high));
  }
  template <Counted T>
  void operator()(std::string_view name, T value, ZeroOr range, std::string_view meaning,
                  std::string_view = {}) {
    if (value != 0) (*this)(name, value, IntegerRange{range.low, range.high}, meaning);
  }
  template <Unbounded T>
  void operator()(std::string_view, const T&, std::string_view, std::string_view = {}) noexcept {}
  void operator()(std::string_view, const std::string&, AnyText, std::string_view,
                  std::string_view = {}) noexcept {}
  void operator()(std::string_view name, const std::string& value, OneOf choice, std::string_view,
                  std::string_view = {}) {
    const bool known = std::find(choice.words.begin(), choice.words.end(), value) != choice.words.end();
    refuse(!known, name, "must be " + words_text(choice));
  }
  void operator()(std::string_view name, const Shape& value, std::string_view, std::string_view = {}) {
    const auto outside = [](Index extent) { return extent < 0 || extent > most_sequence_extent; };
    refuse(outside(value.channels) || outside(value.length), name,
           "must have at most " + std::to_string(most_sequence_extent) + " steps and channels");
  }
  template <Named E>
  void operator()(std::string_view name, E value, std::string_view meaning, std::string_view = {}) {
    (*this)(name, value, FirstNames{names_of(E{}).size()}, meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, FirstNames allowed, std::string_view) {
    if (static_cast<std::size_t>(value) >= allowed.count)
      refuse(true, name, "must be " + choices_of<E>(allowed.count));
  }
  template <Named E>
  void operator()(std::string_view name, E value, OneOf choice, std::string_view, std::string_view = {}) {
    refuse(static_cast<std::size_t>(value) >= choice.words.size(), name, "must be " + words_text(choice));
  }
  template <class T, class... Rest>
  void operator()(std::string_view name, const std::optional<T>& value, Rest... rest) {
    if (value) (*this)(name, *value, rest...);
  }
  void required(std::string_view name, Index value, IntegerRange range, std::string_view meaning) {
    (*this)(name, value, range, meaning);
  }
  template <class... Rest>
  void only_if(bool, std::string_view name, Rest&&... rest) {
    (*this)(name, rest...);
  }
  void refuse(bool condition, std::string_view name, const std::string& what) {
    if (condition && complaint_.empty()) complaint_ = "'" + std::string(name) + "' " + what;
  }
  [[nodiscard]] static constexpr bool given(std::string_view) noexcept { return false; }
  static void group(std::string_view) noexcept {}

  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

 private:
  std::string complaint_;
};

}  // namespace detail

/// The first option that lies outside of its bounds, in words; empty when none does.
template <class Options>
[[nodiscard]] std::string fields_complaint(const Options& options) {
  detail::FieldCheck check;
  Options::fields(check, options);
  return check.complaint();
}

/// The options, if all lie within their bounds; ConfigError in the name of `owner`.
template <class Options>
const Options& checked_fields(std::string_view owner, const Options& options) {
  if (const std::string wrong = fields_complaint(options); !wrong.empty())
    fail(ErrorKind::config, owner, wrong);
  return options;
}

}  // namespace weir::inline WEIR_ABI
