#include "completion.hpp"

#include <weir/core/error.hpp>

#include <string_view>

namespace cli {

namespace {

[[nodiscard]] std::string line_of(const std::vector<std::string>& words, std::string_view between = " ") {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}
[[nodiscard]] std::vector<std::string> names(const OptionDescription& o) {
  std::vector<std::string> all;
  if (!o.short_name.empty()) all.push_back(o.short_name);
  if (!o.long_name.empty()) all.push_back(o.long_name);
  return all;
}
[[nodiscard]] std::vector<std::string> names(const std::vector<OptionDescription>& options) {
  std::vector<std::string> all;
  for (const OptionDescription& o : options) {
    for (const std::string& name : names(o)) all.push_back(name);
  }
  return all;
}
/// What the places of a command take: those of weir are all of one sort.
[[nodiscard]] Offer offer_of_places(const CommandDescription& c) {
  return c.places.empty() ? Offer::nothing : c.places.front().offer();
}
[[nodiscard]] const std::vector<std::string>& choices_of_places(const CommandDescription& c) {
  static const std::vector<std::string> none;
  return c.places.empty() ? none : c.places.front().choices;
}

// --- bash ------------------------------------------------------------------------------------------------

[[nodiscard]] std::string bash_offer(Offer offer, const std::vector<std::string>& choices) {
  switch (offer) {
    case Offer::files: return "_weir_files -f";
    case Offer::folders: return "_weir_files -d";
    case Offer::interfaces: return "_weir_words \"$(ls /sys/class/net 2>/dev/null)\"";
    case Offer::choices: return "_weir_words '" + line_of(choices) + "'";
    case Offer::nothing: break;
  }
  return ":";
}

[[nodiscard]] std::string bash_command(const CommandDescription& c) {
  std::string text = "    " + c.name + ")\n      case $before in\n";
  for (const OptionDescription& o : c.options) {
    if (o.value.empty()) continue;
    text += "        " + line_of(names(o), "|") + ") " + bash_offer(o.offer(), o.choices) + "; return ;;\n";
  }
  return text + "      esac\n      if [[ $word == -* ]]; then _weir_words '" + line_of(names(c.options)) +
         "'; else " + bash_offer(offer_of_places(c), choices_of_places(c)) + "; fi ;;\n";
}

[[nodiscard]] std::string bash(const ProgramDescription& program) {
  std::vector<std::string> first;
  for (const CommandDescription& c : program.commands) first.push_back(c.name);
  for (const std::string& name : names(program.options)) first.push_back(name);
  std::string text =
      "# Completes the command line of weir in bash; written by: weir completion bash\n"
      "_weir_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\"); }\n"
      "_weir_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen \"$1\" -- "
      "\"$word\"); }\n"
      "_weir() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  COMPREPLY=()\n"
      "  # --option=value is three words to bash.\n"
      "  if [[ $word == = ]]; then word=; fi\n"
      "  if [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  if ((COMP_CWORD == 1)); then _weir_words '" +
      line_of(first) +
      "'; return; fi\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const CommandDescription& c : program.commands) text += bash_command(c);
  return text + "  esac\n}\ncomplete -F _weir weir\n";
}

// --- zsh -------------------------------------------------------------------------------------------------

/// Inside the brackets or between the colons of a specification, which stands in single quotes.
[[nodiscard]] std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out;
}

[[nodiscard]] std::string zsh_offer(Offer offer, const std::vector<std::string>& choices) {
  switch (offer) {
    case Offer::files: return "_files";
    case Offer::folders: return "_files -/";
    case Offer::interfaces: return "_net_interfaces";
    case Offer::choices: return "(" + line_of(choices) + ")";
    case Offer::nothing: break;
  }
  return " ";
}

[[nodiscard]] std::string zsh_option(const OptionDescription& o) {
  std::string text;
  for (const std::string& name : names(o)) {
    const bool word = name.starts_with("--");
    text += std::string(" \\\n        '") + (o.repeats ? "*" : "") + name +
            (o.value.empty() ? ""
             : word          ? "="
                             : "+") +
            "[" + zsh_text(o.help) + "]";
    if (!o.value.empty()) {
      text += ":" + zsh_text(o.choices.empty() ? o.value : "one of") + ":" + zsh_offer(o.offer(), o.choices);
    }
    text += "'";
  }
  return text;
}

[[nodiscard]] std::string zsh_command(const CommandDescription& c) {
  std::string text = "    " + c.name + ")\n      _arguments";
  for (const OptionDescription& o : c.options) text += zsh_option(o);
  for (const OptionDescription& p : c.places) {
    text += std::string(" \\\n        '") + (p.repeats ? "*" : "") + ":" + zsh_text(p.value) + ":" +
            zsh_offer(p.offer(), p.choices) + "'";
  }
  return text + " ;;\n";
}

[[nodiscard]] std::string zsh(const ProgramDescription& program) {
  std::string text =
      "#compdef weir\n"
      "# Completes the command line of weir in zsh; written by: weir completion zsh\n"
      "_weir() {\n"
      "  local curcontext=$curcontext state line\n"
      "  local -a commands=(\n";
  for (const CommandDescription& c : program.commands) {
    text += "    '" + c.name + ":" + zsh_text(c.help) + "'\n";
  }
  text += "  )\n  _arguments -C";
  for (const OptionDescription& o : program.options) text += zsh_option(o);
  text +=
      " \\\n        '1:command:->command' '*::argument:->argument'\n"
      "  if [[ $state == command ]]; then _describe command commands; return; fi\n"
      "  case $words[1] in\n";
  for (const CommandDescription& c : program.commands) text += zsh_command(c);
  return text +
         "  esac\n}\n"
         "if [[ $funcstack[1] == _weir ]]; then _weir \"$@\"; else compdef _weir weir; fi\n";
}

// --- fish ------------------------------------------------------------------------------------------------

[[nodiscard]] std::string fish_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

[[nodiscard]] std::string fish_offer(Offer offer, const std::vector<std::string>& choices) {
  switch (offer) {
    case Offer::files: return {};  // what fish offers by itself
    case Offer::folders: return " -a '(__fish_complete_directories)'";
    case Offer::interfaces: return " -a '(__fish_print_interfaces)'";
    case Offer::choices: return " -a " + fish_text(line_of(choices));
    case Offer::nothing: break;
  }
  return {};
}

[[nodiscard]] std::string fish_option(const std::string& start, const OptionDescription& o) {
  std::string text = start;
  if (!o.short_name.empty()) text += " -s " + o.short_name.substr(1);
  if (!o.long_name.empty()) text += " -l " + o.long_name.substr(2);
  const std::string how = o.offer() == Offer::files ? " -r" : " -x";
  if (!o.value.empty()) text += how + fish_offer(o.offer(), o.choices);
  return text + " -d " + fish_text(o.help) + "\n";
}

[[nodiscard]] std::string fish(const ProgramDescription& program) {
  std::string text =
      "# Completes the command line of weir in fish; written by: weir completion fish\n"
      "complete -c weir -n __fish_use_subcommand -f\n";
  const std::string first = "complete -c weir -n __fish_use_subcommand";
  for (const OptionDescription& o : program.options) text += fish_option(first, o);
  for (const CommandDescription& c : program.commands) {
    text += first + " -a " + c.name + " -d " + fish_text(c.help) + "\n";
    const std::string start = "complete -c weir -n '__fish_seen_subcommand_from " + c.name + "'";
    const Offer offer = offer_of_places(c);
    if (offer != Offer::files) text += start + " -f" + fish_offer(offer, choices_of_places(c)) + "\n";
    for (const OptionDescription& o : c.options) text += fish_option(start, o);
  }
  return text;
}

}  // namespace

std::string completion(const ProgramDescription& program, const std::string& shell) {
  if (shell == "bash") return bash(program);
  if (shell == "zsh") return zsh(program);
  if (shell == "fish") return fish(program);
  weir::fail(weir::ErrorKind::config, "there is no shell '" + shell + "' here: bash, zsh, fish");
}

}  // namespace cli
