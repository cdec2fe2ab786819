// The command line as plain data (description.hpp). Includes CLI11.
#pragma once

#include "description.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cli {

[[nodiscard]] inline OptionDescription describe(const CLI::Option& option) {
  OptionDescription text;
  if (!option.get_snames().empty()) text.short_name = "-" + option.get_snames().front();
  if (!option.get_lnames().empty()) text.long_name = "--" + option.get_lnames().front();
  text.help = option.get_description();
  text.group = option.get_group();
  text.required = option.get_required();
  text.repeats = option.get_items_expected_max() > 1;
  if (option.get_items_expected_max() == 0) return text;
  // "FILE", "UINT:N", "TEXT:csv|nsl-kdd", "SIZE:SIZE [b, kb, ...]": what stands behind the type, if anything does.
  const std::string type = option.get_type_name();
  const std::string::size_type colon = type.find(':');
  text.value = type.substr(colon == std::string::npos ? 0 : colon + 1);
  text.value = text.value.substr(0, text.value.find(' '));
  if (text.value.find('|') != std::string::npos) text.choices = CLI::detail::split(text.value, '|');
  if (option.get_positional()) text.value = option.get_single_name();
  return text;
}

[[nodiscard]] inline ProgramDescription describe(const CLI::App& program) {
  ProgramDescription text{program.get_description(), {}, {}};
  for (const CLI::Option* option : program.get_options()) text.options.push_back(describe(*option));
  for (const CLI::App* command : program.get_subcommands(nullptr)) {
    CommandDescription part{command->get_name(), command->get_description(), {}, {}};
    for (const CLI::Option* option : command->get_options()) {
      (option->get_positional() ? part.places : part.options).push_back(describe(*option));
    }
    text.commands.push_back(std::move(part));
  }
  return text;
}

}  // namespace cli
