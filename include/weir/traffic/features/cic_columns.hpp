// The 84 columns of CICFlowMeter (FlowFeature.java at 98a5eba) in their order and under their names; `cic`
// and `cic_compat` fill in the values.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_columns.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::inline WEIR_ABI {
namespace detail {

/// A number and whether it is defined.
struct CicValue {
  double value = 0;
  bool valid = true;
};

/// Mean, standard deviation, greatest and least, as CICFlowMeter orders them.
struct CicStatistics {
  double mean = 0, std = 0, max = 0, min = 0, sum = 0;
  bool valid = true;      ///< there is a value at all
  bool std_valid = true;  ///< there are two
};

struct CicSide {
  std::uint64_t packets = 0, bytes = 0, header_bytes = 0;
  std::uint64_t psh = 0, urg = 0;
  CicStatistics length{}, iat{};
  CicValue packets_per_s{}, segment_size{};
  CicValue bulk_bytes{}, bulk_packets{}, bulk_rate{};
  CicValue subflow_packets{}, subflow_bytes{};
  CicValue first_window{};
};

struct CicRow {
  FlowEnds id;    ///< as the flow's name orders them
  FlowEnds ends;  ///< source and destination
  std::string_view timestamp;
  double duration_us = 0;
  CicSide sides[2]{};
  CicValue bytes_per_s{}, packets_per_s{};
  CicStatistics iat{}, length{};
  CicValue length_variance{};
  std::uint64_t flags[8]{};  ///< by bit of tcp_flag
  CicValue down_up{}, average_size{};
  std::uint64_t fwd_data_packets = 0;
  CicValue fwd_least_header{};
  CicStatistics active{}, idle{};
};

/// A table that has all of these is one of CICFlowMeter's, or of a profile of its columns.
inline constexpr std::array<std::string_view, 4> cic_known_by{"Flow Duration", "Total Fwd Packet",
                                                              "Total Bwd packets", "Flow IAT Mean"};

template <class Out>
void put_value(Out& out, const char* name, std::string_view unit, const CicValue& v) {
  out.number(name, unit, v.value, v.valid);
}

/// The names stand for mean, standard deviation, greatest, least.
template <class Out>
void put_statistics(Out& out, const char* const (&names)[4], std::string_view unit, const CicStatistics& s) {
  out.number(names[0], unit, s.mean, s.valid);
  out.number(names[1], unit, s.std, s.std_valid);
  out.number(names[2], unit, s.max, s.valid);
  out.number(names[3], unit, s.min, s.valid);
}
/// Lengths have them in another order: greatest, least, mean, standard deviation.
template <class Out>
void put_lengths(Out& out, const char* const (&names)[4], const CicStatistics& s) {
  out.number(names[0], "bytes", s.max, s.valid);
  out.number(names[1], "bytes", s.min, s.valid);
  out.number(names[2], "bytes", s.mean, s.valid);
  out.number(names[3], "bytes", s.std, s.std_valid);
}

template <class Out>
void describe_cic_head(const CicRow& r, Out& out) {
  const CicSide& fwd = r.sides[0];
  const CicSide& bwd = r.sides[1];
  out.ends("Flow ID", r.id);
  out.address("Src IP", r.ends.first, r.ends.ip_version);
  out.number({"Src Port", ColumnRole::identity}, "", r.ends.first_port);
  out.address("Dst IP", r.ends.second, r.ends.ip_version);
  out.number("Dst Port", "", r.ends.second_port);
  out.number("Protocol", "", r.ends.protocol);
  out.text({"Timestamp", ColumnRole::time}, r.timestamp);
  out.number("Flow Duration", "us", r.duration_us);
  out.number("Total Fwd Packet", "packets", fwd.packets);
  out.number("Total Bwd packets", "packets", bwd.packets);
  out.number("Total Length of Fwd Packet", "bytes", fwd.bytes);
  out.number("Total Length of Bwd Packet", "bytes", bwd.bytes);
  put_lengths(
      out,
      {"Fwd Packet Length Max", "Fwd Packet Length Min", "Fwd Packet Length Mean", "Fwd Packet Length Std"},
      fwd.length);
  put_lengths(
      out,
      {"Bwd Packet Length Max", "Bwd Packet Length Min", "Bwd Packet Length Mean", "Bwd Packet Length Std"},
      bwd.length);
  put_value(out, "Flow Bytes/s", "bytes/s", r.bytes_per_s);
  put_value(out, "Flow Packets/s", "packets/s", r.packets_per_s);
  put_statistics(out, {"Flow IAT Mean", "Flow IAT Std", "Flow IAT Max", "Flow IAT Min"}, "us", r.iat);
  out.number("Fwd IAT Total", "us", fwd.iat.sum, fwd.iat.valid);
  put_statistics(out, {"Fwd IAT Mean", "Fwd IAT Std", "Fwd IAT Max", "Fwd IAT Min"}, "us", fwd.iat);
  out.number("Bwd IAT Total", "us", bwd.iat.sum, bwd.iat.valid);
  put_statistics(out, {"Bwd IAT Mean", "Bwd IAT Std", "Bwd IAT Max", "Bwd IAT Min"}, "us", bwd.iat);
}

template <class Out>
void describe_cic_middle(const CicRow& r, Out& out) {
  const CicSide& fwd = r.sides[0];
  const CicSide& bwd = r.sides[1];
  out.number("Fwd PSH Flags", "packets", fwd.psh);
  out.number("Bwd PSH Flags", "packets", bwd.psh);
  out.number("Fwd URG Flags", "packets", fwd.urg);
  out.number("Bwd URG Flags", "packets", bwd.urg);
  out.number("Fwd Header Length", "bytes", fwd.header_bytes);
  out.number("Bwd Header Length", "bytes", bwd.header_bytes);
  put_value(out, "Fwd Packets/s", "packets/s", fwd.packets_per_s);
  put_value(out, "Bwd Packets/s", "packets/s", bwd.packets_per_s);
  out.number("Packet Length Min", "bytes", r.length.min, r.length.valid);
  out.number("Packet Length Max", "bytes", r.length.max, r.length.valid);
  out.number("Packet Length Mean", "bytes", r.length.mean, r.length.valid);
  out.number("Packet Length Std", "bytes", r.length.std, r.length.std_valid);
  put_value(out, "Packet Length Variance", "bytes^2", r.length_variance);
  constexpr const char* flag_names[8]{"FIN Flag Count", "SYN Flag Count", "RST Flag Count", "PSH Flag Count",
                                      "ACK Flag Count", "URG Flag Count", "CWR Flag Count", "ECE Flag Count"};
  constexpr std::size_t bits[8]{0, 1, 2, 3, 4, 5, 7, 6};
  for (std::size_t i = 0; i < 8; ++i) out.number(flag_names[i], "packets", r.flags[bits[i]]);
  put_value(out, "Down/Up Ratio", "", r.down_up);
  put_value(out, "Average Packet Size", "bytes", r.average_size);
  put_value(out, "Fwd Segment Size Avg", "bytes", fwd.segment_size);
  put_value(out, "Bwd Segment Size Avg", "bytes", bwd.segment_size);
}

template <class Out>
void describe_cic_tail(const CicRow& r, std::string_view label, Out& out) {
  const CicSide& fwd = r.sides[0];
  const CicSide& bwd = r.sides[1];
  put_value(out, "Fwd Bytes/Bulk Avg", "bytes", fwd.bulk_bytes);
  put_value(out, "Fwd Packet/Bulk Avg", "packets", fwd.bulk_packets);
  put_value(out, "Fwd Bulk Rate Avg", "bytes/s", fwd.bulk_rate);
  put_value(out, "Bwd Bytes/Bulk Avg", "bytes", bwd.bulk_bytes);
  put_value(out, "Bwd Packet/Bulk Avg", "packets", bwd.bulk_packets);
  put_value(out, "Bwd Bulk Rate Avg", "bytes/s", bwd.bulk_rate);
  put_value(out, "Subflow Fwd Packets", "packets", fwd.subflow_packets);
  put_value(out, "Subflow Fwd Bytes", "bytes", fwd.subflow_bytes);
  put_value(out, "Subflow Bwd Packets", "packets", bwd.subflow_packets);
  put_value(out, "Subflow Bwd Bytes", "bytes", bwd.subflow_bytes);
  put_value(out, "FWD Init Win Bytes", "bytes", fwd.first_window);
  put_value(out, "Bwd Init Win Bytes", "bytes", bwd.first_window);
  out.number("Fwd Act Data Pkts", "packets", r.fwd_data_packets);
  put_value(out, "Fwd Seg Size Min", "bytes", r.fwd_least_header);
  put_statistics(out, {"Active Mean", "Active Std", "Active Max", "Active Min"}, "us", r.active);
  put_statistics(out, {"Idle Mean", "Idle Std", "Idle Max", "Idle Min"}, "us", r.idle);
  out.text({"Label", ColumnRole::label}, label);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
