#include "manual.hpp"

#include "commands.hpp"

#include <string_view>

namespace cli {

namespace {

/// Text as roff takes it: no sign of it is a command.
[[nodiscard]] std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
  for (const char c : text) {
    if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}
[[nodiscard]] std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
[[nodiscard]] std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }
[[nodiscard]] std::string section(std::string_view title) { return ".SH " + std::string(title) + "\n"; }
/// A term, and below it, set in, what it means.
[[nodiscard]] std::string entry(const std::string& term, std::string_view meaning) {
  return ".TP\n" + term + "\n" + (meaning.empty() ? "\\&" : roff(meaning)) + "\n";
}

/// "MODEL", "[MODEL]", "CAPTURE..."
[[nodiscard]] std::string place(const OptionDescription& p) {
  const std::string name = italic(p.value) + (p.repeats ? "..." : "");
  return p.required ? name : "[" + name + "]";
}

[[nodiscard]] std::string option(const OptionDescription& o) {
  std::string term = o.short_name.empty() ? std::string() : bold(o.short_name);
  if (!o.long_name.empty()) term += (term.empty() ? "" : ", ") + bold(o.long_name);
  if (o.value.empty()) return entry(term, o.help);
  term += " " + (o.choices.empty() ? italic(o.value) : roff(o.value));
  return entry(term, o.help + (o.required ? " (required)" : ""));
}

[[nodiscard]] std::string command(const CommandDescription& c) {
  std::string text = ".SS \"weir " + c.name + "\"\n" + bold("weir " + c.name);
  for (const OptionDescription& p : c.places) text += " " + place(p);
  text += " [" + italic("options") + "]\n.PP\n" + roff(c.help) + ".\n";
  for (const OptionDescription& p : c.places) text += entry(italic(p.value), p.help);
  std::string group = "Options";
  for (const OptionDescription& o : c.options) {
    if (o.group != group) text += ".PP\n" + roff(o.group) + ":\n";
    group = o.group;
    text += option(o);
  }
  return text;
}

constexpr std::string_view exit_status =
    "0, with or without alarms; 2 and one line on standard error when the input or the command line is at "
    "fault, or "
    "an output cannot be written; 1 when a capture was cut or damaged, after all that could be read, and for "
    "anything else, such as too little memory.\n";

constexpr std::string_view examples =
    ".nf\n"
    "weir demo\n"
    "weir flows day.pcap \\-o flows.csv\n"
    "weir train flows.csv \\-\\-label label \\-\\-benign benign \\-\\-model ids.weir\n"
    "weir evaluate ids.weir other_day.csv\n"
    "weir watch ids.weir \\-\\-read today.pcap\n"
    ".fi\n";

}  // namespace

std::string manual(const ProgramDescription& program) {
  std::string text = ".TH WEIR 1 \"\" \"" + version_text() + "\" \"User Commands\"\n";
  text += section("NAME") + "weir \\- train, measure and run models of network traffic\n";
  text += section("SYNOPSIS") + bold("weir") + " " + italic("command") + " [" + italic("options") + "]\n";
  text += section("DESCRIPTION") + roff(program.help) +
          "\n.PP\nTables are CSV with a header line, or of NSL\\-KDD's layout; they may be packed by gzip or "
          "zstd, and "
          "\\- is standard input or output. A file is written beside its name and renamed when it is whole. "
          "What stands in brackets behind the meaning of an option is its default.\n";
  for (const OptionDescription& o : program.options) text += option(o);
  text += section("COMMANDS");
  for (const CommandDescription& c : program.commands) text += command(c);
  text += section("EXIT STATUS") + std::string(exit_status);
  text += section("EXAMPLES") + std::string(examples);
  return text;
}

}  // namespace cli
