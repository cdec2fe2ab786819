// The flow record: what one pass over a connection's packets, and the 60 s before it, say about it.
//
// Lengths are wire lengths in bytes, times milliseconds, standard deviations those of the population (divided
// by n); a connection of one packet has inter-arrival times of 0. conn_state follows Zeek's names. The counts
// over hosts are causal: they know of earlier connections only what had been seen when this one started.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/made_packet.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

/// Mean, standard deviation, least and greatest of a stream (Welford 1962).
class Moments {
 public:
  void add(double x) noexcept {
    ++count_;
    const double delta = x - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ = std::fma(delta, x - mean_, squares_);  // spelt out, so that no compiler chooses for itself
    min_ = std::min(min_, x);
    max_ = std::max(max_, x);
  }
  [[nodiscard]] double mean() const noexcept { return mean_; }
  [[nodiscard]] double std() const noexcept {
    return count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_));
  }
  [[nodiscard]] double min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] double max() const noexcept { return count_ == 0 ? 0 : max_; }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

/// Zeek's states: S0 no answer, S1 never closed, SF closed by both, REJ refused, S2/S3 closed by the client
/// or the server alone, RSTO/RSTR reset by them. SF of UDP: both sides spoke. OTH: no SYN seen.
enum class ConnState : std::uint8_t { s0, s1, s2, s3, sf, rej, rsto, rstr, oth };
inline constexpr std::array<std::string_view, 9> state_names{"S0",  "S1",   "S2",   "S3", "SF",
                                                             "REJ", "RSTO", "RSTR", "OTH"};

struct ConnectionRecord {
  static constexpr std::array<std::string_view, 29> columns{
      "duration_ms",     "fwd_packets",     "bwd_packets",       "fwd_bytes",     "bwd_bytes",
      "fwd_payload",     "bwd_payload",     "syn_count",         "fin_count",     "rst_count",
      "psh_count",       "retransmissions", "length_mean",       "length_std",    "length_min",
      "length_max",      "gap_mean_ms",     "gap_std_ms",        "gap_min_ms",    "gap_max_ms",
      "same_src_2s",     "same_dst_2s",     "same_service_2s",   "same_pair_60s", "other_hosts_60s",
      "other_ports_60s", "src_failed_60s",  "dst_unanswered_2s", "dst_refused_2s"};
  static constexpr std::size_t packet_columns = 20;  ///< the rest looks at earlier connections
  using Features = std::array<double, columns.size()>;

  std::int64_t start_ns = 0;
  Endpoint client{};
  Endpoint server{};
  Protocol protocol = Protocol::tcp;
  std::string_view service;  ///< by the server's port: what a meter can know
  ConnState state = ConnState::oth;
  Features features{};
  Kind kind = Kind::web;  ///< the truth

  [[nodiscard]] std::string_view protocol_name() const noexcept {
    return protocol == Protocol::tcp ? "tcp" : "udp";
  }
  [[nodiscard]] std::string_view state_name() const noexcept {
    return state_names[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::string_view label() const noexcept { return label_of(kind); }
};

[[nodiscard]] constexpr std::string_view service_of_port(Protocol protocol, std::uint16_t port) noexcept {
  const bool tcp = protocol == Protocol::tcp;
  switch (port) {
    case 22: return tcp ? "ssh" : "other";
    case 25: return tcp ? "smtp" : "other";
    case 53: return "dns";
    case 80: return tcp ? "http" : "other";
    case 123: return tcp ? "other" : "ntp";
    case 443: return tcp ? "https" : "quic";
    case 993: return tcp ? "imaps" : "other";
    case 445: return tcp ? "smb" : "other";
    case 1433:
    case 3306: return tcp ? "sql" : "other";
    case 3389: return tcp ? "rdp" : "other";
    case 1883:
    case 8883: return tcp ? "mqtt" : "other";
    case 5683: return tcp ? "other" : "coap";
    default: return "other";
  }
}

namespace detail {

/// One pass over the packets of a connection.
class PacketTally {
 public:
  void add(const Packet& p) noexcept {
    const auto d = index_of(p.direction);
    ++packets_[d];
    bytes_[d] += p.wire_length;
    payload_[d] += p.payload_length;
    length_.add(p.wire_length);
    if (last_ns_ >= 0) gap_ms_.add(static_cast<double>(p.time_ns - last_ns_) / 1e6);
    if (first_ns_ < 0) first_ns_ = p.time_ns;
    last_ns_ = p.time_ns;
    add_flags(p, d);
    add_sequence(p, d);
  }

  /// When the server first answered with SYN-ACK (any datagram in UDP) or with RST; the greatest time if
  /// never.
  [[nodiscard]] std::int64_t answered_ns() const noexcept { return answered_ns_; }
  [[nodiscard]] std::int64_t refused_ns() const noexcept { return refused_ns_; }

  [[nodiscard]] ConnState state(Protocol protocol) const noexcept {
    if (protocol == Protocol::udp) return packets_[1] > 0 ? ConnState::sf : ConnState::s0;
    if (syn_[0] == 0) return ConnState::oth;
    if (syn_[1] == 0) return rst_[1] > 0 ? ConnState::rej : ConnState::s0;
    if (fin_[0] > 0 && fin_[1] > 0) return ConnState::sf;
    if (rst_[0] > 0) return ConnState::rsto;
    if (rst_[1] > 0) return ConnState::rstr;
    if (fin_[0] > 0) return ConnState::s2;
    return fin_[1] > 0 ? ConnState::s3 : ConnState::s1;
  }

  /// The columns that come from the packets.
  void write(ConnectionRecord::Features& f) const noexcept {
    const auto n = [](std::uint64_t count) { return static_cast<double>(count); };
    const std::array<double, ConnectionRecord::packet_columns> values{
        static_cast<double>(last_ns_ - first_ns_) / 1e6,
        n(packets_[0]),
        n(packets_[1]),
        n(bytes_[0]),
        n(bytes_[1]),
        n(payload_[0]),
        n(payload_[1]),
        n(syn_[0] + syn_[1]),
        n(fin_[0] + fin_[1]),
        n(rst_[0] + rst_[1]),
        n(psh_),
        n(repeats_),
        length_.mean(),
        length_.std(),
        length_.min(),
        length_.max(),
        gap_ms_.mean(),
        gap_ms_.std(),
        gap_ms_.min(),
        gap_ms_.max()};
    std::copy(values.begin(), values.end(), f.begin());
  }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  void add_flags(const Packet& p, std::size_t d) noexcept {
    const auto has = [&](std::uint8_t flag) { return (p.flags & flag) != 0; };
    const bool from_server = p.direction == Direction::backward;
    if (from_server && has(TcpFlag::rst)) refused_ns_ = std::min(refused_ns_, p.time_ns);
    if (from_server && !has(TcpFlag::rst)) answered_ns_ = std::min(answered_ns_, p.time_ns);
    syn_[d] += has(TcpFlag::syn);
    fin_[d] += has(TcpFlag::fin);
    rst_[d] += has(TcpFlag::rst);
    psh_ += has(TcpFlag::psh);
  }

  /// A packet that takes sequence space below what its side has already used is a repeat.
  void add_sequence(const Packet& p, std::size_t d) noexcept {
    const bool control = (p.flags & (TcpFlag::syn | TcpFlag::fin)) != 0;
    const std::uint32_t used = p.payload_length + (control ? 1U : 0U);
    if (p.flags == 0 || used == 0) return;  // UDP, or a bare acknowledgement
    const std::uint32_t end = p.seq + used;
    const auto ahead = static_cast<std::int32_t>(end - sequence_end_[d]);  // serial arithmetic, RFC 1982
    if (sequence_known_[d] && ahead <= 0) {
      ++repeats_;
      return;
    }
    sequence_known_[d] = true;
    sequence_end_[d] = end;
  }

  std::array<std::uint64_t, 2> packets_{}, bytes_{}, payload_{}, syn_{}, fin_{}, rst_{};
  std::array<std::uint32_t, 2> sequence_end_{};
  std::array<bool, 2> sequence_known_{};
  std::uint64_t psh_ = 0, repeats_ = 0;
  std::int64_t first_ns_ = -1, last_ns_ = -1;
  std::int64_t answered_ns_ = never, refused_ns_ = never;
  Moments length_, gap_ms_;
};

}  // namespace detail
}  // namespace synth
}  // namespace weir::inline WEIR_ABI
