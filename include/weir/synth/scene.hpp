// What a script of one connection works with, and the passages that many scripts share: how connections begin
// and fail, TLS and SSH handshakes, how connections end.
//
// Sizes follow the protocols (RFC 8446 for TLS 1.3, RFC 4253 and 4252 for SSH) with usual certificates and
// algorithm lists; the quantiles are estimates, not fits to one trace.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/conversation.hpp>
#include <weir/synth/quantiles.hpp>
#include <weir/synth/session.hpp>
#include <weir/synth/site.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth {

inline constexpr Direction forward = Direction::forward;
inline constexpr Direction backward = Direction::backward;

struct Scene {
  const Site& site;
  const Session& session;
  Rng& rng;
  Connection& out;
  bool server_busy = false;  ///< the server is being flooded
  Path path{};

  [[nodiscard]] TcpTalk tcp() const {
    out.protocol = Protocol::tcp;
    return {out, path, rng, session.next_ns};
  }
  [[nodiscard]] UdpTalk udp() const {
    out.protocol = Protocol::udp;
    return {out, path, rng, session.next_ns};
  }
  [[nodiscard]] std::uint64_t bytes(const Quantiles& q) const { return site.size(draw(rng, q)); }
  [[nodiscard]] std::int64_t us(const Quantiles& q) const {
    return static_cast<std::int64_t>(draw(rng, q) * 1'000);
  }
  [[nodiscard]] std::int64_t ms(const Quantiles& q) const {
    return static_cast<std::int64_t>(draw(rng, q) * 1'000'000);
  }
  /// True at a rate that the site scales: failures are more common at some sites than at others.
  [[nodiscard]] bool fault(std::uint64_t per_million) const {
    return rng.below(1'000'000) < site.faults(per_million);
  }
  [[nodiscard]] unsigned upto(unsigned n) const { return static_cast<unsigned>(rng.below(n + 1)); }
};

inline constexpr Quantiles server_work_us{80, 300, 1'500, 9'000, 90'000, 700'000};
inline constexpr Quantiles client_work_us{60, 200, 700, 3'000, 30'000, 200'000};
inline constexpr Quantiles reading_ms{40, 400, 1'500, 5'000, 14'000, 40'000};

/// Opens the connection, or plays its failure: no answer, refusal, a handshake that is never finished.
[[nodiscard]] inline bool connect(const Scene& s, TcpTalk& talk) {
  if (s.server_busy && s.rng.below(100) < 35) {
    if (s.rng.below(2) == 0) {
      talk.unanswered(s.upto(3));
    } else {
      talk.half_open(s.upto(2));
    }
    return false;
  }
  if (s.fault(9'000)) return talk.unanswered(s.upto(4)), false;
  if (s.fault(5'000)) return talk.refused(), false;
  if (s.fault(3'000)) return talk.half_open(s.upto(3)), false;
  talk.open();
  return true;
}

/// How connections end: usually with FIN, often with RST from impatient clients, sometimes unseen.
inline void finish(const Scene& s, TcpTalk& talk) {
  const std::uint64_t die = s.rng.below(100);
  const std::int64_t pause = s.ms({0, 1, 10, 300, 8'000, 60'000});
  if (die < 58) return talk.close(forward, pause);
  if (die < 80) return talk.close(backward, pause);
  if (die < 91) return talk.reset(forward, pause);
  if (die < 95) return talk.reset(backward, pause);
  talk.abandon();
}

/// What tells TLS programs apart at a distance: the length of their hello, the weight of the server's full
/// flight, and how often they resume a session, in which case no certificate is sent.
struct TlsStyle {
  Quantiles hello;
  Quantiles certificate;
  std::uint64_t resumed_percent;
};
inline constexpr TlsStyle browser_tls{
    {200, 510, 570, 690, 1'750, 2'100}, {1'100, 2'700, 3'500, 4'300, 5'600, 7'800}, 35};
inline constexpr TlsStyle device_tls{
    {150, 190, 240, 330, 517, 700}, {700, 1'500, 2'500, 3'800, 4'900, 6'500}, 25};
inline constexpr TlsStyle implant_tls{
    {140, 170, 190, 210, 330, 600}, {600, 760, 900, 1'400, 3'000, 5'000}, 4};

/// Programs close as soon as they have their answer.
inline void finish_at_once(const Scene& s, TcpTalk& talk) {
  if (s.rng.below(100) < 82) return talk.close(forward, s.us(client_work_us));
  finish(s, talk);
}

/// TLS 1.3 (RFC 8446).
inline void tls_handshake(const Scene& s, TcpTalk& talk, const TlsStyle& style = browser_tls) {
  const bool resumed = s.rng.below(100) < style.resumed_percent;
  talk.say({forward, draw(s.rng, style.hello), s.us(client_work_us)});
  talk.say({backward, resumed ? s.bytes({190, 220, 240, 280, 500, 900}) : s.bytes(style.certificate),
            s.us(server_work_us)});
  talk.say({forward, draw(s.rng, {60, 74, 80, 126, 190, 300}), s.us(client_work_us)});
  if (s.rng.below(100) < 60)
    talk.say({backward, s.bytes({180, 240, 255, 500, 570, 800}), s.us(client_work_us)});
}

struct Exchange {
  Quantiles request;
  Quantiles response;
  Quantiles pause_ms;
};

/// `count` requests with their answers, the client pausing in between.
inline void exchange(const Scene& s, TcpTalk& talk, unsigned count, const Exchange& e) {
  for (unsigned i = 0; i < count; ++i) {
    talk.say({forward, s.bytes(e.request), i == 0 ? s.us(client_work_us) : s.ms(e.pause_ms)});
    talk.say({backward, s.bytes(e.response), s.us(server_work_us)});
  }
}

/// An upload in pieces, each answered shortly.
inline void upload(const Scene& s, TcpTalk& talk, unsigned pieces, const Quantiles& piece,
                   const Quantiles& pause_ms) {
  exchange(s, talk, pieces, {piece, {80, 180, 300, 500, 900, 2'000}, pause_ms});
}

/// TLS unless the port says plain HTTP.
inline void secure(const Scene& s, TcpTalk& talk) {
  if (s.out.server.port != 80) tls_handshake(s, talk);
}

/// The client's lists of algorithms: OpenSSH has long ones, libraries (and the tools made from them) shorter
/// ones.
inline constexpr Quantiles openssh_algorithms{600, 1'150, 1'400, 1'500, 1'600, 2'000};
inline constexpr Quantiles library_algorithms{450, 600, 750, 980, 1'400, 1'700};

/// Banners, key exchange, service request.
inline void ssh_handshake(const Scene& s, TcpTalk& talk, const Quantiles& algorithms = openssh_algorithms) {
  talk.say({backward, s.bytes({20, 22, 32, 40, 42, 60}), s.us(server_work_us)});
  talk.say({forward, s.bytes({16, 21, 24, 32, 40, 60}), s.us(client_work_us)});
  talk.say({forward, draw(s.rng, algorithms), s.us(client_work_us)});
  talk.say({backward, s.bytes({700, 950, 1'050, 1'100, 1'500, 1'700}), s.us(server_work_us)});
  talk.say({forward, s.bytes({36, 48, 48, 1'200, 1'220, 1'300}), s.us(client_work_us)});
  talk.say({backward, s.bytes({350, 450, 560, 700, 1'600, 1'900}), s.us(server_work_us)});
  talk.say({forward, s.bytes({40, 60, 80, 90, 110, 140}), s.us(client_work_us)});
  talk.say({backward, s.bytes({40, 44, 50, 60, 80, 100}), s.us(server_work_us)});
}

/// Passwords that are turned down; the server takes its time to say so.
inline void ssh_failures(const Scene& s, TcpTalk& talk, unsigned count, const Quantiles& think_ms) {
  for (unsigned i = 0; i < count; ++i) {
    talk.say({forward, s.bytes({80, 96, 120, 148, 160, 200}), s.ms(think_ms)});
    talk.say({backward, s.bytes({48, 52, 68, 80, 84, 100}), s.ms({5, 600, 1'700, 2'200, 2'900, 4'000})});
  }
}

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
