// What the profiles say of their columns: roles, by which tables of flows are known, and the page of all.
// With WEIR_WRITE_DOCS set the page is written anew.
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_columns.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source_dir.hpp"

using namespace weir;

namespace {

/// Columns that are described as addresses.
struct Addresses {
  template <class T>
  void number(FlowColumnName, std::string_view, T, bool = true) {}
  void text(FlowColumnName, std::string_view) {}
  void address(FlowColumnName name, const IpAddress&, std::uint8_t) { names.push_back(name.text()); }
  void mac(FlowColumnName name, const MacAddress&, std::size_t = 6) { names.push_back(name.text()); }
  void ends(FlowColumnName name, const FlowEnds&) { names.push_back(name.text()); }
  std::vector<std::string> names{};
};

template <class Profile>
std::vector<std::string> addresses() {
  const FlowFeatureOptions features;
  const FlowRecord<Profile> empty{};
  std::vector<std::byte> memory(Profile::memory_bytes(features));
  typename FlowView<Profile>::Memory spans{};
  spans[0] = memory;
  Addresses out;
  FlowView<Profile>(&empty, spans, &features, 0).describe(out);
  return out.names;
}

template <class Profile>
std::vector<std::string> names_with(ColumnRole role) {
  std::vector<std::string> names;
  for (const FlowColumn& column : flow_columns<Profile>()) {
    if (column.role == role) names.push_back(column.name);
  }
  return names;
}

template <class Profile>
std::vector<std::string> names_of_columns() {
  std::vector<std::string> names;
  for (const FlowColumn& column : flow_columns<Profile>()) names.push_back(column.name);
  return names;
}

/// The first profile of the list with the same columns.
template <class Profile, class... Profiles>
std::string first_alike(ProfileList<Profiles...>) {
  std::string text;
  const auto is = [&]<class Other>() {
    if (names_of_columns<Other>() != names_of_columns<Profile>()) return false;
    text = flow_profile_text<Other>();
    return true;
  };
  static_cast<void>((is.template operator()<Profiles>() || ...));
  return text;
}

template <class Profile>
void check() {
  CAPTURE(Profile::name);
  const std::vector<std::string> names = names_of_columns<Profile>();
  const std::optional<TableProfile> known = profile_of_columns(names);
  REQUIRE(known.has_value());
  CHECK(known->text == first_alike<Profile>(AllProfiles{}));
  for (const std::string_view name : Profile::known_by) {
    CAPTURE(name);
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
  }
  for (const std::string& name : addresses<Profile>()) {
    CAPTURE(name);
    CHECK(known->role_of(name) == ColumnRole::identity);
  }
}

template <class... Profiles>
void check_all(ProfileList<Profiles...>) {
  (check<Profiles>(), ...);
}

using Names = std::vector<std::string>;

/// The number behind a column of a row of columns is left out: "splt_ps_i".
std::string base_of(const std::string& name) {
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  if (digits == name.size() || digits == 0 || name[digits - 1] != '_') return name;
  return name.substr(0, digits) + "i";
}

template <class Profile>
std::string rows(const FlowFeatureOptions& features) {
  std::string text = "| column | unit | role |\n|---|---|---|\n";
  Names told;
  for (const FlowColumn& column : flow_columns<Profile>(features)) {
    const std::string name = base_of(column.name);
    if (std::find(told.begin(), told.end(), name) != told.end()) continue;
    told.push_back(name);
    const std::string unit = !column.unit.empty() ? std::string(column.unit) : column.numeric ? "" : "text";
    text.append("| `").append(name).append("` | ").append(unit);
    text.append(" | ").append(name_of(column.role)).append(" |\n");
  }
  return text;
}

class Page {
 public:
  template <class Profile>
  void add(const FlowFeatureOptions& features = {}) {
    text_ += "\n## " + std::string(Profile::name) + ", version " + std::to_string(Profile::version) + "\n\n";
    const std::string rows_here = rows<Profile>(features);
    const auto same = told_.find(rows_here);
    text_ += same == told_.end() ? rows_here : "Those of `" + same->second + "`.\n";
    told_.emplace(rows_here, Profile::name);
  }
  template <class... Profiles>
  void add_all(ProfileList<Profiles...>) {
    (add<Profiles>(), ...);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_ =
      "# Columns of all profiles\n\n"
      "What each means is in [flow_features](flow_features.md#profiles). `weir train` and `make_samples` "
      "learn from the\n"
      "columns whose role is `feature`. `i` counts packets, bytes, bits or bins from 1. This page is made "
      "from what the\n"
      "profiles say of their columns (`traffic/flow/flow_columns.hpp`) and a test holds it against them.\n";
  std::map<std::string, std::string> told_{};
};

std::string page() {
  Page page;
  page.add_all(AllProfiles{});
  page.add<PacketSequence>();
  page.add<PayloadBytes>({.payload_bytes = 1});
  page.add<HeaderBits>({.header_packets = 1});
  return page.text();
}

}  // namespace

TEST_CASE("profile columns: every profile is recognised, and every address is an identity") {
  check_all(AllProfiles{});
  CHECK(first_alike<CicCompatFlow>(AllProfiles{}) == "cic, version 1");  // of the same columns
  CHECK(first_alike<ZeekFlow>(AllProfiles{}) == "zeek, version 1");
  CHECK(addresses<CesnetFlow>().empty());
}

TEST_CASE("profile columns: who and when") {
  CHECK(names_with<CoreFlow>(ColumnRole::identity) == Names{"src_ip", "src_port", "dst_ip", "flow_id"});
  CHECK(names_with<CoreFlow>(ColumnRole::time) == Names{"start_ns"});
  CHECK(names_with<CicFlow>(ColumnRole::identity) == Names{"Flow ID", "Src IP", "Src Port", "Dst IP"});
  CHECK(names_with<CicFlow>(ColumnRole::time) == Names{"Timestamp"});
  CHECK(names_with<CicFlow>(ColumnRole::label) == Names{"Label"});
  CHECK(names_with<NfstreamFlow>(ColumnRole::identity) ==
        Names{"id", "src_ip", "src_mac", "src_oui", "src_port", "dst_ip", "dst_mac", "dst_oui"});
  CHECK(names_with<NfstreamFlow>(ColumnRole::time) ==
        Names{"bidirectional_first_seen_ms", "bidirectional_last_seen_ms", "src2dst_first_seen_ms",
              "src2dst_last_seen_ms", "dst2src_first_seen_ms", "dst2src_last_seen_ms"});
  CHECK(names_with<NetflowFlow>(ColumnRole::identity) ==
        Names{"sourceIPv4Address", "sourceIPv6Address", "destinationIPv4Address", "destinationIPv6Address",
              "sourceTransportPort", "flowId"});
  CHECK(names_with<NetflowFlow>(ColumnRole::time) == Names{"flowStartNanoseconds", "flowEndNanoseconds"});
  CHECK(names_with<ZeekFlow>(ColumnRole::identity) == Names{"uid", "id.orig_h", "id.orig_p", "id.resp_h"});
  CHECK(names_with<ZeekFlow>(ColumnRole::time) == Names{"ts"});
}

TEST_CASE("profile columns: other tables are none of flows") {
  CHECK_FALSE(profile_of_columns({}).has_value());
  CHECK_FALSE(profile_of_columns(Names{"src_ip", "duration", "label"}).has_value());
}

TEST_CASE("docs/flow_columns.md has the columns of all profiles") {
  const std::filesystem::path path = weir_test::source_dir() / "docs/flow_columns.md";
  const std::string expected = page();
  if (std::getenv("WEIR_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << expected;
  std::ifstream in(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(found == expected,
                "make it anew: WEIR_WRITE_DOCS=1 tests/test_traffic -sf='*profile_columns_test.cpp'");
}
