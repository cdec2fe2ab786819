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
//   visit.refuse(condition, name, what)             options that do not go together; the condition is computed for any values,
//                                                  also for those that lie outside of their bounds
//   visit.given(name)                               whether a file has it; false for who does not read
//
// Options that no file holds, such as those of training, may also be texts, lists, seeds and values that are chosen
// elsewhere when nothing is given. Their lists are checked and told (FieldCheck, FieldLister, and what makes flags of
// them in a program); `otherwise` says what holds without a choice where the value does not, and
//   visit.group(title)                              what comes now belongs together
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/field_texts.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

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

}  // namespace detail

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

}  // namespace weir::inline WEIR_ABI
