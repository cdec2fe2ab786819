// What the list of a struct's options says (core/fields.hpp), as texts for documents and programs.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/option_bounds.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What one entry of a list says, as text.
struct FieldText {
  std::string name;
  std::string values;    ///< "0 to 1", "true or false", "valid, same or causal"
  std::string standard;  ///< the value without a choice; empty: it must be given, or is nothing
  std::string meaning;
  std::string group{};
};

namespace detail {

class FieldLister {
 public:
  static constexpr bool reads = false;

  explicit FieldLister(std::vector<FieldText>& to) : to_(to) {}

  void operator()(std::string_view name, double value, RealRange range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    add(name, range_text(range), short_text(value), meaning, otherwise);
  }
  void operator()(std::string_view name, const std::vector<double>&, RealRange range,
                  std::string_view meaning) {
    add(name, "list, each " + range_text(range), {}, meaning);
  }
  template <Counted T>
  void operator()(std::string_view name, T value, IntegerRange range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    add(name, range_text(range), std::to_string(value), meaning, otherwise);
  }
  template <Counted T>
  void operator()(std::string_view name, T value, ZeroOr range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    add(name, "0, " + range_text(IntegerRange{range.low, range.high}), std::to_string(value), meaning,
        otherwise);
  }
  void operator()(std::string_view name, const bool& value, std::string_view meaning) {
    add(name, "true or false", value ? "true" : "false", meaning);
  }
  void operator()(std::string_view name, const std::uint64_t& value, std::string_view meaning) {
    add(name, "from 0", std::to_string(value), meaning);
  }
  void operator()(std::string_view name, const std::string& value, std::string_view meaning,
                  std::string_view otherwise = {}) {
    (*this)(name, value, AnyText{"text"}, meaning, otherwise);
  }
  void operator()(std::string_view name, const std::string& value, AnyText what, std::string_view meaning,
                  std::string_view otherwise = {}) {
    add(name, std::string(what.unit), value, meaning, otherwise);
  }
  void operator()(std::string_view name, const std::string& value, OneOf choice, std::string_view meaning) {
    add(name, words_text(choice), value, meaning);
  }
  void operator()(std::string_view name, const std::vector<std::string>&, std::string_view meaning,
                  std::string_view otherwise = {}) {
    add(name, "list", {}, meaning, otherwise);
  }
  void operator()(std::string_view name, const Shape&, std::string_view meaning) {
    add(name, "steps and channels", {}, meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, std::string_view meaning, std::string_view otherwise = {}) {
    add(name, choices_of<E>(), name_of(value), meaning, otherwise);
  }
  template <Named E>
  void operator()(std::string_view name, E value, FirstNames allowed, std::string_view meaning) {
    add(name, choices_of<E>(allowed.count), name_of(value), meaning);
  }
  template <Named E>
  void operator()(std::string_view name, E value, OneOf choice, std::string_view meaning) {
    add(name, words_text(choice), choice.words.begin()[static_cast<std::size_t>(value)], meaning);
  }
  template <class T, class... Rest>
  void operator()(std::string_view name, const std::optional<T>& value, Rest... rest) {
    (*this)(name, value.value_or(T{}), rest...);
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
  void group(std::string_view title) { group_ = title; }

 private:
  void add(std::string_view name, std::string values, std::string_view standard, std::string_view meaning,
           std::string_view otherwise = {}) {
    to_.push_back({std::string(name), std::move(values),
                   std::string(otherwise.empty() ? standard : otherwise), std::string(meaning), group_});
  }

  std::vector<FieldText>& to_;
  std::string group_;
};

}  // namespace detail

/// The list as text, with the values of `options` for those without a choice.
template <class Options>
[[nodiscard]] std::vector<FieldText> field_texts(const Options& options = {}) {
  std::vector<FieldText> texts;
  detail::FieldLister list(texts);
  Options::fields(list, options);
  return texts;
}

}  // namespace weir::inline WEIR_ABI
