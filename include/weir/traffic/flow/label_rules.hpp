// Labels for the flows of an experiment, from its description: one rule a line, the first that fits counts.
//
//   # label    conditions, all of which must hold
//   dos        src=172.16.0.1 dst=192.168.10.0/24 port=80 proto=tcp
//   flood      from=2017-07-05T14:00:00Z to=2017-07-05T14:30:00Z
//   scan       host=10.0.0.7 dst_port=1-1024
//   "Web Attack" capture=thursday_*.pcap
//   benign
//
//   from, to            time window: a flow whose time overlaps [from, to) fits; RFC 3339 in UTC (Z), or
//                       seconds since 1970 with a fraction
//   src, dst            the client's and the server's address, or a prefix
//   host                either of them
//   src_port, dst_port, port      a number or a range; port: either
//   proto               tcp, udp, icmp, icmpv6, sctp or a number
//   vlan                the outermost tag
//   capture             the name of the file that the flow is from, without its folder; * stands for anything
//
// Without conditions a rule fits every flow. A label with blanks, # or = stands in quotes: "Web Attack", in
// which two quotes are one.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/packet/address_text.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/packet/time_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct FlowLabelRule {
  struct Ports {
    std::uint16_t low = 0, high = 0;
    [[nodiscard]] bool hold(std::uint16_t number) const noexcept { return number >= low && number <= high; }
  };

  std::string label{};
  std::int64_t from_ns = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_ns = std::numeric_limits<std::int64_t>::max();
  std::optional<IpPrefix> src{}, dst{}, host{};
  std::optional<Ports> src_port{}, dst_port{}, port{};
  std::optional<std::uint8_t> protocol{};
  std::optional<std::uint16_t> vlan{};
  /// A file's name without its folder, in which * stands for anything; empty: any file.
  std::string capture{};

  [[nodiscard]] bool fits_everything() const noexcept {
    return from_ns == std::numeric_limits<std::int64_t>::min() &&
           to_ns == std::numeric_limits<std::int64_t>::max() && !src && !dst && !host && !src_port &&
           !dst_port && !port && !protocol && !vlan && capture.empty();
  }
  [[nodiscard]] bool fits(const FlowBase& flow) const noexcept {
    const std::uint8_t v = flow.key.ip_version;
    const auto prefix = [&](const std::optional<IpPrefix>& p, unsigned side) {
      return !p || p->holds(flow.address(side), v);
    };
    const auto ports = [&](const std::optional<Ports>& p, unsigned side) {
      return !p || p->hold(flow.port(side));
    };
    return flow.start_ns < to_ns && flow.end_ns() >= from_ns && prefix(src, 0) && prefix(dst, 1) &&
           (prefix(host, 0) || prefix(host, 1)) && ports(src_port, 0) && ports(dst_port, 1) &&
           (ports(port, 0) || ports(port, 1)) && (!protocol || *protocol == flow.key.protocol) &&
           (!vlan || (flow.key.vlan_count > 0 && *vlan == flow.key.vlan[0]));
  }

  [[nodiscard]] bool fits_capture(std::string_view path) const noexcept {
    const std::size_t slash = path.rfind('/');
    return capture.empty() || fits_pattern(slash == std::string_view::npos ? path : path.substr(slash + 1));
  }

 private:
  [[nodiscard]] bool fits_pattern(std::string_view name) const noexcept {
    const std::string_view pattern = capture;
    std::size_t at = 0, i = 0, star = std::string_view::npos, tried = 0;
    while (i < name.size()) {
      if (at < pattern.size() && pattern[at] == '*') {
        star = at++;
        tried = i;
      } else if (at < pattern.size() && pattern[at] == name[i]) {
        ++at;
        ++i;
      } else if (star != std::string_view::npos) {
        at = star + 1;
        i = ++tried;
      } else {
        return false;
      }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
  }
};

namespace detail {

[[nodiscard]] inline std::optional<FlowLabelRule::Ports> parse_ports_text(std::string_view text) noexcept {
  const std::size_t dash = text.find('-');
  const auto low = whole_number<std::uint16_t>(text.substr(0, dash));
  const auto high = dash == std::string_view::npos ? low : whole_number<std::uint16_t>(text.substr(dash + 1));
  if (!low || !high || *low > *high) return std::nullopt;
  return FlowLabelRule::Ports{*low, *high};
}

[[nodiscard]] inline std::optional<std::uint8_t> parse_protocol_text(std::string_view text) noexcept {
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> names{{{"tcp", ip_protocol::tcp},
                                                                            {"udp", ip_protocol::udp},
                                                                            {"icmp", ip_protocol::icmp},
                                                                            {"icmpv6", ip_protocol::icmpv6},
                                                                            {"sctp", ip_protocol::sctp}}};
  for (const auto& [name, number] : names) {
    if (name == text) return number;
  }
  return whole_number<std::uint8_t>(text);
}

/// One line of rules: words apart from one another, and conditions read.
class LabelRuleLine {
 public:
  /// The rule; nothing for a line without one. The error says what is wrong with which word.
  [[nodiscard]] static Result<std::optional<FlowLabelRule>> try_read(std::string_view line) {
    Result<std::vector<std::string>> words = words_of(line);
    if (!words) return words.error();
    if (words->empty()) return std::optional<FlowLabelRule>();
    FlowLabelRule rule{.label = words->front()};
    if (line.find('"') == std::string_view::npos && rule.label.find_first_of(",;") != std::string::npos) {
      return wrong(rule.label, "is no label, or stands in quotes; these may be the rows of a table");
    }
    std::vector<std::string_view> seen;
    for (std::size_t i = 1; i < words->size(); ++i) {
      const std::string_view text = (*words)[i];
      const std::string_view name = text.substr(0, text.find('='));
      if (name.size() == text.size()) {
        return wrong(text,
                     "is no condition, which is a name, = and a value; a label with blanks stands in quotes");
      }
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) return wrong(name, "is there twice");
      seen.push_back(name);
      if (const std::string why = read_condition(rule, name, text.substr(name.size() + 1)); !why.empty()) {
        return wrong(text, why);
      }
    }
    if (rule.from_ns >= rule.to_ns) return Failure{ErrorKind::data, "'from' is not before 'to'"};
    return std::optional(std::move(rule));
  }

 private:
  [[nodiscard]] static Failure wrong(std::string_view word, std::string_view why) {
    std::string text("'");
    text.append(word).append("' ").append(why);
    return {ErrorKind::data, text};
  }

  [[nodiscard]] static Result<std::vector<std::string>> words_of(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    std::vector<std::string> words;
    for (std::size_t at = line.find_first_not_of(blanks); at < line.size() && line[at] != '#';
         at = line.find_first_not_of(blanks, at)) {
      std::string word;
      for (; at < line.size() && blanks.find(line[at]) == std::string_view::npos && line[at] != '#'; ++at) {
        if (line[at] != '"') {
          word += line[at];
        } else if (!read_quoted(line, at, word)) {
          return Failure{ErrorKind::data, "a quote is not closed"};
        }
      }
      words.push_back(std::move(word));
    }
    return words;
  }
  /// From one quote to the other, where `at` stays; two quotes are one.
  [[nodiscard]] static bool read_quoted(std::string_view line, std::size_t& at, std::string& text) {
    while (++at < line.size()) {
      if (line[at] != '"') {
        text += line[at];
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        text += line[++at];
      } else {
        return true;
      }
    }
    return false;
  }

  template <class T>
  [[nodiscard]] static std::string take(T& place, const T& value, const char* wanted) {
    place = value;
    return value.has_value() ? std::string() : std::string("needs ") + wanted;
  }
  [[nodiscard]] static std::string take_time(std::int64_t& place, std::string_view text) {
    const std::optional<std::int64_t> time = parse_time(text);
    if (time) place = *time;
    return time ? std::string() : "needs a time in UTC such as 2017-07-05T14:00:00Z, or seconds since 1970";
  }
  /// Why the condition cannot be read; empty when it was.
  [[nodiscard]] static std::string read_condition(FlowLabelRule& rule, std::string_view name,
                                                  std::string_view value) {
    constexpr const char* prefix = "an address or a prefix, such as 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32";
    constexpr const char* ports = "a port or a range, such as 80 or 1-1024";
    if (name == "from") return take_time(rule.from_ns, value);
    if (name == "to") return take_time(rule.to_ns, value);
    if (name == "src") return take(rule.src, parse_prefix(value), prefix);
    if (name == "dst") return take(rule.dst, parse_prefix(value), prefix);
    if (name == "host") return take(rule.host, parse_prefix(value), prefix);
    if (name == "src_port") return take(rule.src_port, parse_ports_text(value), ports);
    if (name == "dst_port") return take(rule.dst_port, parse_ports_text(value), ports);
    if (name == "port") return take(rule.port, parse_ports_text(value), ports);
    if (name == "proto") {
      return take(rule.protocol, parse_protocol_text(value), "tcp, udp, icmp, icmpv6, sctp or 0 to 255");
    }
    if (name == "vlan")
      return take(rule.vlan, whole_number<std::uint16_t>(value), "a number from 0 to 65535");
    if (name == "capture") {
      rule.capture = std::string(value);
      return value.empty() ? "needs the name of a file" : "";
    }
    return "is no condition; there are from, to, src, dst, host, src_port, dst_port, port, proto, vlan and "
           "capture";
  }
};

}  // namespace detail

class FlowLabelRules {
 public:
  FlowLabelRules() = default;
  explicit FlowLabelRules(std::vector<FlowLabelRule> rules) : rules_(std::move(rules)) {}

  /// Rules from text; the error names the line, the word and what is wrong with it.
  [[nodiscard]] static Result<FlowLabelRules> try_parse(std::string_view text) {
    const ContentKind kind = content_kind(text.substr(0, 512));
    if (kind != ContentKind::text && kind != ContentKind::table && kind != ContentKind::empty &&
        kind != ContentKind::script && !detail::looks_like_text(text.substr(0, 512))) {
      return Failure{ErrorKind::data,
                     "line 1: these are no label rules; it looks like " + std::string(description(kind))};
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    FlowLabelRules result;
    for (std::size_t line = 1; !text.empty(); ++line) {
      const std::size_t end = text.find('\n');
      Result<std::optional<FlowLabelRule>> rule = detail::LabelRuleLine::try_read(text.substr(0, end));
      if (!rule) return Failure{rule.error().kind, "line " + std::to_string(line) + ": " + rule.error().what};
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (!rule.value()) continue;
      if (!result.rules_.empty() && result.rules_.back().fits_everything()) {
        return Failure{ErrorKind::data, "line " + std::to_string(line) +
                                            ": is never reached, because the rule before it has no "
                                            "conditions and fits every flow; put that one last"};
      }
      result.rules_.push_back(std::move(*rule.value()));
    }
    return result;
  }

  /// The label of the first rule that fits; otherwise the text given. Rules of captures count as if the flow
  /// were of theirs: of_capture() first.
  [[nodiscard]] std::string_view label(const FlowBase& flow, std::string_view otherwise = "") const noexcept {
    for (const FlowLabelRule& rule : rules_) {
      if (rule.fits(flow)) return rule.label;
    }
    return otherwise;
  }
  /// The rules that fit the flows of a file.
  [[nodiscard]] FlowLabelRules of_capture(std::string_view path) const {
    FlowLabelRules result;
    for (const FlowLabelRule& rule : rules_) {
      if (rule.fits_capture(path)) result.rules_.push_back(rule);
    }
    return result;
  }
  /// Whether a rule looks at the file.
  [[nodiscard]] bool name_captures() const noexcept {
    return std::any_of(rules_.begin(), rules_.end(), [](const auto& rule) { return !rule.capture.empty(); });
  }
  [[nodiscard]] const std::vector<FlowLabelRule>& rules() const noexcept { return rules_; }

 private:
  std::vector<FlowLabelRule> rules_{};
};

}  // namespace weir::inline WEIR_ABI
