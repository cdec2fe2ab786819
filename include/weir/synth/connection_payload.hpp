// The payload bytes of a connection. The scripts decide how much each side says and when; here it gets words:
//
//   TCP 443, 993, 8883   TLS 1.3: hellos with the server's name, change of cipher, records of random bytes
//   TCP 80, 22, 25       HTTP requests and answers, SSH banners and packets, SMTP lines
//   UDP 53, 123, 443     DNS questions and answers, NTP, QUIC headers
//   voip                 RTP
//   others               random bytes
//
// Names end in .example (RFC 2606). What is random is a function of key, side and place, so a segment that is
// sent again has the same bytes.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/bytes.hpp>
#include <weir/synth/dns_bytes.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/tls_bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

/// "www.veko17.example": always the same for a server.
[[nodiscard]] inline std::string server_name(std::uint32_t address) {
  constexpr std::array<std::string_view, 4> hosts{"www", "api", "cdn", "app"};
  constexpr std::array<std::string_view, 16> syllables{"ba", "do", "fi", "ga", "ke", "lu", "mo", "ni",
                                                       "pa", "ra", "se", "ti", "vo", "wa", "xe", "zu"};
  Rng rng(RngKey{address}.fork(5));
  std::string name(hosts[rng.below(hosts.size())]);
  name += '.';
  for (int i = 0; i < 3; ++i) name += syllables[rng.below(syllables.size())];
  return name.append(std::to_string(rng.below(100))).append(".example");
}

/// What each side of a connection says.
class ConnectionPayload {
 public:
  ConnectionPayload(const Connection& connection, RngKey key)
      : key_(key), name_(server_name(connection.server.address)) {
    const bool tcp = connection.protocol == Protocol::tcp;
    speech_ = speech_of(connection);
    for (const Packet& p : connection.packets) tcp ? note_segment(p) : note_datagram(p);
  }

  /// Writes the payload of a packet; packets come in the order of the connection.
  void write(const Packet& p, std::span<std::byte> out) {
    const auto d = index_of(p.direction);
    std::uint64_t at = p.seq - first_[d];
    if (p.flags == 0) {  // UDP
      at = written_[d];
      written_[d] += p.payload_length;
    }
    fill(key_.fork(d), at, out);
    for (const Piece& piece : pieces_[d]) {
      if (piece.at >= at + out.size()) break;
      const std::uint64_t end = std::min<std::uint64_t>(piece.at + piece.bytes.size(), at + out.size());
      const std::uint64_t begin = std::max(piece.at, at);
      if (begin >= end) continue;
      std::copy_n(piece.bytes.begin() + static_cast<std::ptrdiff_t>(begin - piece.at), end - begin,
                  out.begin() + static_cast<std::ptrdiff_t>(begin - at));
    }
  }

 private:
  enum class Speech : std::uint8_t { none, tls, http, ssh, smtp, dns, ntp, quic, rtp };

  /// Bytes that stand at a place of a side's stream.
  struct Piece {
    std::uint64_t at;
    std::vector<std::byte> bytes;
  };
  /// What a side says before it listens again.
  struct Message {
    Direction from;
    std::uint64_t at, size;
    std::size_t number;  ///< of this side's messages
    bool first;          ///< of both sides'
  };

  static Speech speech_of(const Connection& c) noexcept {
    const bool tcp = c.protocol == Protocol::tcp;
    if (c.kind == Kind::voip) return Speech::rtp;
    switch (c.server.port) {
      case 443: return tcp ? Speech::tls : Speech::quic;
      case 993:
      case 8883: return tcp ? Speech::tls : Speech::none;
      case 80: return tcp ? Speech::http : Speech::none;
      case 22: return tcp ? Speech::ssh : Speech::none;
      case 25: return tcp ? Speech::smtp : Speech::none;
      case 53: return tcp ? Speech::none : Speech::dns;
      case 123: return tcp ? Speech::none : Speech::ntp;
      default: return Speech::none;
    }
  }

  /// Eight bytes a word, each word a function of its place.
  static void fill(RngKey key, std::uint64_t at, std::span<std::byte> out) noexcept {
    for (std::size_t i = 0; i < out.size();) {
      const std::uint64_t place = at + i;
      std::uint64_t word = key.fork(place / 8).value >> (8 * (place % 8));
      for (std::uint64_t k = place % 8; k < 8 && i < out.size(); ++k, ++i, word >>= 8) {
        out[i] = static_cast<std::byte>(word & 0xFF);
      }
    }
  }

  /// Puts segments together to messages: one ends with PSH.
  void note_segment(const Packet& p) {
    const auto d = index_of(p.direction);
    if ((p.flags & TcpFlag::syn) != 0) first_[d] = p.seq + 1;
    const std::uint64_t end = (p.seq - first_[d]) + std::uint64_t{p.payload_length};
    if (p.payload_length == 0 || end <= end_[d]) return;  // nothing, or sent again
    end_[d] = end;
    if ((p.flags & TcpFlag::psh) == 0) return;
    say({p.direction, begin_[d], end - begin_[d], count_[d]++, std::exchange(silent_, false)});
    begin_[d] = end;
  }
  void note_datagram(const Packet& p) {
    const auto d = index_of(p.direction);
    if (p.payload_length > 0) {
      say({p.direction, end_[d], p.payload_length, count_[d]++, std::exchange(silent_, false)});
    }
    end_[d] += p.payload_length;
  }

  void put(const Message& m, std::uint64_t at, ByteWriter bytes) {
    bytes.resize(std::min<std::size_t>(bytes.size(), m.size - at));
    pieces_[index_of(m.from)].push_back({m.at + at, bytes.bytes()});
  }

  void say(const Message& m) {
    Rng rng(key_.fork(2 + index_of(m.from)).fork(m.number));
    switch (speech_) {
      case Speech::tls: return say_tls(m, rng);
      case Speech::http: return say_http(m, rng);
      case Speech::ssh: return say_ssh(m);
      case Speech::smtp: return say_smtp(m);
      case Speech::dns: return say_dns(m);
      case Speech::ntp: return say_ntp(m);
      case Speech::quic: return say_quic(m);
      case Speech::rtp: return say_rtp(m);
      case Speech::none: return;
    }
  }

  /// A server that speaks first says no TLS.
  void say_tls(const Message& m, Rng& rng) {
    const bool client = m.from == Direction::forward;
    if (m.first && client && m.size >= detail::least_client_hello) {
      handshake_ = true;
      return put(m, 0, detail::client_hello(m.size, name_, rng));
    }
    if (!handshake_) return;
    std::uint64_t at = 0;
    if (!client && m.number == 0) {
      put(m, at, detail::server_hello(rng));
      at = detail::server_hello_size;
    }
    if (m.number == (client ? 1U : 0U) && m.size >= at + 6) {
      put(m, at, ByteWriter().u8(20).u16(0x0303).u16(1).u8(1));  // change_cipher_spec
      at += 6;
    }
    while (m.size > at + detail::tls_header) {  // application data
      const std::uint64_t record =
          std::min<std::uint64_t>(m.size - at - detail::tls_header, detail::tls_longest_record);
      put(m, at, ByteWriter().u8(23).u16(0x0303).u16(record));
      at += detail::tls_header + record;
    }
  }

  void say_http(const Message& m, Rng& rng) {
    ByteWriter out;
    if (m.from == Direction::forward) {
      out.text("GET /").letters(4 + rng.below(12), rng).text(" HTTP/1.1\r\nHost: ").text(name_);
      out.text("\r\nAccept: */*\r\nCookie: id=");
      const std::size_t left = m.size > out.size() + 4 ? m.size - out.size() - 4 : 0;
      out.letters(left, rng, "0123456789abcdef").text("\r\n\r\n");
    } else {
      out.text("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: ");
      const std::size_t head = out.size() + 10 + 4;
      const std::string length = std::to_string(m.size > head ? m.size - head : 0);
      out.text(std::string(10 - std::min<std::size_t>(10, length.size()), '0')).text(length).text("\r\n\r\n");
    }
    put(m, 0, out);
  }

  /// The version, then packets (RFC 4253): length, padding, and of the first one SSH_MSG_KEXINIT.
  void say_ssh(const Message& m) {
    ByteWriter out;
    if (m.number == 0 && m.size > 10) {
      out.text("SSH-2.0-").fill(m.size - 10, 'x').text("\r\n");
    } else if (m.size > 6) {
      out.u32(m.size - 4).u8(6);
      if (m.number == 1) out.u8(20);
    }
    put(m, 0, out);
  }

  void say_smtp(const Message& m) {
    const bool client = m.from == Direction::forward;
    if (m.number > 2 || m.size < 8) return;
    ByteWriter out;
    out.text(client ? "EHLO " : "220 ").text(name_);
    out.resize(std::min<std::size_t>(out.size(), m.size - 2));
    put(m, 0, out.fill(m.size - 2 - out.size(), ' ').text("\r\n"));
  }

  /// A question asked again is the same; an answer repeats it.
  void say_dns(const Message& m) {
    const auto id = static_cast<std::uint16_t>(key_.fork(8).value);
    Rng rng(key_.fork(9));
    if (m.from == Direction::forward) {
      if (m.size < detail::least_dns_question || m.size > 255 + 16) return;
      const ByteWriter question = detail::dns_question(m.size, id, m.size > 66 ? 50 : 12, rng);
      question_ = question.bytes();
      return put(m, 0, question);
    }
    if (question_.empty() || m.size < question_.size() + 13) return;
    put(m, 0, detail::dns_answer(m.size, question_, rng));
  }

  /// RFC 5905: version 4; leap, stratum, poll, precision, delays, reference, and random times.
  void say_ntp(const Message& m) {
    const bool client = m.from == Direction::forward;
    put(m, 0,
        ByteWriter()
            .u8(client ? 0x23 : 0x24)
            .u8(client ? 0 : 2)
            .u8(6)
            .u8(0xEC)
            .u32(client ? 0 : 0x0120)
            .u32(client ? 0 : 0x0780));
  }

  /// RFC 9000: the first datagram of each side has a long header, the others a short one.
  void say_quic(const Message& m) {
    if (m.number > 0) return put(m, 0, ByteWriter().u8(0x40 | (key_.fork(7).fork(m.number).value & 0x3F)));
    put(m, 0, ByteWriter().u8(0xC3).u32(1).u8(8).u64(key_.fork(6).value).u8(0));
  }

  /// RFC 3550: version 2, payload type 0, sequence number, time stamp at 8 kHz, source.
  void say_rtp(const Message& m) {
    const auto d = index_of(m.from);
    put(m, 0, ByteWriter().u8(0x80).u8(0).u16(m.number).u32(160 * m.number).u32(key_.fork(10 + d).value));
  }

  RngKey key_;
  std::string name_;
  Speech speech_ = Speech::none;
  bool silent_ = true;      ///< so far nobody has said anything
  bool handshake_ = false;  ///< of TLS has begun
  std::vector<std::byte> question_{};
  std::array<std::vector<Piece>, 2> pieces_{};
  std::array<std::uint32_t, 2> first_{};  ///< TCP: sequence number of the first byte
  std::array<std::uint64_t, 2> begin_{}, end_{}, written_{};
  std::array<std::size_t, 2> count_{};
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
