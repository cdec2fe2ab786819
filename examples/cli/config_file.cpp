#include "config_file.hpp"

#include "files.hpp"

#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace cli {

namespace {

[[noreturn]] void refuse_config(const std::string& path, const std::string& what) {
  weir::fail(weir::ErrorKind::config, "--config: " + path + ": " + what);
}

/// Words as a shell takes a line apart: blanks between them, quotes of either kind around blanks, a backslash before a
/// sign that is meant itself, # before a comment.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text, const std::string& path) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  std::size_t line = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      if (begun) words.push_back(std::exchange(word, {}));
      begun = false;
    } else if (c == '#' && !begun) {
      i = std::min(text.find('\n', i), text.size()) - 1;
    } else if (c == '\\' && i + 1 < text.size()) {
      word += text[++i];
      begun = true;
    } else if (c == '\'' || c == '"') {
      const std::size_t end = text.find(c, i + 1);
      if (end == std::string_view::npos)
        refuse_config(path, "line " + std::to_string(line) + ": a quote is not closed");
      word += text.substr(i + 1, end - i - 1);
      begun = true;
      i = end;
    } else {
      word += c;
      begun = true;
    }
  }
  if (begun) words.push_back(std::move(word));
  return words;
}

[[nodiscard]] std::string name_of_flag(const std::string& word) { return word.substr(0, word.find('=')); }
[[nodiscard]] bool is_flag(const std::string& word) { return word.size() > 2 && word.starts_with("--"); }

/// The flags of the file that the line does not give itself, each with its values.
[[nodiscard]] std::vector<std::string> left_of(const std::vector<std::string>& file,
                                               const std::vector<std::string>& line,
                                               const std::string& path) {
  std::vector<std::string> left;
  bool given = false;
  for (const std::string& word : file) {
    if (is_flag(word)) {
      if (name_of_flag(word) == "--config") refuse_config(path, "a file of flags cannot name another one");
      given = std::any_of(line.begin(), line.end(), [&](const std::string& other) {
        return is_flag(other) && name_of_flag(other) == name_of_flag(word);
      });
    } else if (left.empty() && !given) {
      refuse_config(path, "'" + word.substr(0, 40) +
                              "' is no flag; write flags as on the command line, such as --batch-size 64");
    }
    if (!given) left.push_back(word);
  }
  return left;
}

}  // namespace

std::string config_lines(std::string_view flags) {
  std::string text;
  for (const std::string& word : words_of(flags, "options")) {
    if (!text.empty()) text += is_flag(word) ? "\n" : " ";
    text += weir::shell_word(word);
  }
  return text.empty() ? text : text + "\n";
}

std::vector<std::string> with_config(std::vector<std::string> words) {
  const auto is_config = [](const std::string& word) {
    return word == "--config" || word.starts_with("--config=");
  };
  const auto at = std::find_if(words.begin(), words.end(), is_config);
  if (at == words.end()) return words;
  const bool apart = *at == "--config";
  if (apart && at + 1 == words.end()) return words;  // the parser tells what is missing
  const std::string path = apart ? *(at + 1) : at->substr(at->find('=') + 1);
  const auto place = words.erase(at, at + (apart ? 2 : 1)) - words.begin();
  if (std::any_of(words.begin(), words.end(), is_config)) refuse_config(path, "--config is given twice");
  const std::vector<std::string> more = left_of(words_of(read_file(path), path), words, path);
  words.insert(words.begin() + place, more.begin(), more.end());
  return words;
}

}  // namespace cli
