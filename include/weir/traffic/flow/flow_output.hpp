// The columns of a flow (flow_columns.hpp) as CSV, JSON lines or numbers.
//
//   FlowText out;
//   out.begin(line), flow.describe(out), out.end();        // a line of CSV
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What to write in place of addresses; empty: themselves.
struct FlowAddressMap {
  std::function<IpAddress(const IpAddress&, std::uint8_t ip_version)> address{};
  std::function<MacAddress(const MacAddress&)> mac{};
};

namespace detail {

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}
inline void append_hex(std::string& out, unsigned value) {
  std::array<char, 8> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
  out.append(text.data(), end);
}

/// RFC 5952: lower case, the longest run of zeros (of two or more groups, the first of equals) as "::".
inline void append_ipv6(std::string& out, const IpAddress& a) {
  std::array<unsigned, 8> group;
  for (std::size_t i = 0; i < 8; ++i) group[i] = (unsigned{a[2 * i]} << 8) | a[2 * i + 1];
  std::size_t best = 8;
  std::size_t length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && group[end] == 0) ++end;
    if (end - i > length) {
      best = i;
      length = end - i;
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += length - 1;
      continue;
    }
    if (i != 0 && i != best + length) out += ':';
    append_hex(out, group[i]);
  }
}

inline void append_address(std::string& out, const IpAddress& a, std::uint8_t ip_version) {
  if (ip_version == 6) return append_ipv6(out, a);
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out += '.';
    append_number(out, unsigned{a[i]});
  }
}
inline void append_mac(std::string& out, const MacAddress& a, std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes; ++i) {
    if (i != 0) out += ':';
    out += digits[a[i] >> 4];
    out += digits[a[i] & 15];
  }
}

}  // namespace detail

/// "192.0.2.1" or "2001:db8::1".
[[nodiscard]] inline std::string address_text(const IpAddress& address, std::uint8_t ip_version) {
  std::string out;
  detail::append_address(out, address, ip_version);
  return out;
}

/// A line of text a flow. Values that are not valid are left out of JSON as null; in CSV they are empty, or
/// with `blank_missing` false what the profile's rule makes of them (mostly 0).
class FlowText {
 public:
  enum class Format : std::uint8_t { csv, json };

  explicit FlowText(Format format = Format::csv, bool blank_missing = true,
                    const FlowAddressMap* map = nullptr)
      : map_(map), json_(format == Format::json), blank_missing_(blank_missing) {}

  /// The header line of CSV, with a line end.
  [[nodiscard]] static std::string header(std::span<const FlowColumn> columns) {
    std::string line;
    for (const FlowColumn& column : columns) line += (line.empty() ? "" : ",") + column.name;
    return line + "\n";
  }

  void begin(std::string& line) {
    line_ = &line;
    first_ = true;
    if (json_) line += '{';
  }
  void end() {
    if (json_) *line_ += '}';
    *line_ += '\n';
  }

  template <class T>
  void number(FlowColumnName name, std::string_view, T value, bool valid = true) {
    next(name);
    if constexpr (std::is_floating_point_v<T>) {
      if (!std::isfinite(value)) return not_finite(static_cast<double>(value));
    }
    if (!valid && (json_ || blank_missing_)) {
      *line_ += json_ ? "null" : "";
    } else if constexpr (std::is_integral_v<T> && sizeof(T) == 1) {
      detail::append_number(*line_, static_cast<int>(value));
    } else {
      detail::append_number(*line_, value);
    }
  }
  void text(FlowColumnName name, std::string_view value) {
    next(name);
    json_ ? quote_json(value) : quote_csv(value);
  }
  void address(FlowColumnName name, const IpAddress& a, std::uint8_t ip_version) {
    next(name);
    if (json_) *line_ += '"';
    append(a, ip_version);
    if (json_) *line_ += '"';
  }
  /// With `bytes` 3 only the maker's part.
  void mac(FlowColumnName name, const MacAddress& a, std::size_t bytes = 6) {
    next(name);
    if (json_) *line_ += '"';
    detail::append_mac(*line_, map_ != nullptr && map_->mac ? map_->mac(a) : a, bytes);
    if (json_) *line_ += '"';
  }
  /// "first-second-port-port-protocol"
  void ends(FlowColumnName name, const FlowEnds& e) {
    next(name);
    if (json_) *line_ += '"';
    append(e.first, e.ip_version);
    *line_ += '-';
    append(e.second, e.ip_version);
    for (const unsigned part : {unsigned{e.first_port}, unsigned{e.second_port}, unsigned{e.protocol}}) {
      *line_ += '-';
      detail::append_number(*line_, part);
    }
    if (json_) *line_ += '"';
  }

 private:
  void next(FlowColumnName name) {
    if (!std::exchange(first_, false)) *line_ += ',';
    if (!json_) return;
    *line_ += '"';
    *line_ += name.base;
    if (name.index != 0) detail::append_number(*line_, name.index);
    *line_ += "\":";
  }
  void append(const IpAddress& a, std::uint8_t ip_version) {
    const bool mapped = map_ != nullptr && map_->address;
    detail::append_address(*line_, mapped ? map_->address(a, ip_version) : a, ip_version);
  }
  void not_finite(double value) {
    if (json_) {
      *line_ += "null";
    } else {
      *line_ += std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }
  }
  void quote_csv(std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
      *line_ += value;
      return;
    }
    *line_ += '"';
    for (const char c : value) *line_ += c == '"' ? std::string("\"\"") : std::string(1, c);
    *line_ += '"';
  }
  void quote_json(std::string_view value) {
    constexpr std::string_view digits = "0123456789abcdef";
    *line_ += '"';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20) {
        *line_ += "\\u00";
        *line_ += digits[byte >> 4];
        *line_ += digits[byte & 15];
      } else {
        if (c == '"' || c == '\\') *line_ += '\\';
        *line_ += c;
      }
    }
    *line_ += '"';
  }

  std::string* line_ = nullptr;
  const FlowAddressMap* map_;
  bool json_;
  bool blank_missing_;
  bool first_ = true;
};

/// The numeric columns as numbers for a model, all finite, and for each whether it is valid. Columns beyond
/// the spans' ends are left out.
class FlowNumbers {
 public:
  FlowNumbers(std::span<double> values, std::span<bool> valid) : values_(values), valid_(valid) {}

  template <class T>
  void number(FlowColumnName, std::string_view, T value, bool valid = true) noexcept {
    const auto x = static_cast<double>(value);
    bool finite = true;
    if constexpr (std::is_floating_point_v<T>) finite = std::isfinite(x);
    if (at_ < values_.size()) values_[at_] = finite ? x : 0.0;
    if (at_ < valid_.size()) valid_[at_] = valid && finite;
    ++at_;
  }
  void text(FlowColumnName, std::string_view) noexcept {}
  void address(FlowColumnName, const IpAddress&, std::uint8_t) noexcept {}
  void mac(FlowColumnName, const MacAddress&, std::size_t = 6) noexcept {}
  void ends(FlowColumnName, const FlowEnds&) noexcept {}

  [[nodiscard]] std::size_t count() const noexcept { return at_; }

 private:
  std::span<double> values_;
  std::span<bool> valid_;
  std::size_t at_ = 0;
};

}  // namespace weir::inline WEIR_ABI
