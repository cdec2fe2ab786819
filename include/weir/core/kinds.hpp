// Things of one sort that are chosen by name - losses, optimizers - in one list, and what follows from it:
// things made from texts, what there is to choose, and what is said of a name that is none.
//
//   using BuiltinLosses = KindList<MeanSquaredError, Huber>;
//   try_make_kind<AnyLoss>("loss", "huber:delta=2", BuiltinLosses{})
//
// A text is kind:name=value:name=value. A kind is default-constructible, has a name (`kind`), says what it computes
// (`formula`) and may list its options (core/fields.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/fields.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/near_names.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class... K>
struct KindList {};

/// A choice as data.
struct KindSpec {
  std::string kind;
  Config options;
};

/// Throws ConfigError when an option lies outside of its bounds.
template <class K>
void check_own_options(const K& thing) {
  if constexpr (requires { thing.check_options(); }) {  // of a kind known at run time
    thing.check_options();
  } else if constexpr (detail::ListsOptions<K>) {
    checked_fields(K::kind, thing);
  }
}

/// What there is to say of a kind.
struct KindText {
  std::string kind;
  std::string formula;
  std::vector<FieldText> options;
};

/// The kinds of a list, in its order.
template <class... K>
[[nodiscard]] std::vector<KindText> kind_texts(KindList<K...>) {
  return {KindText{std::string(K::kind), std::string(K::formula), options_of<K>()}...};
}

/// Their names.
template <class... K>
[[nodiscard]] std::vector<std::string> kind_names(KindList<K...>) {
  return {std::string(K::kind)...};
}

namespace detail {

/// true, false, a whole number, a number, or else a text.
[[nodiscard]] inline ConfigValue option_value(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto r = std::from_chars(text.data(), end, integer); r.ec == std::errc() && r.ptr == end)
    return integer;
  double real = 0.0;
  if (const auto r = std::from_chars(text.data(), end, real); r.ec == std::errc() && r.ptr == end)
    return real;
  return std::string(text);
}

template <class Any, class K>
[[nodiscard]] Result<Any> try_make_one(const Config& options) {
  Result<K> made = from_config<K>(options, Shape{});
  if (!made) return made.error();
  return Any(std::move(*made));
}

}  // namespace detail

/// "huber:delta=2" as data.
[[nodiscard]] inline Result<KindSpec> try_parse_kind(std::string_view text) {
  const auto wrong = [&](const std::string& what) {
    return Failure{ErrorKind::config, detail::in_quotes(text) + ": " + what};
  };
  std::size_t end = text.find(':');
  KindSpec spec{std::string(text.substr(0, end)), {}};
  while (end != std::string_view::npos) {
    const std::size_t begin = end + 1;
    end = text.find(':', begin);
    const std::string_view option = text.substr(begin, end - begin);
    const std::size_t equals = option.find('=');
    if (equals == std::string_view::npos) {
      return wrong("an option is name=value, which " + detail::in_quotes(option) + " is not");
    }
    const std::string_view name = option.substr(0, equals);
    if (spec.options.find(name) != nullptr) return wrong("has " + detail::in_quotes(name) + " twice");
    spec.options.set(std::string(name), detail::option_value(option.substr(equals + 1)));
  }
  return spec;
}

/// The thing of that kind and with those options, or why there is none. `sort` is what messages call it.
template <class Any, class... K>
[[nodiscard]] Result<Any> try_make_kind(std::string_view sort, const KindSpec& spec, KindList<K...> all) {
  std::optional<Result<Any>> made;
  ((K::kind == spec.kind ? static_cast<void>(made.emplace(detail::try_make_one<Any, K>(spec.options)))
                         : void()),
   ...);
  if (made) return std::move(*made);
  return Failure{ErrorKind::config, "unknown " + std::string(sort) + " " + detail::in_quotes(spec.kind) +
                                        near_names(spec.kind, kind_names(all), sizeof...(K))};
}

/// From a text.
template <class Any, class... K>
[[nodiscard]] Result<Any> try_make_kind(std::string_view sort, std::string_view text, KindList<K...> all) {
  const Result<KindSpec> spec = try_parse_kind(text);
  if (!spec) return spec.error();
  return try_make_kind<Any>(sort, spec.value(), all);
}

}  // namespace weir::inline WEIR_ABI
