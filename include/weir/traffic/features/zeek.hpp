// Profile `zeek`, version 1: the columns of Zeek's conn.log with conn_state and history.
//
//   ts, duration   seconds; duration covers all packets (Zeek leaves out trailing ones)
//   orig_bytes     payload by sequence numbers (TCP) or by packets; not valid at duration 0, as in Zeek
//   conn_state     S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH, by the states of both ends
//   history        upper case from the originator: s SYN, h SYN+ACK, a pure ACK, d payload, f FIN, r RST,
//                  g a gap that was acknowledged, t retransmitted payload, w zero window, i FIN+RST,
//                  q SYN+FIN or SYN+RST, ^ direction turned round. a, d, i, q once a direction; s, h, f, r
//                  again when the sequence number differs; g, t, w the 1st, 10th, 100th ... time. At most 40
//                  letters
//   missed_bytes   payload that was acknowledged but not seen
//   id.orig_p, id.resp_p of ICMP: type and code
//   uid            "F" and the number of the flow's first packet
//
// Not here: service, local_orig, local_resp, tunnel_parents (empty), the letters c and x. Flows end by the
// flow table's rules, not by Zeek's time-outs. Definitions: Zeek a13de64f,
// scripts/base/protocols/conn/main.zeek and the TCP analyser's state machine.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct ZeekFlow {
  static constexpr std::string_view name = "zeek";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 3> known_by{"orig_pkts", "resp_pkts", "conn_state"};

  enum class End : std::uint8_t { inactive, syn_sent, syn_ack_sent, partial, established, closed, reset };

  class State {
   public:
    void add(const FlowBase& flow, const FlowPacket& p, std::span<std::byte>) noexcept {
      if (p.gap_ns < 0 && flow.direction == FlowDirection::syn_ack) write('^');
      if (!detail::has_tcp(p.packet)) {
        if (flow.key.protocol != ip_protocol::tcp) once(p.side, 'd');
        return;
      }
      note_flags(p);
      if (p.segment.stray) return;  // anybody may have sent it
      note_window(p);
      if (p.payload > 0) {
        const unsigned late = p.segment.reordered + (p.segment.retransmission ? 1U : 0U);
        for (unsigned i = 0; i < late; ++i) scaled(p.side, 't', 0);
      }
      if (p.segment.missed > 0) {
        missed_ += p.segment.missed;
        scaled(1 - p.side, 'g', 1);
      }
      take_back_reset(flow);
      change_state(p);
      ends_[p.side].reset = flow.sides[p.side].tcp.reset;
    }

    [[nodiscard]] std::string_view history() const noexcept { return {letters_.data(), length_}; }
    [[nodiscard]] End end(std::size_t side) const noexcept { return ends_[side].state; }
    /// The state before the latest one.
    [[nodiscard]] End before(std::size_t side) const noexcept { return ends_[side].before; }
    [[nodiscard]] std::uint64_t missed() const noexcept { return missed_; }

   private:
    struct Side {
      End state = End::inactive, before = End::inactive;
      bool reset = false;                          // its RST ended the connection, as far as was known
      std::uint32_t once = 0;                      // by letter
      std::array<std::uint32_t, 3> last_number{};  // of SYN, FIN, RST
      std::array<std::uint32_t, 3> counts{};       // of t, g, w
    };

    void write(char letter) noexcept {
      if (length_ < letters_.size()) letters_[length_++] = letter;
    }
    void write(std::size_t side, char letter) noexcept {
      write(side == 0 ? static_cast<char>(letter - 'a' + 'A') : letter);
    }
    /// True the first time.
    bool once(std::size_t side, char letter) noexcept {
      const std::uint32_t bit = 1U << (letter - 'a');
      if ((ends_[side].once & bit) != 0) return false;
      ends_[side].once |= bit;
      write(side, letter);
      return true;
    }
    void with_number(std::size_t side, char letter, std::size_t which, std::uint32_t number,
                     char shared) noexcept {
      // SYN and SYN+ACK share their "seen" mark.
      Side& s = ends_[side];
      const std::uint32_t bit = 1U << (shared - 'a');
      if ((s.once & bit) == 0 || s.last_number[which] != number) write(side, letter);
      s.once |= bit;
      s.last_number[which] = number;
    }
    void scaled(std::size_t side, char letter, std::size_t which) noexcept {
      const std::uint32_t n = ++ends_[side].counts[which];
      std::uint32_t power = 1;
      while (power < n && power < 1'000'000'000U) power *= 10;
      if (power == n) write(side, letter);
    }

    void note_flags(const FlowPacket& p) noexcept {
      const std::uint8_t f = p.packet.tcp_flags;
      const bool syn = (f & tcp_flag::syn) != 0;
      const bool fin = (f & tcp_flag::fin) != 0;
      const bool rst = (f & tcp_flag::rst) != 0;
      if (syn + fin + rst > 1) {
        once(p.side, fin && rst ? 'i' : 'q');
      } else if (syn) {
        with_number(p.side, (f & tcp_flag::ack) != 0 ? 'h' : 's', 0, p.packet.tcp_seq, 's');
      } else if (fin) {
        with_number(p.side, 'f', 1, p.packet.tcp_seq + p.payload, 'f');
      } else if (rst) {
        with_number(p.side, 'r', 2, p.packet.tcp_seq, 'r');
      } else if (p.payload > 0) {
        once(p.side, 'd');
      } else if ((f & tcp_flag::ack) != 0) {
        once(p.side, 'a');
      }
    }
    void note_window(const FlowPacket& p) noexcept {
      if (p.packet.tcp_window != 0 || (p.packet.tcp_flags & tcp_flag::rst) != 0) return;
      if (ends_[1 - p.side].state == End::closed || ends_[p.side].state == End::reset) return;
      scaled(p.side, 'w', 2);
    }
    /// The connection went on behind a RST.
    void take_back_reset(const FlowBase& flow) noexcept {
      for (std::size_t s = 0; s < 2; ++s) {
        if (!ends_[s].reset || flow.sides[s].tcp.reset) continue;
        ends_[s].reset = false;
        if (ends_[s].state == End::reset) ends_[s].state = ends_[s].before;
      }
    }
    void enter(Side& s, End state) noexcept {
      s.before = s.state;
      s.state = state;
    }
    void change_state(const FlowPacket& p) noexcept {
      Side& me = ends_[p.side];
      Side& peer = ends_[1 - p.side];
      const std::uint8_t f = p.packet.tcp_flags;
      const bool fin = (f & tcp_flag::fin) != 0;
      const bool rst = (f & tcp_flag::rst) != 0;
      switch (me.state) {
        case End::inactive: return leave_inactive(me, peer, p);
        case End::syn_sent:
        case End::syn_ack_sent:
          if (fin) enter(me, End::closed);
          if (rst) enter(me, End::reset);
          return;
        case End::partial:
        case End::established:
          if ((f & tcp_flag::syn) != 0 && (f & tcp_flag::ack) == 0 && me.state == End::partial &&
              peer.state == End::inactive) {
            enter(me, End::syn_sent);
          }
          if (fin && !rst) {
            enter(me, End::closed);
            if (peer.state == End::reset && peer.before == End::closed) enter(peer, End::closed);
          }
          if (rst) enter(me, End::reset);
          return;
        case End::closed:
          if (rst && peer.state != End::closed) enter(me, End::reset);
          return;
        case End::reset:
          if (fin && !rst) me.before = End::closed;  // should the RST be taken back
          return;
      }
    }
    void leave_inactive(Side& me, Side& peer, const FlowPacket& p) noexcept {
      const std::uint8_t f = p.packet.tcp_flags;
      const bool ack = (f & tcp_flag::ack) != 0;
      if ((f & tcp_flag::syn) != 0) {
        if (p.side == 0) {
          enter(me, ack ? End::syn_ack_sent : End::syn_sent);
        } else {
          if (peer.state == End::syn_sent) enter(peer, End::established);
          enter(me, End::established);
        }
      }
      if ((f & tcp_flag::fin) != 0) enter(me, End::closed);
      if ((f & tcp_flag::rst) != 0) enter(me, End::reset);
      if (me.state != End::inactive) return;
      // Some servers acknowledge a SYN before they answer it.
      if (p.side == 1 && p.payload == 0 && peer.state == End::syn_sent) return;
      enter(me, ack && peer.state == End::established ? End::established : End::partial);
    }

    std::array<Side, 2> ends_{};
    std::uint64_t missed_ = 0;
    std::array<char, 40> letters_{};
    std::uint8_t length_ = 0;
  };

  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  /// conn_state.
  [[nodiscard]] static std::string_view conn_state(const FlowBase& flow, const State& state) noexcept {
    if (flow.key.protocol == ip_protocol::udp) {
      if (flow.sides[0].packets > 0) return flow.sides[1].packets > 0 ? "SF" : "S0";
      return flow.sides[1].packets > 0 ? "SHR" : "OTH";
    }
    return flow.tcp() ? tcp_state(flow, state) : "OTH";
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const State& state = view.template state<ZeekFlow>();
    const std::uint8_t protocol = flow.key.protocol;
    const bool icmp = protocol == ip_protocol::icmp || protocol == ip_protocol::icmpv6;
    const bool lasts = flow.duration_ns() > 0;
    out.number({"ts", ColumnRole::time}, "s", static_cast<double>(flow.start_ns) / 1e9);
    out.text({"uid", ColumnRole::identity}, "F" + std::to_string(flow.id));
    out.address("id.orig_h", flow.address(0), flow.key.ip_version);
    out.number({"id.orig_p", ColumnRole::identity}, "", icmp ? std::uint16_t{flow.icmp_type} : flow.port(0));
    out.address("id.resp_h", flow.address(1), flow.key.ip_version);
    out.number("id.resp_p", "", icmp ? std::uint16_t{flow.icmp_code} : flow.port(1));
    out.text("proto", protocol == ip_protocol::tcp   ? "tcp"
                      : protocol == ip_protocol::udp ? "udp"
                      : icmp                         ? "icmp"
                                                     : "unknown_transport");
    out.text("service", "");
    out.number("duration", "s", static_cast<double>(flow.duration_ns()) / 1e9, lasts);
    out.number("orig_bytes", "bytes", stream_bytes(flow, 0), lasts);
    out.number("resp_bytes", "bytes", stream_bytes(flow, 1), lasts);
    out.text("conn_state", conn_state(flow, state));
    out.text("local_orig", "");
    out.text("local_resp", "");
    out.number("missed_bytes", "bytes", state.missed());
    out.text("history", state.history());
    out.number("orig_pkts", "packets", flow.sides[0].packets);
    out.number("orig_ip_bytes", "bytes", flow.sides[0].ip_bytes);
    out.number("resp_pkts", "packets", flow.sides[1].packets);
    out.number("resp_ip_bytes", "bytes", flow.sides[1].ip_bytes);
    out.text("tunnel_parents", "");
    out.number("ip_proto", "", protocol);
  }

  /// Payload by sequence numbers: what lies between SYN and FIN, retransmissions counted once. The numbers
  /// are modulo 2^32; the packets' payload says which multiple is meant.
  [[nodiscard]] static std::uint64_t stream_bytes(const FlowBase& flow, unsigned side) noexcept {
    const FlowSide& s = flow.sides[side];
    if (!flow.tcp() || !s.tcp.seen) return s.payload_bytes;
    const std::uint32_t end = detail::stream_end(flow.tcp_end(side), flow.tcp_end(1 - side));
    const std::uint32_t span = end - s.tcp.isn - 1U - (s.tcp.fin ? 1U : 0U);
    const std::int32_t off = detail::sequence_difference(span, static_cast<std::uint32_t>(s.payload_bytes));
    const std::int64_t bytes = static_cast<std::int64_t>(s.payload_bytes) + off;
    return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
  }

 private:
  /// A SYN of the originator and then its RST, with nothing between that opened or closed anything.
  [[nodiscard]] static bool syn_then_reset(std::string_view history) noexcept {
    if (!history.empty() && history.front() == '^') history.remove_prefix(1);
    if (history.empty() || history.front() != 'S') return false;
    return history.substr(1, history.find('R') - 1).find_first_of("HAFGIQ") == std::string_view::npos &&
           history.find('R') != std::string_view::npos;
  }
  /// A FIN counts when the side's numbers reach it, or when nobody was seen who could acknowledge it.
  [[nodiscard]] static End confirmed_end(const FlowBase& flow, const State& state, std::size_t s) noexcept {
    const TcpSide& tcp = flow.sides[s].tcp;
    if (state.end(s) != End::closed || !tcp.seen || tcp.fin) return state.end(s);
    const bool alone = tcp.island && tcp.island_fin && !flow.sides[1 - s].tcp.seen;
    return alone ? End::closed : state.before(s);
  }
  [[nodiscard]] static std::string_view tcp_state(const FlowBase& flow, const State& state) noexcept {
    const End o = confirmed_end(flow, state, 0);
    const End r = confirmed_end(flow, state, 1);
    const bool o_inactive = o == End::inactive || o == End::partial;
    const bool r_inactive = r == End::inactive || r == End::partial;
    if (r == End::reset) {
      const bool empty = stream_bytes(flow, 0) == 0 && stream_bytes(flow, 1) == 0;
      if (o == End::syn_sent || o == End::syn_ack_sent || (o == End::reset && empty)) return "REJ";
      return o_inactive ? "RSTRH" : "RSTR";
    }
    if (o == End::reset) {
      if (!r_inactive) return "RSTO";
      return syn_then_reset(state.history()) ? "RSTOS0" : "OTH";
    }
    if (o == End::closed && r == End::closed) return "SF";
    if (o == End::closed) return r_inactive ? "SH" : "S2";
    if (r == End::closed) return o_inactive ? "SHR" : "S3";
    if (o == End::syn_sent && r == End::inactive) return "S0";
    return o == End::established && r == End::established ? "S1" : "OTH";
  }
};

}  // namespace weir::inline WEIR_ABI
