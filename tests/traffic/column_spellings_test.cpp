#include <weir/traffic/features/cic.hpp>
#include <weir/traffic/features/column_spellings.hpp>
#include <weir/traffic/flow/flow_columns.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

TEST_CASE("column spellings: one column, whatever version of CICFlowMeter wrote it") {
  CHECK(same_column("Total Fwd Packets", "Tot Fwd Pkts"));
  CHECK(same_column("tot_fwd_pkts", "Total Fwd Packet"));
  CHECK(same_column(" Destination Port", "dst_port"));
  CHECK(same_column("FLOW duration", "Flow Duration"));
  CHECK_FALSE(same_column("Total Fwd Packets", "Total Backward Packets"));
  // Microseconds in some versions of Python's cicflowmeter and seconds in others; totals; another flag.
  CHECK_FALSE(same_column("flow_duration", "Flow Duration"));
  CHECK_FALSE(same_column("flow_iat_mean", "Flow IAT Mean"));
  CHECK_FALSE(same_column("subflow_fwd_pkts", "Subflow Fwd Packets"));
  CHECK_FALSE(same_column("cwr_flag_count", "CWR Flag Count"));
}

TEST_CASE("column spellings: times of another unit are told where the model's are not found") {
  const std::vector<std::string> python{"src_ip", "flow_duration", "fwd_iat_tot"}, java{"Flow Duration"};
  CHECK(other_unit_text("Flow Duration", python).find("in seconds ('flow_duration')") != std::string::npos);
  CHECK(other_unit_text("Fwd IAT Total", python).find("microseconds") != std::string::npos);
  CHECK(other_unit_text("flow_duration", java).find("in seconds ('flow_duration')") != std::string::npos);
  CHECK(other_unit_text("Flow IAT Mean", java).empty());
  CHECK(other_unit_text("Protocol", python).empty());
}

TEST_CASE("column spellings: each stands in one row, and the first of a row is the profile's") {
  std::set<std::string_view> seen;
  std::set<std::string> names;
  for (const FlowColumn& column : flow_columns<CicFlow>()) names.insert(column.name);
  for (const ColumnSpellings& row : cic_spellings) {
    CAPTURE(row[0]);
    CHECK(names.count(std::string(row[0])) == 1);
    for (const std::string_view spelling : row) {
      if (!spelling.empty()) CHECK(seen.insert(spelling).second);
    }
  }
}

TEST_CASE("column spellings: the exact name comes first, then case, then another spelling") {
  const auto columns = [](const std::vector<std::string>& names) {
    std::vector<FlowColumn> all;
    for (const std::string& name : names) all.push_back({name});
    return all;
  };
  CHECK(find_column(columns({"Tot Fwd Pkts", "total fwd packet", "Total Fwd Packet"}), "Total Fwd Packet") ==
        2U);
  CHECK(find_column(columns({"Tot Fwd Pkts", "total fwd packet"}), "Total Fwd Packet") == 1U);
  CHECK(find_column(columns({"x", "Tot Fwd Pkts"}), "Total Fwd Packet") == 1U);
  CHECK_FALSE(find_column(columns({"bytes", "Bytes"}), "BYTES").has_value());
  CHECK_FALSE(find_column(columns({"bytes"}), "packets").has_value());
}
