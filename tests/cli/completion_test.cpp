// The manual page and the completions of shells say what --help says, because all are made of the same list.
#include "cli/program.hpp"

#include <weir/data/formats/table_formats.hpp>

#include <algorithm>
#include <regex>

using namespace cli_test;

namespace {

std::vector<std::string> commands() {
  std::vector<std::string> names;
  bool below = false;
  for (const std::string& line : lines_of(weir_well({"--help"}).out)) {
    if (below && line.starts_with("  ")) names.push_back(line.substr(2, line.find(' ', 2) - 2));
    below = below || line == "Subcommands:";
  }
  REQUIRE(names.size() >= 9);
  return names;
}

/// The long options that --help of a command lists.
std::vector<std::string> options(const std::string& command) {
  const std::regex name("^  (?:-[a-z],)?(--[a-z0-9-]+)");
  std::vector<std::string> names;
  for (const std::string& line : lines_of(weir_well({command, "--help"}).out)) {
    std::smatch match;
    if (std::regex_search(line, match, name)) names.push_back(match[1]);
  }
  REQUIRE(!names.empty());
  return names;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// What bash offers behind these words, of which the last is unfinished.
std::vector<std::string> bash_offers(const std::vector<std::string>& words) {
  std::string line =
      "source " + write_file("weir.bash", weir_well({"completion", "bash"}).out) + "\nCOMP_WORDS=(";
  for (const std::string& word : words) line += "'" + word + "' ";
  line +=
      ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) + "\n_weir\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  const Outcome outcome = run_program("/bin/bash", {"--norc", write_file("ask.bash", line)});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  REQUIRE(outcome.err.empty());
  std::vector<std::string> offers = lines_of(outcome.out);
  std::sort(offers.begin(), offers.end());
  return offers;
}

}  // namespace

TEST_CASE("each command and option of --help is in the manual page and in all completions") {
  if (!built()) return;
  const std::string page = weir_well({"manual"}).out;
  const std::string bash = weir_well({"completion", "bash"}).out;
  const std::string zsh = weir_well({"completion", "zsh"}).out;
  const std::string fish = weir_well({"completion", "fish"}).out;
  for (const std::string& command : commands()) {
    const auto part = [&](const std::string& text, const std::string& begin, const std::string& end) {
      const std::size_t at = text.find(begin);
      INFO(begin);
      REQUIRE(at != std::string::npos);
      return text.substr(at, text.find(end, at + begin.size()) - at);
    };
    const std::string of_page = part(page, "\n.SS \"weir " + command + "\"\n", "\n.S");
    const std::string of_bash = part(bash, "\n    " + command + ")\n", "fi ;;");
    const std::string of_zsh = part(zsh, "\n    " + command + ")\n", " ;;");
    for (const std::string& option : options(command)) {
      INFO(command << " " << option);
      CHECK(of_page.find("\\fB" + replaced(option, "-", "\\-") + "\\fR") != std::string::npos);
      CHECK(std::regex_search(of_bash, std::regex(option + "[ ')|]")));
      CHECK(std::regex_search(of_zsh, std::regex("'\\*?" + option + "[=\\[]")));
      CHECK(std::regex_search(fish, std::regex("__fish_seen_subcommand_from " + command + "'[^\n]* -l " +
                                               option.substr(2) + " ")));
    }
  }
}

TEST_CASE("bash completes commands, options, choices and files") {
  if (!built()) return;
  using Words = std::vector<std::string>;
  CHECK(bash_offers({"weir", "tr"}) == Words{"train"});
  CHECK(bash_offers({"weir", "train", "--form"}) == Words{"--format"});
  Words formats = weir::table_format_names();
  std::sort(formats.begin(), formats.end());
  CHECK(bash_offers({"weir", "train", "--format", ""}) == formats);
  CHECK(bash_offers({"weir", "train", "--format", "=", "id"}) == Words{"idx"});
  CHECK(bash_offers({"weir", "flows", "--profile", "ne"}) == Words{"netflow"});
  CHECK(bash_offers({"weir", "completion", "z"}) == Words{"zsh"});
  const std::string table = write_file("a table.csv", "a\n1\n");
  const std::string begin = table.substr(0, table.size() - 5);
  CHECK(bash_offers({"weir", "train", begin}) == Words{table});
  CHECK(bash_offers({"weir", "watch", "--read", begin}) == Words{table});
  CHECK(bash_offers({"weir", "train", "--epochs", ""}) == Words{""});  // printf's empty line
}

TEST_CASE("no line of the manual page is taken for a command of roff that is none") {
  if (!built()) return;
  for (const std::string& line : lines_of(weir_well({"manual"}).out)) {
    INFO(line);
    CHECK((!line.starts_with('.') || std::regex_search(line, std::regex("^\\.(TH|SH|SS|TP|PP|nf|fi)\\b"))));
    CHECK(!line.starts_with('\''));
  }
}
