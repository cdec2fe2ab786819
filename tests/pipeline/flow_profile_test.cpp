// The profile whose columns a pipeline reads.
#include <weir/pipeline/flow_model_record.hpp>
#include <weir/pipeline/flow_profile.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

Schema schema_of(std::initializer_list<const char*> names) {
  Schema schema;
  for (const char* name : names) schema.columns.push_back({name});
  return schema;
}

/// How many profiles were needed; 0: they do not have the columns.
template <class Profile>
std::size_t needed(const Schema& schema, std::string* refusal = nullptr) {
  ProfileSearch search(schema);
  std::size_t count = 0;
  const FlowFeatureOptions features = features_for(schema, {.packets = 0});
  const bool found = search.template try_profile<Profile>(
      features, [&]<class... Profiles>() { count = sizeof...(Profiles); });
  CHECK(found == (count > 0));
  if (refusal != nullptr) *refusal = search.refusal();
  return count;
}

struct TwoColumns {
  template <class Out>
  void describe(Out& out) const {
    out.number("Dst Port", "", 443);
    out.number("Fwd Header Length", "bytes", 60);
  }
};

}  // namespace

TEST_CASE("a meter keeps as many packets and bytes as the columns name") {
  const FlowFeatureOptions features =
      features_for(schema_of({"fwd_packets", "seq_size_3", "seq_flags_8", "payload_20", "header_bit_1409"}),
                   {.packets = 0});
  CHECK(features.packets == 8);
  CHECK(features.payload_bytes == 20);
  CHECK(features.header_packets == 2);
}

TEST_CASE("a profile is taken alone, or with the columns that may stand beside it") {
  CHECK(needed<CoreFlow>(schema_of({"fwd_packets", "bwd_bytes"})) == 1);
  CHECK(needed<CoreFlow>(schema_of({"fwd_packets", "seq_size_3", "payload_4"})) == 4);
  std::string refusal;
  CHECK(needed<CoreFlow>(schema_of({"fwd_packets", "Flow Duration", "Flow IAT Mean"}), &refusal) == 0);
  CHECK(refusal == "profile 'core' has no column 'Flow Duration' and 1 more are missing");
  CHECK(needed<CicFlow>(schema_of({"Flow Duration", "Flow IAT Mean"})) == 1);
}

TEST_CASE("a profile is found by any spelling of its columns, and a column may be asked for twice") {
  const Schema of_2017 = schema_of({"Destination Port", "Total Fwd Packets", "Fwd Header Length",
                                    "Fwd Header Length.1", "Init_Win_bytes_forward", "CWE Flag Count"});
  CHECK(needed<CicFlow>(of_2017) == 1);
  CHECK(needed<CicFlow>(schema_of({"Dst Port", "Tot Fwd Pkts", "Init Fwd Win Byts"})) == 1);
  CHECK(needed<CicFlow>(schema_of({"dst_port", "tot_fwd_pkts"})) == 1);
  std::string refusal;
  CHECK(needed<CicFlow>(schema_of({"flow_duration"}), &refusal) == 0);  // seconds in some versions
  CHECK(refusal == "profile 'cic' has no column 'flow_duration'");

  const std::vector<FlowColumn> columns{{"Dst Port"}, {"Fwd Header Length"}};
  FlowModelRecord record(schema_of({"Fwd Header Length", "Destination Port", "Fwd Header Length.1"}),
                         columns);
  record.take(TwoColumns{});
  const std::vector<double> numbers(record.numbers().begin(), record.numbers().end());
  CHECK(numbers == std::vector<double>{60.0, 443.0, 60.0});
}
