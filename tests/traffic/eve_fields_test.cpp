// Columns of flow tables as fields of EVE.
#include <weir/traffic/features/eve_fields.hpp>
#include <weir/traffic/features/profiles.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace weir;

namespace {

std::string text_of(std::string_view column, std::string_view cell) {
  const EveField* const field = eve_field(column);
  REQUIRE(field != nullptr);
  return std::string(field->name) + " " + eve_text(*field, cell);
}

template <class Profile>
std::set<std::string_view> fields_of() {
  std::set<std::string_view> names;
  for (const FlowColumn& column : flow_columns<Profile>()) {
    if (const EveField* const field = eve_field(column.name)) names.insert(field->name);
  }
  return names;
}

}  // namespace

TEST_CASE("eve: hosts, ports, protocol and time of each profile that has them") {
  for (const std::string_view profile : profile_names) {
    CAPTURE(profile);
    const std::size_t expected = profile == "cesnet" ? 0 : 6;  // it names no host
    CHECK(with_profile(profile, [&]<class Profile>() { CHECK(fields_of<Profile>().size() == expected); }));
  }
  CHECK(eve_field("bytes") == nullptr);
  CHECK(text_of("Source IP", "10.0.0.1") == "src_ip 10.0.0.1");
  CHECK(text_of("Dst Port", "443") == "dest_port 443");
  CHECK(text_of("Sport", "0x0303") == "src_port ");
  CHECK(text_of("id.resp_h", "2001:db8::1") == "dest_ip 2001:db8::1");
  CHECK(text_of("protocol", "17") == "proto UDP");
  CHECK(text_of("protocolIdentifier", "89") == "proto 89");
  CHECK(text_of("proto", "icmp") == "proto ICMP");
}

TEST_CASE("eve: times in ISO 8601 with their zone") {
  CHECK(eve_time_text(std::int64_t{1'700'000'000'123'456'789}) == "2023-11-14T22:13:20.123456+0000");
  CHECK(eve_time_text(std::int64_t{-1}) == "1969-12-31T23:59:59.999999+0000");
  const std::string time = "timestamp 2023-11-14T22:13:20.010000+0000";
  CHECK(text_of("start_ns", "1700000000010000000") == time);
  CHECK(text_of("bidirectional_first_seen_ms", "1700000000010") == time);
  CHECK(text_of("ts", "1700000000.01") == time);
  CHECK(text_of("ts", "2023-11-14T22:13:20.010000Z") == time);
  CHECK(text_of("StartTime", "2023/11/14 22:13:20.010000") == time);
  CHECK(text_of("Timestamp", "2023-11-14 22:13:20.01") == time);
  CHECK(text_of("Timestamp", "14/11/2023 10:13:20 PM") == "timestamp 2023-11-14T22:13:20.000000+0000");
  CHECK(text_of("Timestamp", "14/11/2023 12:13:20 AM") == "timestamp 2023-11-14T00:13:20.000000+0000");
  CHECK(text_of("timestamp", "2021-06-06T15:58:31.793839+0200") ==
        "timestamp 2021-06-06T15:58:31.793839+0200");
  for (const char* odd : {"", "soon", "14/11/2023 10:13", "14/11/2023 10:13:20", "2023-11-14",
                          "2023-11-14 22:13:20 CET", "1e300", "99999999999999999999"}) {
    CAPTURE(odd);
    for (const char* column : {"Timestamp", "start_ns", "ts"}) CHECK(text_of(column, odd) == "timestamp ");
  }
}
