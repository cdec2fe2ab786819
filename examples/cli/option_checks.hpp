// What values of the command line may be: checks that CLI11 runs, with messages that say what to write instead.
// Includes CLI11.
#pragma once

#include <weir/core/near_names.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

/// A number between two bounds; NaN is not. `name` is what the help calls it.
[[nodiscard]] inline CLI::Validator between(double low, double high, const std::string& name) {
  return {[=](std::string& text) {
            double value = 0.0;
            const bool number = CLI::detail::lexical_cast(text, value);
            return number && value >= low && value <= high
                       ? std::string()
                       : "'" + text + "' is not a number from " + CLI::detail::to_string(low) + " to " +
                             CLI::detail::to_string(high);
          },
          name};
}
/// One of these words; a misspelt one is told its neighbours.
[[nodiscard]] inline CLI::Validator one_of(std::vector<std::string> names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : "|") + name;
  return {[=](std::string& text) {
            return std::find(names.begin(), names.end(), text) != names.end()
                       ? std::string()
                       : "'" + text + "' is not one of " + list + weir::did_you_mean(text, names);
          },
          list};
}
/// One of these kinds, alone or with options as in sgd:momentum=0.5, of which `complaint` says what is wrong.
[[nodiscard]] inline CLI::Validator kind_of(const std::vector<std::string>& kinds,
                                            std::string (*complaint)(const std::string&)) {
  const CLI::Validator known = one_of(kinds);
  return {[=](std::string& text) {
            std::string kind = text.substr(0, text.find(':'));
            const std::string unknown = known(kind);
            return unknown.empty() ? complaint(text) : unknown;
          },
          known.get_description()};
}
/// From 0 to 2^64 - 1, with or without a unit behind it. CLI11 itself would take -1, and what is larger, for the
/// largest number that there is.
[[nodiscard]] inline CLI::Validator whole_number(bool with_unit = false) {
  return {[with_unit](std::string& text) {
            const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
            std::uint64_t value = 0;
            const char* const end = text.data() + digits;
            const bool fits = std::from_chars(text.data(), end, value).ec == std::errc{};
            if (fits && (with_unit || digits == text.size())) return std::string();
            return "'" + text + (with_unit ? "' is no size" : "' is not a whole number from 0 to 2^64 - 1");
          },
          "N"};
}
/// An empty text, such as that of a shell variable that is not set, is no choice.
[[nodiscard]] inline CLI::Validator not_empty() {
  return {[](std::string& text) { return text.empty() ? std::string("nothing is given") : std::string(); },
          ""};
}

/// "a,b" into a list; the option may also be repeated.
inline CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& list,
                             const std::string& help) {
  return app
      .add_option_function<std::vector<std::string>>(
          flag,
          [&list](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              for (std::string& part : CLI::detail::split(text, ',')) {
                if (!part.empty()) list.push_back(std::move(part));
              }
            }
          },
          help)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(not_empty())
      ->type_name("A,B");
}

/// One of these words, which stand for the values of an enumeration from the `first` on.
template <class Enum, class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& flag, Value& value, const std::string& help,
                        std::vector<std::string> words, std::size_t first = 0) {
  return app
      .add_option_function<std::string>(
          flag,
          [&value, words, first](const std::string& word) {
            const auto at =
                static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
            value = static_cast<Enum>(first + at);
          },
          help)
      ->check(one_of(words));
}

}  // namespace cli
