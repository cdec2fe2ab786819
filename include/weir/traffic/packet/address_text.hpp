// Addresses and their prefixes from text: "10.0.0.0/8", "2001:db8::/32", or an address alone (RFC 4291,
// 4632).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
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

}  // namespace weir::inline WEIR_ABI
