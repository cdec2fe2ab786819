// Whether a text is well-formed XML as our pages are: one element, every tag closed in its turn, attributes in double quotes
// and none of them twice, no bare < or &, no id twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace report_test {

class WellFormed {
 public:
  explicit WellFormed(std::string_view text) : rest_(text) {
    skip_prefix("<!DOCTYPE html>\n");
    while (complaint_.empty() && !rest_.empty()) next();
    if (complaint_.empty() && !open_.empty()) complaint_ = "not closed: " + open_.back();
    if (complaint_.empty() && roots_ != 1) complaint_ = "not one root";
  }
  /// Empty: it is.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  /// Elements of this name.
  [[nodiscard]] std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(std::count(names_.begin(), names_.end(), name));
  }

 private:
  bool skip_prefix(std::string_view prefix) {
    if (rest_.substr(0, prefix.size()) != prefix) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }
  std::string take_name() {
    std::size_t end = 0;
    while (end < rest_.size() && std::string_view(" =/>\n").find(rest_[end]) == std::string_view::npos) ++end;
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }
  void refuse(const std::string& what) { complaint_ = what + " before: " + std::string(rest_.substr(0, 40)); }

  void next() {
    if (skip_prefix("</")) {
      const std::string name = take_name();
      if (!skip_prefix(">") || open_.empty() || open_.back() != name)
        return refuse("closes nothing: " + name);
      open_.pop_back();
    } else if (skip_prefix("<")) {
      open_tag();
    } else if (skip_prefix("&")) {
      reference();
    } else {
      if (open_.empty() && rest_[0] != '\n') return refuse("text outside");
      rest_.remove_prefix(1);
    }
  }
  void reference() {
    for (const std::string_view known : {"amp;", "lt;", "gt;", "quot;"}) {
      if (skip_prefix(known)) return;
    }
    refuse("a bare &");
  }
  void open_tag() {
    const std::string name = take_name();
    if (name.empty()) return refuse("a bare <");
    names_.push_back(name);
    if (open_.empty()) ++roots_;
    std::set<std::string> attributes;
    while (skip_prefix(" ")) {
      const std::string attribute = take_name();
      if (!attributes.insert(attribute).second) return refuse("twice: " + attribute);
      if (!skip_prefix("=\"")) return refuse("an attribute without value: " + attribute);
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) return refuse("an attribute without end");
      const std::string value(rest_.substr(0, end));
      if (value.find('<') != std::string::npos) return refuse("a bare < in an attribute");
      if (attribute == "id" && !ids_.insert(value).second) return refuse("an id twice: " + value);
      rest_.remove_prefix(end + 1);
    }
    if (skip_prefix("/>")) return;
    if (!skip_prefix(">")) return refuse("a tag without end: " + name);
    open_.push_back(name);
  }

  std::string_view rest_;
  std::string complaint_{};
  std::vector<std::string> open_{}, names_{};
  std::set<std::string> ids_{};
  std::size_t roots_ = 0;
};

}  // namespace report_test
