// The flags of a command from the list of an options struct (weir/core/fields.hpp): their names, help, bounds, choices
// and groups.
//
//   add_flags(app, learning);                        // --layers, --quick, ...
//   app.get_option("--layers")->required();          // what the list does not say
//
// Includes CLI11.
#pragma once

#include "option_checks.hpp"

#include <weir/core/batch.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

/// "--batch-size" of batch_size; people know some by shorter names.
[[nodiscard]] inline std::string flag_of(std::string_view member) {
  for (const auto& [name, flag] : {std::pair<std::string_view, const char*>{"learning_rate", "--lr"},
                                   {"ipv6_share", "--ipv6"},
                                   {"alerts_only", "--alerts"},
                                   {"out", "-o,--out"}}) {
    if (name == member) return flag;
  }
  return weir::option_word(weir::OptionWords::flags, member);
}

/// "30x3", steps x channels.
[[nodiscard]] inline std::optional<weir::Shape> steps_and_channels(const std::string& text) {
  weir::Shape shape{0, 0};
  const char* const end = text.data() + text.size();
  const auto length = std::from_chars(text.data(), end, shape.length);
  const bool both = length.ec == std::errc() && length.ptr != end && *length.ptr == 'x';
  const auto channels = both ? std::from_chars(length.ptr + 1, end, shape.channels) : length;
  const auto fits = [](weir::Index n) { return n >= 1 && n <= weir::detail::most_sequence_extent; };
  if (!both || channels.ec != std::errc() || channels.ptr != end || !fits(shape.length) ||
      !fits(shape.channels))
    return std::nullopt;
  return shape;
}

/// Visits a list and makes a flag of each option.
class FlagMaker {
 public:
  using Place = std::function<void(CLI::Option*)>;
  using Names = std::initializer_list<std::string_view>;

  /// `place` is called for each flag. Members of `without` are not for the command line.
  FlagMaker(CLI::App& app, Names without, Place place)
      : app_(app), without_(without), place_(std::move(place)) {}

  void group(std::string_view title) { group_ = title; }

  template <class T>
  void operator()(std::string_view name, T& value, weir::RealRange range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    const std::string unit = range.unit.empty() ? "X" : upper(range.unit);
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, otherwise, standard(value)))
          ->check(between(range.low, range.high, unit));
    });
  }
  template <class T>
  void operator()(std::string_view name, T& value, weir::IntegerRange range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, otherwise, standard(value)))
          ->check(between(static_cast<double>(range.low), static_cast<double>(range.high), "N"));
    });
  }
  template <class T>
  void operator()(std::string_view name, T& value, weir::ZeroOr range, std::string_view meaning,
                  std::string_view otherwise = {}) {
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, otherwise, {}))
          ->check(between(static_cast<double>(range.low), static_cast<double>(range.high), "N"));
    });
  }
  void operator()(std::string_view name, bool& value, std::string_view meaning) {
    make(name, [&](const std::string& flag) { return app_.add_flag(flag, value, std::string(meaning)); });
  }
  void operator()(std::string_view name, std::uint64_t& value, std::string_view meaning) {
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, {}, standard(value)))->check(whole_number());
    });
  }
  void operator()(std::string_view name, std::string& value, std::string_view meaning,
                  std::string_view otherwise = {}) {
    (*this)(name, value, weir::AnyText{"text"}, meaning, otherwise);
  }
  void operator()(std::string_view name, std::string& value, weir::AnyText what, std::string_view meaning,
                  std::string_view otherwise = {}) {
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, otherwise, value))->type_name(upper(what.unit));
    });
  }
  void operator()(std::string_view name, std::string& value, weir::OneOf choice, std::string_view meaning) {
    make(name, [&](const std::string& flag) {
      return app_.add_option(flag, value, help(meaning, {}, value))
          ->check(one_of({choice.words.begin(), choice.words.end()}));
    });
  }
  void operator()(std::string_view name, std::vector<std::string>& value, std::string_view meaning,
                  std::string_view otherwise = {}) {
    make(name,
         [&](const std::string& flag) { return add_list(app_, flag, value, help(meaning, otherwise, {})); });
  }
  void operator()(std::string_view name, weir::Shape& value, std::string_view meaning) {
    const auto check = [](const std::string& text) {
      return steps_and_channels(text) ? std::string() : "'" + text + "' is not LENGTHxCHANNELS such as 30x3";
    };
    make(name, [&](const std::string& flag) {
      return app_
          .add_option_function<std::string>(
              flag, [&value](const std::string& text) { value = *steps_and_channels(text); },
              std::string(meaning))
          ->check(CLI::Validator(check, ""))
          ->type_name("LENGTHxCHANNELS");
    });
  }
  template <weir::Named E>
  void operator()(std::string_view name, E& value, std::string_view meaning) {
    choice<E>(name, value, words_of<E>(), help(meaning, {}, name_of(value)));
  }
  template <weir::Named E>
  void operator()(std::string_view name, std::optional<E>& value, std::string_view meaning,
                  std::string_view otherwise) {
    choice<E>(name, value, words_of<E>(), help(meaning, otherwise, {}));
  }
  template <weir::Named E>
  void operator()(std::string_view name, E& value, weir::OneOf words, std::string_view meaning) {
    choice<E>(name, value, {words.words.begin(), words.words.end()},
              help(meaning, {}, words.words.begin()[static_cast<std::size_t>(value)]));
  }

 private:
  template <class Make>
  void make(std::string_view name, Make option_of) {
    if (std::find(without_.begin(), without_.end(), name) != without_.end()) return;
    CLI::Option* option = option_of(flag_of(name));
    if (!group_.empty()) option->group(group_);
    place_(option);
  }
  template <class E, class Value>
  void choice(std::string_view name, Value& value, std::vector<std::string> words, const std::string& text) {
    make(name,
         [&](const std::string& flag) { return add_choice<E>(app_, flag, value, text, std::move(words)); });
  }

  template <class E>
  [[nodiscard]] static std::vector<std::string> words_of() {
    const auto names = names_of(E{});
    return {names.begin(), names.end()};
  }
  template <class T>
  [[nodiscard]] static std::string standard(const T& value) {
    if constexpr (std::floating_point<T>) {
      return weir::brief_text(value);
    } else if constexpr (std::integral<T>) {
      return std::to_string(value);
    } else {
      return {};  // of an option that is chosen elsewhere
    }
  }
  /// "of the split [0]"
  [[nodiscard]] static std::string help(std::string_view meaning, std::string_view otherwise,
                                        std::string_view standard) {
    const std::string_view without_choice = otherwise.empty() ? standard : otherwise;
    std::string text(meaning);
    return without_choice.empty() ? text : text.append(" [").append(without_choice).append("]");
  }
  [[nodiscard]] static std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
  }

  CLI::App& app_;
  std::vector<std::string_view> without_;
  Place place_;
  std::string group_;
};

/// Makes flags of all options of the list, but those of `without`.
template <class Options>
void add_flags(
    CLI::App& app, Options& options, FlagMaker::Names without = {},
    FlagMaker::Place place = [](CLI::Option*) {}) {
  FlagMaker make(app, without, std::move(place));
  Options::fields(make, options);
}

}  // namespace cli
