// The scripts of the attacks, one function a kind. Each plays one connection of a campaign.
//
// Techniques as in MITRE ATT&CK: T1046 (scans), T1499 (flood), T1110 (guessed passwords), T1071 and T1029
// (beacons), T1041 (exfiltration), T1572 (tunnel).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/benign.hpp>
#include <weir/synth/scene.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth::detail {

/// One probe: with raw SYNs, with complete connections, or with a look at the banner.
inline void play_scan(const Scene& s) {
  TcpTalk talk = s.tcp();
  const std::uint8_t method = s.session.flavour / 3;  // 0..85; the rest chose the attacker
  const bool raw = method < 40;
  const unsigned repeats = raw ? 0 : s.upto(2);
  if (!s.site.in_use(s.out.server.address)) return talk.unanswered(repeats);
  if (!s.site.open(s.out.server)) {  // some hosts filter, others refuse
    return s.site.trait(s.out.server.address, 7, 3) == 0 ? talk.unanswered(repeats) : talk.refused();
  }
  if (raw) {
    talk.half_open(0);
    return talk.reset(forward, 0);
  }
  if (!connect(s, talk)) return;
  if (method > 65) talk.say({backward, s.bytes({20, 30, 50, 90, 200, 600}), s.us(server_work_us)});
  if (s.rng.below(3) == 0) return talk.reset(forward, s.us(client_work_us));
  talk.close(forward, s.us(client_work_us));
}

/// A spoofed SYN: the server repeats its answer, or has no room left to give one; now and then the real owner
/// of the address says RST.
inline void play_syn_flood(const Scene& s) {
  TcpTalk talk = s.tcp();
  const std::uint64_t die = s.rng.below(100);
  if (die < 35) return talk.unanswered(0);
  talk.half_open(die < 80 ? s.upto(3) : 0);
  if (die > 90) talk.reset(forward, 0);
}

inline void play_ssh_brute_force(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  const bool patient = s.session.flavour > 228;
  ssh_handshake(s, talk, s.session.flavour % 5 == 0 ? openssh_algorithms : library_algorithms);
  const unsigned tries = 1 + s.upto(s.session.flavour % 4 == 0 ? 5U : 2U);
  ssh_failures(
      s, talk, tries,
      patient ? Quantiles{400, 1'500, 3'000, 5'000, 9'000, 15'000} : Quantiles{1, 5, 30, 150, 900, 3'000});
  if (!patient) return finish_at_once(s, talk);
  finish(s, talk);
}

inline void play_web_brute_force(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  const bool patient = s.session.flavour > 228;  // drives a browser, and waits like a user
  tls_handshake(s, talk, patient ? browser_tls : implant_tls);
  if (patient) exchange(s, talk, 1, login_page);
  const unsigned tries = 1 + s.upto(s.session.flavour % 4 == 0 ? 12U : 3U);
  for (unsigned i = 0; i < tries; ++i) {
    if (patient) {
      try_password(s, talk, login_request, {300, 1'500, 4'000, 8'000, 15'000, 30'000});
    } else {
      try_password(s, talk, {210, 290, 380, 480, 700, 1'500}, {1, 10, 60, 300, 2'000, 6'000});
    }
  }
  if (!patient) return finish_at_once(s, talk);
  finish(s, talk);
}

/// An implant asks for orders: like telemetry, but the server is nobody's cloud: further away, with a short
/// certificate chain, and its answers are mostly "nothing to do".
inline void play_beacon(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  if (s.out.server.port != 80) tls_handshake(s, talk, implant_tls);
  const Quantiles pause_ms{1, 20, 200, 1'500, 9'000, 30'000};
  exchange(s, talk, 1, {{170, 230, 300, 420, 800, 3'000}, {110, 140, 165, 220, 400, 1'500}, pause_ms});
  if (s.rng.below(100) < 6) {  // an order, and what came of it
    exchange(s, talk, 1,
             {{140, 230, 900, 6'000, 30'000, 90'000}, {110, 300, 2'000, 20'000, 90'000, 250'000}, pause_ms});
  }
  finish_at_once(s, talk);
}

/// Stolen data leaves like a back-up, in pieces, with a pause to stay below the radar.
inline void play_exfiltration(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  if (s.out.server.port == 22) {
    ssh_handshake(s, talk);
  } else {
    tls_handshake(s, talk, implant_tls);
  }
  upload(s, talk, 2 + s.upto(8), {2'000, 24'000, 70'000, 160'000, 300'000, 500'000},
         {5, 150, 700, 2'000, 7'000, 20'000});
  finish(s, talk);
}

/// Data in the names: long queries and rich answers (TXT, NULL, CNAME).
inline void play_dns_tunnel(const Scene& s) {
  UdpTalk talk = s.udp();
  const bool idle = s.rng.below(100) < 18;  // keeps the tunnel open with short names
  const std::uint64_t query =
      draw(s.rng, idle ? Quantiles{34, 42, 52, 64, 80, 110} : Quantiles{66, 105, 145, 180, 220, 255});
  talk.say({forward, query, 0});
  if (s.fault(16'000)) talk.say({forward, query, s.ms({900, 1'000, 2'000, 5'000, 5'000, 6'000})});
  if (s.fault(10'000)) return;
  talk.say({backward, query + s.bytes({16, 50, 120, 240, 500, 1'100}), s.ms({2, 15, 40, 90, 250, 900})});
}

}  // namespace synth::detail
}  // namespace weir::inline WEIR_ABI
