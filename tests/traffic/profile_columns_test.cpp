// The lists of identities and times fit what the profiles write.
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/features/profile_columns.hpp>
#include <weir/traffic/flow/flow_output.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

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
void check(std::string_view listed_as) {
  CAPTURE(Profile::name);
  std::vector<std::string> names;
  for (const FlowColumn& column : flow_columns<Profile>()) names.push_back(column.name);
  const ProfileColumns* const columns = profile_of_columns(names);
  REQUIRE(columns != nullptr);
  CHECK(columns->profile == listed_as);
  CHECK(columns->version == Profile::version);
  const auto has = [](const auto& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& list : {columns->known_by, columns->identities, columns->times}) {
    for (const std::string_view name : list) {
      CAPTURE(name);
      CHECK(has(names, name));
    }
  }
  for (const std::string& name : addresses<Profile>()) {
    CAPTURE(name);
    CHECK(has(columns->identities, name));
  }
}

}  // namespace

TEST_CASE("profile columns: every profile is recognised, and every address is an identity") {
  check<CoreFlow>("core");
  check<CicFlow>("cic");
  check<CicCompatFlow>("cic");
  check<NfstreamFlow>("nfstream");
  check<NetflowFlow>("netflow");
  check<ZeekFlow>("zeek");
  CHECK(addresses<CesnetFlow>().empty());
}

TEST_CASE("profile columns: other tables are none of flows") {
  CHECK(profile_of_columns({}) == nullptr);
  CHECK(profile_of_columns(std::vector<std::string>{"src_ip", "duration", "label"}) == nullptr);
}
