// The options of a struct, listed once. From the list come what a constructor takes, what a file or a text
// may hold, how a file writes them, and what docs and programs say of them:
//
//   struct BatchNormOptions {
//     double momentum = 0.1;
//     double epsilon = 1e-5;
//
//     template <class Visitor, class Options>
//     static void fields(Visitor& visit, Options& o) {
//       visit("momentum", o.momentum, RealRange{0.0, 1.0}, "share of the newest batch in the statistics");
//       visit("epsilon", o.epsilon, RealRange{1e-12, 1.0}, "added to the variance");
//     }
//   };
//
// A list tells more than values with
//   visit.required(name, integer, range, meaning)   an option that a file must have
//   visit.only_if(condition, name, ...)             written only then, and otherwise not to be given
//   visit.refuse(condition, name, what)             options that do not go together
//   visit.given(name)                               whether a file has it; false for who does not read
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Both ends are allowed, NaN never is.
struct RealRange {
  double low = 0.0, high = 0.0;
};
/// Every finite number from `low` up.
[[nodiscard]] constexpr RealRange at_least(double low) noexcept {
  return {low, std::numeric_limits<double>::max()};
}
struct IntegerRange {
  Index low = 0, high = 0;
};
/// The first names of an enumeration only.
struct FirstNames {
  std::size_t count = 0;
};

/// What one entry of a list says, as text.
struct FieldText {
  std::string name;
  std::string values;    ///< "0 to 1", "true or false", "valid, same or causal"
  std::string standard;  ///< the value without a choice; empty: it must be given
  std::string meaning;
};

namespace detail {

[[nodiscard]] inline std::string range_text(RealRange range) {
  if (range.high == std::numeric_limits<double>::max()) return "from " + short_text(range.low);
  return short_text(range.low) + " to " + short_text(range.high);
}
[[nodiscard]] inline std::string range_text(IntegerRange range) {
  return std::to_string(range.low) + " to " + std::to_string(range.high);
}

/// Takes values from a Config; the first complaint stays in the reader.
class FieldReader {
 public:
  static constexpr bool reads = true;

  explicit FieldReader(ConfigReader& from) : from_(from) {}

  void operator()(std::string_view name, double& value, RealRange range, std::string_view) {
    value = from_.number(name, value, range.low, range.high);
  }
  void operator()(std::string_view name, Index& value, IntegerRange range, std::string_view) {
    value = from_.integer(name, value, range.low, range.high);
  }
  void operator()(std::string_view name, bool& value, std::string_view) { value = from_.flag(name, value); }
  template <Named E>
  void operator()(std::string_view name, E& value, std::string_view meaning) {
    (*this)(name, value, FirstNames{names_of(E{}).size()}, meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E& value, FirstNames allowed, std::string_view) {
    const auto chosen = named<E>(from_.text(name, name_of(value)));
    if (chosen && static_cast<std::size_t>(*chosen) < allowed.count) {
      value = *chosen;
    } else {
      from_.complain(name, "must be " + choices_of<E>(allowed.count));
    }
  }
  void required(std::string_view name, Index& value, IntegerRange range, std::string_view) {
    value = from_.required(name, range.low, range.high);
  }
  template <class... Rest>
  void only_if(bool condition, std::string_view name, Rest&&... rest) {
    if (condition || given(name)) (*this)(name, rest...);
  }
  void refuse(bool condition, std::string_view name, const std::string& what) {
    if (condition) from_.complain(name, what);
  }
  [[nodiscard]] bool given(std::string_view name) const noexcept { return from_.has(name); }

 private:
  ConfigReader& from_;
};

class FieldWriter {
 public:
  static constexpr bool reads = false;

  explicit FieldWriter(Config& to) : to_(to) {}

  void operator()(std::string_view name, double value, RealRange, std::string_view) { set(name, value); }
  void operator()(std::string_view name, Index value, IntegerRange, std::string_view) {
    set(name, static_cast<std::int64_t>(value));
  }
  void operator()(std::string_view name, const bool& value, std::string_view) { set(name, value); }
  template <Named E>
  void operator()(std::string_view name, E value, std::string_view) {
    set(name, std::string(name_of(value)));
  }
  template <Named E>
  void operator()(std::string_view name, E value, FirstNames, std::string_view) {
    set(name, std::string(name_of(value)));
  }
  void required(std::string_view name, Index value, IntegerRange range, std::string_view meaning) {
    (*this)(name, value, range, meaning);
  }
  template <class... Rest>
  void only_if(bool condition, std::string_view name, Rest&&... rest) {
    if (condition) (*this)(name, rest...);
  }
  static void refuse(bool, std::string_view, std::string_view) noexcept {}
  [[nodiscard]] static constexpr bool given(std::string_view) noexcept { return false; }

 private:
  void set(std::string_view name, ConfigValue value) { to_.set(std::string(name), std::move(value)); }

  Config& to_;
};

/// Throws ConfigError at the first value that lies outside.
class FieldCheck {
 public:
  static constexpr bool reads = false;

  explicit FieldCheck(std::string_view owner) : owner_(owner) {}

  void operator()(std::string_view name, double value, RealRange range, std::string_view) const {
    if (!(value >= range.low && value <= range.high))
      refuse(true, name, must_lie_between(range.low, range.high));
  }
  void operator()(std::string_view name, Index value, IntegerRange range, std::string_view) const {
    if (value < range.low || value > range.high) refuse(true, name, must_be_integer(range.low, range.high));
  }
  void operator()(std::string_view, const bool&, std::string_view) const noexcept {}
  template <Named E>
  void operator()(std::string_view name, E value, std::string_view meaning) const {
    (*this)(name, value, FirstNames{names_of(E{}).size()}, meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, FirstNames allowed, std::string_view) const {
    if (static_cast<std::size_t>(value) >= allowed.count)
      refuse(true, name, "must be " + choices_of<E>(allowed.count));
  }
  void required(std::string_view name, Index value, IntegerRange range, std::string_view meaning) const {
    (*this)(name, value, range, meaning);
  }
  template <class... Rest>
  void only_if(bool, std::string_view name, Rest&&... rest) const {
    (*this)(name, rest...);
  }
  void refuse(bool condition, std::string_view name, const std::string& what) const {
    if (condition) fail(ErrorKind::config, owner_, "'" + std::string(name) + "' " + what);
  }
  [[nodiscard]] static constexpr bool given(std::string_view) noexcept { return false; }

 private:
  std::string_view owner_;
};

class FieldLister {
 public:
  static constexpr bool reads = false;

  explicit FieldLister(std::vector<FieldText>& to) : to_(to) {}

  void operator()(std::string_view name, double value, RealRange range, std::string_view meaning) {
    add(name, range_text(range), short_text(value), meaning);
  }
  void operator()(std::string_view name, Index value, IntegerRange range, std::string_view meaning) {
    add(name, range_text(range), std::to_string(value), meaning);
  }
  void operator()(std::string_view name, const bool& value, std::string_view meaning) {
    add(name, "true or false", value ? "true" : "false", meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, std::string_view meaning) {
    (*this)(name, value, FirstNames{names_of(E{}).size()}, meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, FirstNames allowed, std::string_view meaning) {
    add(name, choices_of<E>(allowed.count), name_of(value), meaning);
  }
  void required(std::string_view name, Index, IntegerRange range, std::string_view meaning) {
    add(name, range_text(range), {}, meaning);
  }
  template <class... Rest>
  void only_if(bool, std::string_view name, Rest&&... rest) {
    (*this)(name, rest...);
  }
  static void refuse(bool, std::string_view, std::string_view) noexcept {}
  [[nodiscard]] static constexpr bool given(std::string_view) noexcept { return false; }

 private:
  void add(std::string_view name, std::string values, std::string_view standard, std::string_view meaning) {
    to_.push_back({std::string(name), std::move(values), std::string(standard), std::string(meaning)});
  }

  std::vector<FieldText>& to_;
};

}  // namespace detail

/// The options, if all lie within their bounds; ConfigError in the name of `owner`.
template <class Options>
const Options& checked_fields(std::string_view owner, const Options& options) {
  detail::FieldCheck check(owner);
  Options::fields(check, options);
  return options;
}

/// The options as named values, in the order of their list.
template <class Options>
[[nodiscard]] Config config_from(const Options& options) {
  Config config;
  detail::FieldWriter write(config);
  Options::fields(write, options);
  return config;
}

/// Takes what the reader's config names into `options`; complaints stay in the reader.
template <class Options>
void read_fields(ConfigReader& reader, Options& options) {
  detail::FieldReader read(reader);
  Options::fields(read, options);
}

/// The list as text, with the values of `options` for those without a choice.
template <class Options>
[[nodiscard]] std::vector<FieldText> field_texts(const Options& options = {}) {
  std::vector<FieldText> texts;
  detail::FieldLister list(texts);
  Options::fields(list, options);
  return texts;
}

}  // namespace weir::inline WEIR_ABI
