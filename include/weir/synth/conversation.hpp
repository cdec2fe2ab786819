// Turns "who says how many bytes when" into packets, as a capture point between the two sides sees them.
//
// TCP (RFC 9293): three-way handshake, segments of at most 1448 bytes (IPv6: 1428), slow start from ten
// segments (RFC 6928), an acknowledgement for every second segment or after 40 ms (RFC 1122), or on the back
// of the reply, FIN from both sides or RST. A lost segment passes the capture point, is lost beyond it and
// comes again after a time-out; the sender waits meanwhile, so there are no duplicate acknowledgements and no
// SACK. Windows stay constant.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/made_packet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

/// One end of a path. The round trip is the one between the capture point and this end.
struct Hop {
  std::uint64_t round_trip_ns = 0;
  std::uint8_t ttl = 64;  ///< as it arrives at the capture point
  std::uint16_t window = 64240;
};

struct Path {
  std::array<Hop, 2> ends;       ///< client, server
  std::uint64_t segment_ns = 0;  ///< between two full segments sent back to back
  std::uint64_t loss_per_million = 0;
  bool ipv6 = false;

  [[nodiscard]] std::size_t ip_header() const noexcept { return ipv6 ? 40 : 20; }
  /// TCP payload of a full segment: 1500 bytes less the headers of IP and TCP, with its time stamps.
  [[nodiscard]] std::uint64_t segment_bytes() const noexcept { return 1'468 - ip_header(); }
  [[nodiscard]] const Hop& end(Direction d) const noexcept { return ends[index_of(d)]; }
};

/// One side speaks. The braces of `say({from, bytes, think})` matter: they fix the order in which random
/// numbers are drawn for the values, which the arguments of a function would leave to the compiler.
struct Turn {
  Direction from;
  std::uint64_t bytes;    ///< TCP: more than none
  std::int64_t think_ns;  ///< after the other's last packet has reached `from`
};

/// The part common to TCP and UDP: a clock, whose turn it is, and how long a side takes to react.
class Talk {
 public:
  Talk(Connection& out, const Path& path, Rng& rng, std::int64_t start_ns)
      : out_(&out), path_(&path), rng_(&rng), clock_(start_ns) {}

  [[nodiscard]] std::int64_t now() const noexcept { return clock_; }

 protected:
  /// The delay between something passing the capture point towards `who` and the answer passing it.
  std::int64_t reaction(Direction who) {
    const std::uint64_t rtt = path_->end(who).round_trip_ns;
    return static_cast<std::int64_t>(rtt + rng_->below(rtt / 8 + 1));
  }

  void write(std::int64_t time, Direction from, std::size_t header, std::uint64_t payload, std::uint8_t flags,
             std::uint32_t seq, std::uint32_t ack, std::uint16_t window) {
    out_->packets.push_back(
        {.time_ns = time,
         .seq = seq,
         .ack = ack,
         .window = window,
         .wire_length = static_cast<std::uint16_t>(14 + path_->ip_header() + header + payload),
         .payload_length = static_cast<std::uint16_t>(payload),
         .flags = flags,
         .ttl = path_->end(from).ttl,
         .direction = from});
  }

  Connection* out_;
  const Path* path_;
  Rng* rng_;
  std::int64_t clock_;
  Direction speaker_ = Direction::forward;
};

class UdpTalk : public Talk {
 public:
  using Talk::Talk;

  /// Sends the bytes, cut into datagrams of at most 1252 bytes as QUIC does it.
  void say(Turn turn) {
    constexpr std::uint64_t largest = 1252;
    clock_ += turn.think_ns + (turn.from == speaker_ ? 0 : reaction(turn.from));
    speaker_ = turn.from;
    while (true) {
      const std::uint64_t size = std::min(turn.bytes, largest);
      write(clock_, turn.from, 8, size, 0, 0, 0, 0);
      turn.bytes -= size;
      if (turn.bytes == 0) return;
      clock_ += static_cast<std::int64_t>(path_->segment_ns);
    }
  }
};

class TcpTalk : public Talk {
 public:
  TcpTalk(Connection& out, const Path& path, Rng& rng, std::int64_t start_ns)
      : Talk(out, path, rng, start_ns), next_seq_{rng.next32(), rng.next32()}, isn_(next_seq_) {}

  /// SYN, SYN-ACK, ACK.
  void open() {
    half_open(0);
    clock_ += reaction(Direction::forward);
    control(clock_, Direction::forward, TcpFlag::ack);
    speaker_ = Direction::forward;
  }

  /// SYN and SYN-ACK only; the server repeats its SYN-ACK `repeats` times.
  void half_open(unsigned repeats) {
    syn(Direction::forward);
    clock_ += reaction(Direction::backward);
    for (unsigned i = 0;; ++i) {
      syn(Direction::backward);
      if (i == repeats) break;
      clock_ += back_off(i);
    }
    ++next_seq_[0];
    ++next_seq_[1];
    speaker_ = Direction::backward;
  }

  /// SYNs without any answer.
  void unanswered(unsigned repeats) {
    for (unsigned i = 0;; ++i) {
      syn(Direction::forward);
      if (i == repeats) return;
      clock_ += back_off(i);
    }
  }

  /// SYN, answered with RST.
  void refused() {
    syn(Direction::forward);
    clock_ += reaction(Direction::backward);
    write(clock_, Direction::backward, 20, 0, TcpFlag::rst | TcpFlag::ack, 0, isn_[0] + 1, 0);
  }

  void say(Turn turn) {
    take_turn(turn.from, turn.think_ns);
    while (true) {
      const std::uint64_t size = std::min(turn.bytes, path_->segment_bytes());
      turn.bytes -= size;
      segment(turn.from, size, turn.bytes == 0);
      if (turn.bytes == 0) break;
      clock_ += static_cast<std::int64_t>(path_->segment_ns);
      if (++burst_ == window_) wait_for_window();
    }
    if (unacknowledged_ > 0) queue_ack(clock_ + delayed_ack_ns + reaction(opposite(turn.from)));
  }

  /// FIN from `first`, FIN from the other side, ACK.
  void close(Direction first, std::int64_t think_ns) {
    take_turn(first, think_ns);
    fin(first);
    take_turn(opposite(first), 0);
    fin(opposite(first));
    clock_ += reaction(first);
    control(clock_, first, TcpFlag::ack);
  }

  void reset(Direction from, std::int64_t think_ns) {
    take_turn(from, think_ns);
    const auto d = index_of(from);
    write(clock_, from, 20, 0, TcpFlag::rst | TcpFlag::ack, next_seq_[d], next_seq_[1 - d], 0);
  }

  /// Nobody closes: the capture ends, or a middlebox forgets. Only the last acknowledgements still pass.
  void abandon() { flush_acks(clock_ + 1'000'000'000); }

 private:
  static constexpr std::int64_t delayed_ack_ns = 40'000'000;

  struct PendingAck {
    std::int64_t time_ns;
    std::uint32_t ack;
  };

  static std::int64_t back_off(unsigned attempt) { return 1'000'000'000LL << attempt; }

  /// A handshake packet; repeats carry the same numbers.
  void syn(Direction from) {
    const auto d = index_of(from);
    const bool answer = from == Direction::backward;
    const std::uint32_t ack = answer ? isn_[0] + 1 : 0;
    const auto flags = static_cast<std::uint8_t>(TcpFlag::syn | (answer ? TcpFlag::ack : 0));
    write(clock_, from, 40, 0, flags, isn_[d], ack, path_->end(from).window);
  }

  void control(std::int64_t time, Direction from, std::uint8_t flags) {
    const auto d = index_of(from);
    write(time, from, 32, 0, flags, next_seq_[d], next_seq_[1 - d], path_->end(from).window);
  }

  void fin(Direction from) {
    control(clock_, from, TcpFlag::fin | TcpFlag::ack);
    ++next_seq_[index_of(from)];
  }

  void take_turn(Direction from, std::int64_t think_ns) {
    clock_ += think_ns + (from == speaker_ ? 0 : reaction(from));
    flush_acks(clock_);
    if (from == speaker_) return;
    pending_.clear();  // the reply itself acknowledges
    unacknowledged_ = 0;
    burst_ = 0;
    speaker_ = from;
  }

  void segment(Direction from, std::uint64_t size, bool last) {
    flush_acks(clock_);
    const auto d = index_of(from);
    const auto flags = static_cast<std::uint8_t>(TcpFlag::ack | (last ? TcpFlag::psh : 0));
    const auto pass = [&] {
      write(clock_, from, 32, size, flags, next_seq_[d], next_seq_[1 - d], path_->end(from).window);
    };
    pass();
    if (rng_->below(1'000'000) < path_->loss_per_million) {
      clock_ += time_out();
      flush_acks(clock_);
      pass();
    }
    next_seq_[d] += static_cast<std::uint32_t>(size);
    if (++unacknowledged_ == 2) queue_ack(clock_ + reaction(opposite(from)));
  }

  std::int64_t round_trip() {
    const std::int64_t there = reaction(Direction::forward);
    return there + reaction(Direction::backward);
  }

  std::int64_t time_out() { return std::max<std::int64_t>(200'000'000, 2 * round_trip()); }

  void queue_ack(std::int64_t time) {
    while (!pending_.empty() && pending_.back().time_ns >= time)
      pending_.pop_back();  // the new one covers it
    pending_.push_back({time, next_seq_[index_of(speaker_)]});
    unacknowledged_ = 0;
  }

  void flush_acks(std::int64_t until) {
    const Direction receiver = opposite(speaker_);
    const auto d = index_of(receiver);
    std::size_t sent = 0;
    for (; sent < pending_.size() && pending_[sent].time_ns <= until; ++sent) {
      write(pending_[sent].time_ns, receiver, 32, 0, TcpFlag::ack, next_seq_[d], pending_[sent].ack,
            path_->end(receiver).window);
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(sent));
  }

  void wait_for_window() {
    const auto sent = static_cast<std::int64_t>(burst_ * path_->segment_ns);
    clock_ += std::max<std::int64_t>(0, round_trip() - sent);
    burst_ = 0;
    window_ = std::min<std::uint64_t>(window_ * 2, 160);
  }

  std::array<std::uint32_t, 2> next_seq_;
  std::array<std::uint32_t, 2> isn_;
  std::vector<PendingAck> pending_;
  unsigned unacknowledged_ = 0;
  std::uint64_t burst_ = 0;
  std::uint64_t window_ = 10;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
