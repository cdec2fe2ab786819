// The options of a layer as named values: what a model file stores and what `--layers dense:64` spells.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

using ConfigValue = std::variant<bool, std::int64_t, double, std::string>;

namespace detail {

/// Whether two values mean the same: a number is what it is worth, however it is written, for a file writes
/// 1.0 as 1.
[[nodiscard]] inline bool same_value(const ConfigValue& a, const ConfigValue& b) {
  const auto number = [](const ConfigValue& value) -> const std::int64_t* {
    return std::get_if<std::int64_t>(&value);
  };
  const auto real = [](const ConfigValue& value) -> const double* { return std::get_if<double>(&value); };
  if (number(a) != nullptr && real(b) != nullptr) return static_cast<double>(*number(a)) == *real(b);
  if (real(a) != nullptr && number(b) != nullptr) return *real(a) == static_cast<double>(*number(b));
  return a == b;
}

/// A number as people write it: 0.5, 1e-12.
[[nodiscard]] inline std::string short_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}
/// A value as its option spells it.
[[nodiscard]] inline std::string value_text(const ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return short_text(*number);
  return std::get<std::string>(value);
}
[[nodiscard]] inline std::string must_lie_between(double low, double high) {
  const bool open = high == std::numeric_limits<double>::max();
  if (open && low == -high) return "must be a finite number";
  if (open) return "must be a number from " + short_text(low) + " up";
  return "must lie between " + short_text(low) + " and " + short_text(high);
}
[[nodiscard]] inline std::string must_be_integer(Index low, Index high) {
  return "must be an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

}  // namespace detail

/// Named values in the order in which they were set.
class Config {
 public:
  using Entry = std::pair<std::string, ConfigValue>;

  Config() = default;
  Config(std::initializer_list<Entry> entries) : entries_(entries) {}

  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  void set(std::string name, ConfigValue value) {
    for (Entry& entry : entries_) {
      if (entry.first == name) {
        entry.second = std::move(value);
        return;
      }
    }
    entries_.emplace_back(std::move(name), std::move(value));
  }
  [[nodiscard]] const ConfigValue* find(std::string_view name) const noexcept {
    for (const Entry& entry : entries_) {
      if (entry.first == name) return &entry.second;
    }
    return nullptr;
  }
  /// The same names with the same values, in the same order.
  friend bool operator==(const Config& a, const Config& b) {
    return std::equal(a.entries_.begin(), a.entries_.end(), b.entries_.begin(), b.entries_.end(),
                      [](const Entry& x, const Entry& y) {
                        return x.first == y.first && detail::same_value(x.second, y.second);
                      });
  }

 private:
  std::vector<Entry> entries_;
};

/// Reads a layer's options from a Config, remembers the first complaint, and complains about names nobody
/// read.
class ConfigReader {
 public:
  ConfigReader(std::string_view owner, const Config& config) : owner_(owner), config_(config) {}

  /// An integer in [low, high]; `fallback` when it is not given.
  [[nodiscard]] Index integer(std::string_view name, Index fallback, Index low, Index high) {
    const ConfigValue* value = take(name);
    if (value == nullptr) return fallback;
    const auto* number = std::get_if<std::int64_t>(value);
    if (number == nullptr || *number < low || *number > high) {
      complain(name, detail::must_be_integer(low, high));
      return fallback;
    }
    return static_cast<Index>(*number);
  }
  /// An integer that must be given.
  [[nodiscard]] Index required(std::string_view name, Index low, Index high) {
    if (config_.find(name) == nullptr) complain(name, "is missing");
    return integer(name, low, low, high);
  }
  /// A number in [low, high].
  [[nodiscard]] double number(std::string_view name, double fallback, double low, double high) {
    const ConfigValue* value = take(name);
    if (value == nullptr) return fallback;
    double number = fallback;
    if (const auto* integer = std::get_if<std::int64_t>(value)) {
      number = static_cast<double>(*integer);
    } else if (const auto* real = std::get_if<double>(value)) {
      number = *real;
    } else {
      complain(name, "must be a number");
    }
    if (!(number >= low && number <= high)) {
      complain(name, detail::must_lie_between(low, high));
      return fallback;
    }
    return number;
  }
  [[nodiscard]] bool flag(std::string_view name, bool fallback) {
    const ConfigValue* value = take(name);
    if (value == nullptr) return fallback;
    if (const auto* flag = std::get_if<bool>(value)) return *flag;
    complain(name, "must be true or false");
    return fallback;
  }
  [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) {
    const ConfigValue* value = take(name);
    if (value == nullptr) return std::string(fallback);
    if (const auto* text = std::get_if<std::string>(value)) return *text;
    complain(name, "must be a text");
    return std::string(fallback);
  }
  void complain(std::string_view name, const std::string& what) {
    if (complaint_.empty()) complaint_ = std::string(owner_) + ": " + detail::in_quotes(name) + " " + what;
  }
  /// The value built from these options, or the first complaint.
  template <class T>
  [[nodiscard]] Result<T> finish(T value) {
    complain_of_the_rest();
    if (!ok()) return failure();
    return value;
  }
  [[nodiscard]] bool has(std::string_view name) const noexcept { return config_.find(name) != nullptr; }
  [[nodiscard]] bool ok() const noexcept { return complaint_.empty(); }
  [[nodiscard]] Failure failure() const { return {ErrorKind::config, complaint_}; }

 private:
  const ConfigValue* take(std::string_view name) {
    taken_.emplace_back(name);
    return config_.find(name);
  }
  void complain_of_the_rest() {
    for (const Config::Entry& entry : config_.entries()) {
      if (std::find(taken_.begin(), taken_.end(), entry.first) == taken_.end())
        complain(entry.first, "is not an option" + did_you_mean(entry.first, taken_));
    }
  }

  std::string_view owner_;
  const Config& config_;
  std::vector<std::string> taken_;
  std::string complaint_;
};

}  // namespace weir::inline WEIR_ABI
