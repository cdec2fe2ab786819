// Labels for the flows of an experiment, from its description: one rule a line, the first that fits counts.
//
//   # label    conditions, all of which must hold
//   dos        src=172.16.0.1 dst=192.168.10.0/24 port=80 proto=tcp
//   flood      from=2017-07-05T14:00:00Z to=2017-07-05T14:30:00Z
//   scan       host=10.0.0.7 dst_port=1-1024
//   benign
//
//   from, to            time window: a flow whose time overlaps [from, to) fits; RFC 3339 in UTC (Z), or
//                       seconds since 1970 with a fraction
//   src, dst            the client's and the server's address, or a prefix
//   host                either of them
//   src_port, dst_port, port      a number or a range; port: either
//   proto               tcp, udp, icmp, icmpv6, sctp or a number
//   vlan                the outermost tag
//
// Without conditions a rule fits every flow. Labels contain no blanks.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/flow_options.hpp>
#include <weir/traffic/flow_record.hpp>
#include <weir/traffic/packet.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The addresses that begin with the same bits.
struct IpPrefix {
  IpAddress address{};
  std::uint8_t ip_version = 4;
  unsigned bits = 0;

  [[nodiscard]] bool holds(const IpAddress& a, std::uint8_t version) const noexcept {
    if (version != ip_version) return false;
    for (unsigned bit = 0; bit < bits; bit += 8) {
      const unsigned left = bits - bit;
      const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xFFU : 0xFF00U >> left);
      if (((a[bit / 8] ^ address[bit / 8]) & mask) != 0) return false;
    }
    return true;
  }
};

namespace detail {

template <class T>
[[nodiscard]] std::optional<T> whole_number(std::string_view text, int base = 10) noexcept {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

[[nodiscard]] inline std::optional<IpAddress> parse_ipv4_text(std::string_view text) noexcept {
  IpAddress a{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = i == 3 ? text.size() : text.find('.');
    if (dot == std::string_view::npos || dot > 3) return std::nullopt;
    const auto part = whole_number<std::uint8_t>(text.substr(0, dot));
    if (!part) return std::nullopt;
    a[i] = *part;
    text.remove_prefix(std::min(text.size(), dot + 1));
  }
  return text.empty() ? std::optional(a) : std::nullopt;
}

/// Groups between colons, up to the end; nothing when one is no group.
[[nodiscard]] inline std::optional<std::vector<std::uint16_t>> ipv6_groups(std::string_view text) {
  std::vector<std::uint16_t> groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const auto group = part.size() <= 4 ? whole_number<std::uint16_t>(part, 16) : std::nullopt;
    if (!group || groups.size() == 8 || colon + 1 == text.size()) return std::nullopt;
    groups.push_back(*group);
    text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
  }
  return groups;
}

[[nodiscard]] inline std::optional<IpAddress> parse_ipv6_text(std::string_view text) {
  const std::size_t gap = text.find("::");
  auto front = ipv6_groups(text.substr(0, gap));
  auto back = gap == std::string_view::npos ? std::optional(std::vector<std::uint16_t>())
                                            : ipv6_groups(text.substr(gap + 2));
  if (!front || !back) return std::nullopt;
  const std::size_t known = front->size() + back->size();
  if (gap == std::string_view::npos ? known != 8 : known > 7) return std::nullopt;
  front->insert(front->end(), 8 - known, 0);
  front->insert(front->end(), back->begin(), back->end());
  IpAddress a{};
  for (std::size_t i = 0; i < 8; ++i) {
    a[2 * i] = static_cast<std::uint8_t>((*front)[i] >> 8);
    a[2 * i + 1] = static_cast<std::uint8_t>((*front)[i] & 0xFF);
  }
  return a;
}

}  // namespace detail

/// "10.0.0.0/8", "2001:db8::/32", or an address alone.
[[nodiscard]] inline std::optional<IpPrefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool v6 = address.find(':') != std::string_view::npos;
  const auto parsed = v6 ? detail::parse_ipv6_text(address) : detail::parse_ipv4_text(address);
  const unsigned most = v6 ? 128 : 32;
  const auto bits = slash == std::string_view::npos ? std::optional(most)
                                                    : detail::whole_number<unsigned>(text.substr(slash + 1));
  if (!parsed || !bits || *bits > most) return std::nullopt;
  return IpPrefix{*parsed, v6 ? std::uint8_t{6} : std::uint8_t{4}, *bits};
}

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
};

namespace detail {

/// Seconds since 1970 with up to nine decimals.
[[nodiscard]] inline std::optional<std::int64_t> parse_seconds(std::string_view text) noexcept {
  const std::size_t dot = text.find('.');
  const auto seconds = whole_number<std::int64_t>(text.substr(0, dot));
  if (!seconds || *seconds < 0 || *seconds > greatest_time_ns / ns_per_s) return std::nullopt;
  std::int64_t fraction = 0;
  if (dot != std::string_view::npos) {
    const std::string_view digits = text.substr(dot + 1);
    const auto part = digits.size() <= 9 ? whole_number<std::uint32_t>(digits) : std::nullopt;
    if (!part) return std::nullopt;
    fraction = *part;
    for (std::size_t i = digits.size(); i < 9; ++i) fraction *= 10;
  }
  return *seconds * ns_per_s + fraction;
}

/// "2017-07-05T14:00:00.5Z"
[[nodiscard]] inline std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    return *whole_number<std::int64_t>(text.substr(at, size));
  };
  const std::int64_t month = number(5, 2);
  const std::int64_t day = number(8, 2);
  const std::int64_t seconds = number(11, 2) * 3'600 + number(14, 2) * 60 + number(17, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 60) {
    return std::nullopt;
  }
  // Days from civil date (Howard Hinnant), years from March on.
  const std::int64_t year = number(0, 4) - (month <= 2 ? 1 : 0);
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t days = era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
  if (days < 0 || days > greatest_time_ns / ns_per_s / 86'400 - 1) return std::nullopt;
  std::int64_t fraction = 0;
  if (text[19] != 'Z') {
    const auto part = parse_seconds("0" + std::string(text.substr(19, text.size() - 20)));
    if (!part || text[19] != '.') return std::nullopt;
    fraction = *part;
  }
  return (days * 86'400 + seconds) * ns_per_s + fraction;
}

[[nodiscard]] inline std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  return text.find('T') == std::string_view::npos ? parse_seconds(text) : parse_rfc3339(text);
}

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

}  // namespace detail

class FlowLabelRules {
 public:
  FlowLabelRules() = default;
  explicit FlowLabelRules(std::vector<FlowLabelRule> rules) : rules_(std::move(rules)) {}

  /// Rules from text; the error names the line.
  [[nodiscard]] static Result<FlowLabelRules> try_parse(std::string_view text) {
    FlowLabelRules result;
    for (std::size_t line = 1; !text.empty(); ++line) {
      const std::size_t end = text.find('\n');
      const std::vector<std::string_view> words = words_of(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      if (words.empty()) continue;
      FlowLabelRule rule{.label = std::string(words[0])};
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (!read_condition(rule, words[i])) {
          return Failure{ErrorKind::data, "line " + std::to_string(line) + ": '" + std::string(words[i]) +
                                              "' is no condition of a label rule"};
        }
      }
      result.rules_.push_back(std::move(rule));
    }
    return result;
  }

  /// The label of the first rule that fits; otherwise the text given.
  [[nodiscard]] std::string_view label(const FlowBase& flow, std::string_view otherwise = "") const noexcept {
    for (const FlowLabelRule& rule : rules_) {
      if (rule.fits(flow)) return rule.label;
    }
    return otherwise;
  }
  [[nodiscard]] const std::vector<FlowLabelRule>& rules() const noexcept { return rules_; }

 private:
  [[nodiscard]] static std::vector<std::string_view> words_of(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> words;
    constexpr std::string_view blanks = " \t\r";
    for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
      const std::size_t end = line.find_first_of(blanks, at);
      words.push_back(line.substr(at, end == std::string_view::npos ? end : end - at));
      at = line.find_first_not_of(blanks, end);
    }
    return words;
  }

  template <class T>
  static bool take(T& place, const T& value) {
    place = value;
    return value.has_value();
  }
  static bool take_time(std::int64_t& place, std::string_view text) {
    const std::optional<std::int64_t> time = detail::parse_time(text);
    if (time) place = *time;
    return time.has_value();
  }
  static bool read_condition(FlowLabelRule& rule, std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    if (name == "from") return take_time(rule.from_ns, value);
    if (name == "to") return take_time(rule.to_ns, value);
    if (name == "src") return take(rule.src, parse_prefix(value));
    if (name == "dst") return take(rule.dst, parse_prefix(value));
    if (name == "host") return take(rule.host, parse_prefix(value));
    if (name == "src_port") return take(rule.src_port, detail::parse_ports_text(value));
    if (name == "dst_port") return take(rule.dst_port, detail::parse_ports_text(value));
    if (name == "port") return take(rule.port, detail::parse_ports_text(value));
    if (name == "proto") return take(rule.protocol, detail::parse_protocol_text(value));
    if (name == "vlan") return take(rule.vlan, detail::whole_number<std::uint16_t>(value));
    return false;
  }

  std::vector<FlowLabelRule> rules_{};
};

}  // namespace weir::inline WEIR_ABI
