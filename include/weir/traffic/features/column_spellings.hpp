// The columns of CICFlowMeter as its versions and the data sets made with them spell them: one row a column.
//
//   same_column("Total Fwd Packets", "Tot Fwd Pkts")     true
//   find_column(schema.columns, "Dst Port")              where the table has it, by any spelling
//
// Sources: CICFlowMeter 98a5eba (FlowFeature.java), whose names profile `cic` has; the header lines of
// CIC-IDS2017 (MachineLearningCSV) and of CSE-CIC-IDS2018; Python's cicflowmeter 0.4.2 (flow.py).
//
// A spelling stands here only where it always means the same in the same unit. Python's cicflowmeter wrote times
// in microseconds at first and writes them in seconds since, under the same names; its subflow_* are the totals of
// the flow, and its cwr_flag_count counts URG: none of these is any other's column.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// Profile `cic`, CIC-IDS2017, CSE-CIC-IDS2018, Python's cicflowmeter; empty: it has no such column, or spells it
/// as the first does.
using ColumnSpellings = std::array<std::string_view, 4>;

inline constexpr auto cic_spellings = std::to_array<ColumnSpellings>({
    {"Src IP", "Source IP", "", "src_ip"},
    {"Src Port", "Source Port", "", "src_port"},
    {"Dst IP", "Destination IP", "", "dst_ip"},
    {"Dst Port", "Destination Port", "", "dst_port"},
    {"Total Fwd Packet", "Total Fwd Packets", "Tot Fwd Pkts", "tot_fwd_pkts"},
    {"Total Bwd packets", "Total Backward Packets", "Tot Bwd Pkts", "tot_bwd_pkts"},
    {"Total Length of Fwd Packet", "Total Length of Fwd Packets", "TotLen Fwd Pkts", "totlen_fwd_pkts"},
    {"Total Length of Bwd Packet", "Total Length of Bwd Packets", "TotLen Bwd Pkts", "totlen_bwd_pkts"},
    {"Fwd Packet Length Max", "", "Fwd Pkt Len Max", "fwd_pkt_len_max"},
    {"Fwd Packet Length Min", "", "Fwd Pkt Len Min", "fwd_pkt_len_min"},
    {"Fwd Packet Length Mean", "", "Fwd Pkt Len Mean", "fwd_pkt_len_mean"},
    {"Fwd Packet Length Std", "", "Fwd Pkt Len Std", "fwd_pkt_len_std"},
    {"Bwd Packet Length Max", "", "Bwd Pkt Len Max", "bwd_pkt_len_max"},
    {"Bwd Packet Length Min", "", "Bwd Pkt Len Min", "bwd_pkt_len_min"},
    {"Bwd Packet Length Mean", "", "Bwd Pkt Len Mean", "bwd_pkt_len_mean"},
    {"Bwd Packet Length Std", "", "Bwd Pkt Len Std", "bwd_pkt_len_std"},
    {"Flow Bytes/s", "", "Flow Byts/s", "flow_byts_s"},
    {"Flow Packets/s", "", "Flow Pkts/s", "flow_pkts_s"},
    {"Fwd IAT Total", "", "Fwd IAT Tot", ""},
    {"Bwd IAT Total", "", "Bwd IAT Tot", ""},
    {"Fwd PSH Flags", "", "", "fwd_psh_flags"},
    {"Bwd PSH Flags", "", "", "bwd_psh_flags"},
    {"Fwd URG Flags", "", "", "fwd_urg_flags"},
    {"Bwd URG Flags", "", "", "bwd_urg_flags"},
    {"Fwd Header Length", "Fwd Header Length.1", "Fwd Header Len", "fwd_header_len"},
    {"Bwd Header Length", "", "Bwd Header Len", "bwd_header_len"},
    {"Fwd Packets/s", "", "Fwd Pkts/s", "fwd_pkts_s"},
    {"Bwd Packets/s", "", "Bwd Pkts/s", "bwd_pkts_s"},
    {"Packet Length Min", "Min Packet Length", "Pkt Len Min", "pkt_len_min"},
    {"Packet Length Max", "Max Packet Length", "Pkt Len Max", "pkt_len_max"},
    {"Packet Length Mean", "", "Pkt Len Mean", "pkt_len_mean"},
    {"Packet Length Std", "", "Pkt Len Std", "pkt_len_std"},
    {"Packet Length Variance", "", "Pkt Len Var", "pkt_len_var"},
    {"FIN Flag Count", "", "FIN Flag Cnt", "fin_flag_cnt"},
    {"SYN Flag Count", "", "SYN Flag Cnt", "syn_flag_cnt"},
    {"RST Flag Count", "", "RST Flag Cnt", "rst_flag_cnt"},
    {"PSH Flag Count", "", "PSH Flag Cnt", "psh_flag_cnt"},
    {"ACK Flag Count", "", "ACK Flag Cnt", "ack_flag_cnt"},
    {"URG Flag Count", "", "URG Flag Cnt", "urg_flag_cnt"},
    {"CWR Flag Count", "CWE Flag Count", "", ""},
    {"ECE Flag Count", "", "ECE Flag Cnt", "ece_flag_cnt"},
    {"Down/Up Ratio", "", "", "down_up_ratio"},
    {"Average Packet Size", "", "Pkt Size Avg", "pkt_size_avg"},
    {"Fwd Segment Size Avg", "Avg Fwd Segment Size", "Fwd Seg Size Avg", "fwd_seg_size_avg"},
    {"Bwd Segment Size Avg", "Avg Bwd Segment Size", "Bwd Seg Size Avg", "bwd_seg_size_avg"},
    {"Fwd Bytes/Bulk Avg", "Fwd Avg Bytes/Bulk", "Fwd Byts/b Avg", "fwd_byts_b_avg"},
    {"Fwd Packet/Bulk Avg", "Fwd Avg Packets/Bulk", "Fwd Pkts/b Avg", "fwd_pkts_b_avg"},
    {"Fwd Bulk Rate Avg", "Fwd Avg Bulk Rate", "Fwd Blk Rate Avg", "fwd_blk_rate_avg"},
    {"Bwd Bytes/Bulk Avg", "Bwd Avg Bytes/Bulk", "Bwd Byts/b Avg", "bwd_byts_b_avg"},
    {"Bwd Packet/Bulk Avg", "Bwd Avg Packets/Bulk", "Bwd Pkts/b Avg", "bwd_pkts_b_avg"},
    {"Bwd Bulk Rate Avg", "Bwd Avg Bulk Rate", "Bwd Blk Rate Avg", "bwd_blk_rate_avg"},
    {"Subflow Fwd Packets", "", "Subflow Fwd Pkts", ""},
    {"Subflow Fwd Bytes", "", "Subflow Fwd Byts", ""},
    {"Subflow Bwd Packets", "", "Subflow Bwd Pkts", ""},
    {"Subflow Bwd Bytes", "", "Subflow Bwd Byts", ""},
    {"FWD Init Win Bytes", "Init_Win_bytes_forward", "Init Fwd Win Byts", "init_fwd_win_byts"},
    {"Bwd Init Win Bytes", "Init_Win_bytes_backward", "Init Bwd Win Byts", "init_bwd_win_byts"},
    {"Fwd Act Data Pkts", "act_data_pkt_fwd", "", "fwd_act_data_pkts"},
    {"Fwd Seg Size Min", "min_seg_size_forward", "", "fwd_seg_size_min"},
});

namespace detail {

/// Equal but for blanks around and the case of letters.
[[nodiscard]] constexpr bool same_but_case(std::string_view a, std::string_view b) noexcept {
  const auto trimmed = [](std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return std::string_view();
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
  };
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  a = trimmed(a);
  b = trimmed(b);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&small](char x, char y) { return small(x) == small(y); });
}

/// The row of a name, if there is one.
[[nodiscard]] constexpr const ColumnSpellings* spellings_of(std::string_view name) noexcept {
  if (name.empty()) return nullptr;
  for (const ColumnSpellings& row : cic_spellings) {
    for (const std::string_view spelling : row) {
      if (!spelling.empty() && same_but_case(spelling, name)) return &row;
    }
  }
  return nullptr;
}

/// The unit of a time of CICFlowMeter, or of Python's cicflowmeter, by how it is spelt; empty: no such
/// column.
[[nodiscard]] constexpr std::string_view unit_of_cic_time(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> times{"Flow Duration", "Flow IAT ", "Fwd IAT ",
                                                  "Bwd IAT ",      "Active ",   "Idle "};
  constexpr std::array<std::string_view, 6> python_times{"flow_duration", "flow_iat_", "fwd_iat_",
                                                         "bwd_iat_",      "active_",   "idle_"};
  const auto begins = [name](std::string_view word) { return name.starts_with(word); };
  if (std::any_of(times.begin(), times.end(), begins)) return "microseconds";
  return std::any_of(python_times.begin(), python_times.end(), begins) ? "seconds" : "";
}

}  // namespace detail

/// Whether two names are spellings of one column.
[[nodiscard]] constexpr bool same_column(std::string_view a, std::string_view b) noexcept {
  if (a == b || detail::same_but_case(a, b)) return true;
  const ColumnSpellings* const row = detail::spellings_of(a);
  return row != nullptr && row == detail::spellings_of(b);
}

/// Why a time of CICFlowMeter is not found among the columns of Python's cicflowmeter, or the other way
/// round; empty where that is not so.
template <class Names>
[[nodiscard]] std::string other_unit_text(std::string_view wanted, const Names& names) {
  const std::string_view unit = detail::unit_of_cic_time(wanted);
  const auto other = std::find_if(names.begin(), names.end(), [unit](const auto& name) {
    const std::string_view its = detail::unit_of_cic_time(name);
    return !its.empty() && its != unit;
  });
  if (unit.empty() || other == names.end()) return {};
  return "; CICFlowMeter writes times in microseconds, Python's cicflowmeter, but for its first versions, in "
         "seconds ('" +
         std::string(unit == "seconds" ? wanted : *other) +
         "'), so that neither is read for the other: convert them, and name them as the model does";
}

/// The column of this name; else the only one that differs by case and blanks around; else the first of another
/// spelling. `columns` have a member `name`.
template <class Columns>
[[nodiscard]] std::optional<std::size_t> find_column(const Columns& columns, std::string_view name) {
  const auto place = [&columns](auto&& is) -> std::optional<std::size_t> {
    const auto at = std::find_if(columns.begin(), columns.end(), is);
    if (at == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(at - columns.begin());
  };
  if (const auto exact = place([&](const auto& column) { return column.name == name; })) return exact;
  const auto but_case = [&](const auto& column) { return detail::same_but_case(column.name, name); };
  const auto alike = std::count_if(columns.begin(), columns.end(), but_case);
  if (alike > 1) return std::nullopt;
  if (alike == 1) return place(but_case);
  const ColumnSpellings* const row = detail::spellings_of(name);
  if (row == nullptr) return std::nullopt;
  return place([&](const auto& column) { return detail::spellings_of(column.name) == row; });
}

}  // namespace weir::inline WEIR_ABI
