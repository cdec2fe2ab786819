// The fields of Suricata's EVE log that tables of flows have under names of their own, and how EVE writes
// them.
//
//   const EveField* field = eve_field("id.orig_h");      // src_ip
//   eve_text(*eve_field("ts"), "1700000000.5")           // "2023-11-14T22:13:20.500000+0000"
//
// Columns: the profiles' (docs/flow_columns.md) in any spelling, and EVE's own. A time is that of the flow's
// first packet; one without a zone is taken for UTC, as `weir flows` writes it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/column_spellings.hpp>
#include <weir/traffic/features/utc_time.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/packet/time_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class EveKind : std::uint8_t { address, port, protocol, time, time_s, time_ms, time_ns };

struct EveField {
  std::string_view column;
  std::string_view name;  ///< in EVE
  EveKind kind;
};

inline constexpr auto eve_fields = std::to_array<EveField>({
    {"timestamp", "timestamp", EveKind::time},
    {"StartTime", "timestamp", EveKind::time},
    {"ts", "timestamp", EveKind::time_s},
    {"bidirectional_first_seen_ms", "timestamp", EveKind::time_ms},
    {"start_ns", "timestamp", EveKind::time_ns},
    {"flowStartNanoseconds", "timestamp", EveKind::time_ns},
    {"src_ip", "src_ip", EveKind::address},
    {"id.orig_h", "src_ip", EveKind::address},
    {"SrcAddr", "src_ip", EveKind::address},
    {"sourceIPv4Address", "src_ip", EveKind::address},
    {"sourceIPv6Address", "src_ip", EveKind::address},
    {"src_port", "src_port", EveKind::port},
    {"id.orig_p", "src_port", EveKind::port},
    {"Sport", "src_port", EveKind::port},
    {"sourceTransportPort", "src_port", EveKind::port},
    {"dest_ip", "dest_ip", EveKind::address},
    {"dst_ip", "dest_ip", EveKind::address},
    {"id.resp_h", "dest_ip", EveKind::address},
    {"DstAddr", "dest_ip", EveKind::address},
    {"destinationIPv4Address", "dest_ip", EveKind::address},
    {"destinationIPv6Address", "dest_ip", EveKind::address},
    {"dest_port", "dest_port", EveKind::port},
    {"dst_port", "dest_port", EveKind::port},
    {"id.resp_p", "dest_port", EveKind::port},
    {"Dport", "dest_port", EveKind::port},
    {"destinationTransportPort", "dest_port", EveKind::port},
    {"proto", "proto", EveKind::protocol},
    {"protocol", "proto", EveKind::protocol},
    {"protocolIdentifier", "proto", EveKind::protocol},
});

/// Null when the column is none of them.
[[nodiscard]] constexpr const EveField* eve_field(std::string_view column) noexcept {
  const auto same = [column](const EveField& field) { return same_column(field.column, column); };
  const auto* const place = std::find_if(eve_fields.begin(), eve_fields.end(), same);
  return place == eve_fields.end() ? nullptr : place;
}

/// "2026-11-23T02:45:03.123456+0000", microseconds cut.
[[nodiscard]] inline std::string eve_time_text(std::int64_t time_ns) {
  std::string text = date_text(time_ns);
  text[text.find(' ')] = 'T';
  return text + "+0000";
}

/// "TCP"; the number of a protocol that has no name here.
[[nodiscard]] inline std::string eve_protocol_text(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::icmp: return "ICMP";
    case ip_protocol::tcp: return "TCP";
    case ip_protocol::udp: return "UDP";
    case ip_protocol::gre: return "GRE";
    case ip_protocol::icmpv6: return "IPv6-ICMP";
    case ip_protocol::sctp: return "SCTP";
    default: return std::to_string(unsigned{protocol});
  }
}

namespace detail {

/// Whether a text begins with digits where the form has d, and with the form's signs elsewhere.
[[nodiscard]] constexpr bool has_form(std::string_view text, std::string_view form) noexcept {
  return text.size() >= form.size() && std::equal(form.begin(), form.end(), text.begin(), [](char f, char c) {
           return f == 'd' ? c >= '0' && c <= '9' : f == c;
         });
}

/// A date with its year first, with or without a fraction and a zone.
[[nodiscard]] inline std::string eve_date_text(std::string_view text) {
  std::string date(text.substr(0, 19));
  for (const std::size_t at : {std::size_t{4}, std::size_t{7}}) {
    if (date.size() > at && date[at] == '/') date[at] = '-';
  }
  if (date.size() > 10 && date[10] == ' ') date[10] = 'T';
  if (!has_form(date, "dddd-dd-ddTdd:dd:dd")) return {};
  std::string_view rest = text.substr(19);
  std::string fraction = "000000";
  if (rest.starts_with('.')) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    const std::size_t digits = std::min<std::size_t>(end - 1, fraction.size());
    fraction.replace(0, digits, rest.substr(1, digits));
    rest.remove_prefix(end);
  }
  const bool zone = (has_form(rest, "+dddd") || has_form(rest, "-dddd")) && rest.size() == 5;
  const bool colon = (has_form(rest, "+dd:dd") || has_form(rest, "-dd:dd")) && rest.size() == 6;
  if (!zone && !colon && !rest.empty() && rest != "Z") return {};
  return date + "." + fraction + (zone || colon ? std::string(rest) : "+0000");
}

/// CICFlowMeter's "05/07/2017 02:03:59 PM". Without the half of the day nobody knows the hour.
[[nodiscard]] inline std::string eve_cic_date_text(std::string_view text) {
  constexpr std::string_view form = "dd/dd/dddd dd:dd:dd ";
  if (!has_form(text, form) || text.size() != form.size() + 2) return {};
  const std::string_view half = text.substr(form.size());
  const int hour = (text[11] - '0') * 10 + (text[12] - '0');
  if ((half != "AM" && half != "PM") || hour < 1 || hour > 12) return {};
  std::string iso(text.substr(6, 4));
  iso.append("-").append(text.substr(3, 2)).append("-").append(text.substr(0, 2)).append("T");
  append_padded(iso, static_cast<std::uint64_t>(hour % 12 + (half == "PM" ? 12 : 0)), 2);
  return eve_date_text(iso.append(text.substr(13, 6)));
}

/// Units since 1970, a whole number of them.
[[nodiscard]] inline std::optional<std::int64_t> scaled_time(std::string_view text,
                                                             std::int64_t unit_ns) noexcept {
  const auto units = whole_number<std::int64_t>(text);
  if (!units || *units > greatest_time_ns / unit_ns || *units < -greatest_time_ns / unit_ns)
    return std::nullopt;
  return *units * unit_ns;
}

[[nodiscard]] inline std::string eve_time_text(std::string_view text, EveKind kind) {
  std::optional<std::int64_t> time;
  if (kind == EveKind::time_s) time = parse_seconds(text);
  if (kind == EveKind::time_ms) time = scaled_time(text, 1'000'000);
  if (kind == EveKind::time_ns) time = scaled_time(text, 1);
  if (time) return weir::eve_time_text(*time);
  const std::string date = eve_date_text(text);
  return date.empty() ? eve_cic_date_text(text) : date;
}

/// A number's name, or a name in capital letters.
[[nodiscard]] inline std::string eve_protocol_text(std::string_view text) {
  if (const auto number = whole_number<std::uint8_t>(text)) return weir::eve_protocol_text(*number);
  std::string name(text);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

}  // namespace detail

/// What EVE writes for a cell of the field's column; empty when that is not known.
[[nodiscard]] inline std::string eve_text(const EveField& field, std::string_view cell) {
  switch (field.kind) {
    case EveKind::address: return std::string(cell);
    case EveKind::port: return detail::whole_number<std::uint16_t>(cell) ? std::string(cell) : std::string();
    case EveKind::protocol: return detail::eve_protocol_text(cell);
    default: return detail::eve_time_text(cell, field.kind);
  }
}

}  // namespace weir::inline WEIR_ABI
