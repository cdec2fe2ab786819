// The columns of a flow: what a profile says of each, and the list of them. A profile describes its columns
// once, to any class that takes them (this list; the writers of flow_output.hpp):
//
//   out.number("fwd_packets", "packets", flow->sides[0].packets);
//   out.number("fwd_mss", "bytes", mss, mss != 0);          // not valid: 0, and marked as missing
//   out.number({"start_ns", ColumnRole::time}, "ns", flow->start_ns);
//   out.text("end_reason", name), out.address("src_ip", a, version), out.mac(...), out.ends(...)
//
//   for (const FlowColumn& column : flow_columns<CoreFlow>()) ... column.name, column.unit, column.role
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What a column tells. What names a host or a moment is no behaviour: a model that reads it learns the
/// recording. The port of the server is a feature: it says which service a flow is of.
enum class ColumnRole : std::uint8_t {
  feature,   ///< how the flow behaves
  identity,  ///< who: a host, a client's port, the flow's number; addresses are always
  time,      ///< when, on the calendar
  label,     ///< what it is, said by others
};

[[nodiscard]] constexpr std::string_view name_of(ColumnRole role) noexcept {
  constexpr std::array<std::string_view, 4> names{"feature", "identity", "time", "label"};
  return names[static_cast<std::size_t>(role)];
}

/// The name of a column, or of the i-th of a row of columns ("splt_ps_3"), and its role.
struct FlowColumnName {
  std::string_view base;
  std::size_t index = 0;  ///< from 1; 0: none
  ColumnRole role = ColumnRole::feature;

  constexpr FlowColumnName(const char* name) : base(name) {}  // NOLINT: implicit on purpose
  constexpr FlowColumnName(const char* name, std::size_t i) : base(name), index(i) {}
  constexpr FlowColumnName(const char* name, ColumnRole r) : base(name), role(r) {}
  [[nodiscard]] std::string text() const {
    return index == 0 ? std::string(base) : std::string(base) + std::to_string(index);
  }
};

/// Both ends of a flow, for columns that name them in one text.
struct FlowEnds {
  std::uint8_t ip_version;
  const IpAddress& first;
  std::uint16_t first_port;
  const IpAddress& second;
  std::uint16_t second_port;
  std::uint8_t protocol;
};

struct FlowColumn {
  std::string name{};
  std::string_view unit{};  ///< empty: no unit
  ColumnRole role = ColumnRole::feature;
  bool numeric = false;
  bool address = false;  ///< of IP: the first one is the client's
};

/// Collects what columns there are.
class FlowColumns {
 public:
  template <class T>
  void number(FlowColumnName name, std::string_view unit, T, bool = true) {
    columns.push_back({name.text(), unit, name.role, true});
  }
  void text(FlowColumnName name, std::string_view) { columns.push_back({name.text(), {}, name.role}); }
  void address(FlowColumnName name, const IpAddress&, std::uint8_t) {
    identity(name);
    columns.back().address = true;
  }
  void mac(FlowColumnName name, const MacAddress&, std::size_t = 6) { identity(name); }
  void ends(FlowColumnName name, const FlowEnds&) { identity(name); }

  std::vector<FlowColumn> columns{};

 private:
  void identity(FlowColumnName name) { columns.push_back({name.text(), {}, ColumnRole::identity}); }
};

/// The columns of these profiles.
template <class... Profiles>
[[nodiscard]] std::vector<FlowColumn> flow_columns(const FlowFeatureOptions& features = {}) {
  const FlowRecord<Profiles...> empty{};
  std::vector<std::vector<std::byte>> memory{std::vector<std::byte>(Profiles::memory_bytes(features))...};
  typename FlowView<Profiles...>::Memory spans{};
  for (std::size_t i = 0; i < spans.size(); ++i) spans[i] = memory[i];
  FlowColumns out;
  FlowView<Profiles...>(&empty, spans, &features, 0).describe(out);
  return std::move(out.columns);
}

/// The entry of a model's record that says of which profile the table was, and what it says: "core, version
/// 1".
inline constexpr std::string_view flow_profile_entry = "flow profile";
template <class Profile>
[[nodiscard]] std::string flow_profile_text() {
  std::string text(Profile::name);
  text += ", version ";
  text += std::to_string(Profile::version);
  return text;
}

}  // namespace weir::inline WEIR_ABI
