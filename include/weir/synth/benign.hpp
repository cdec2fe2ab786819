// The scripts of ordinary traffic, one function a kind. Each plays one connection of a session.
//
// Several of them look like an attack on purpose: users who mistype passwords, jobs that fail to log in every
// minute, health checks that touch many ports, peers that are gone, devices that report like clockwork,
// back-ups, long names of content networks.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/scene.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth::detail {

inline void play_web(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  secure(s, talk);
  const auto requests = static_cast<unsigned>(draw(s.rng, {1, 1, 2, 4, 8, 16}));
  exchange(s, talk, requests,
           {{250, 450, 700, 1'200, 2'500, 6'000}, {150, 700, 4'000, 16'000, 70'000, 250'000}, reading_ms});
  finish(s, talk);
}

inline void play_quic(const Scene& s) {
  UdpTalk talk = s.udp();
  talk.say({forward, 1'250, 0});
  if (s.fault(12'000)) return talk.say({forward, 1'250, s.ms({200, 300, 500, 900, 1'000, 3'000})});
  talk.say({backward, s.bytes({1'200, 2'400, 3'600, 4'200, 5'200, 7'000}), s.us(server_work_us)});
  const auto requests = static_cast<unsigned>(draw(s.rng, {1, 1, 2, 3, 7, 12}));
  for (unsigned i = 0; i < requests; ++i) {
    talk.say({forward, s.bytes({80, 200, 450, 900, 1'600, 4'000}), s.ms(reading_ms)});
    for (auto left = s.bytes({1, 2, 4, 12, 40, 120}); left > 0; --left) {  // an acknowledgement now and then
      talk.say({backward, s.bytes({200, 1'500, 3'700, 3'750, 5'000, 10'000}),
                s.us({5, 20, 100, 600, 9'000, 90'000})});
      talk.say({forward, s.bytes({28, 30, 33, 38, 50, 80}), 0});
    }
  }
}

/// Somebody outside reads the site's own pages, or a program asks its interface.
inline void play_visitor(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  const bool program = s.session.flavour < 44;
  tls_handshake(s, talk, program ? device_tls : browser_tls);
  const auto requests = static_cast<unsigned>(draw(s.rng, {1, 1, 2, 4, 9, 25}));
  if (program) {
    exchange(s, talk, requests,
             {{300, 450, 600, 900, 1'400, 3'000},
              {180, 350, 600, 1'300, 4'000, 20'000},
              {3, 60, 400, 2'000, 9'000, 30'000}});
  } else {
    exchange(
        s, talk, requests,
        {{280, 420, 600, 1'000, 1'900, 4'000}, {200, 1'500, 7'000, 24'000, 90'000, 250'000}, reading_ms});
  }
  if (program && s.session.flavour % 2 == 0) return finish_at_once(s, talk);
  finish(s, talk);
}

inline constexpr Quantiles login_request{380, 560, 700, 900, 1'300, 2'400};
inline constexpr Quantiles login_refusal{300, 420, 600, 1'000, 2'200, 6'000};

/// Passwords are hashed slowly on purpose.
inline void try_password(const Scene& s, TcpTalk& talk, const Quantiles& request, const Quantiles& think_ms) {
  talk.say({forward, s.bytes(request), s.ms(think_ms)});
  talk.say({backward, s.bytes(login_refusal), s.ms({70, 95, 130, 190, 350, 900})});
}

inline constexpr Exchange login_page{
    {300, 500, 650, 900, 1'500, 3'000}, {900, 4'000, 9'000, 20'000, 60'000, 90'000}, reading_ms};

/// A user logs in on the site's pages, not always at the first try.
inline void play_login(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  tls_handshake(s, talk);
  const std::uint64_t tries = draw(s.rng, {1, 1, 2, 3, 4, 7});
  if (s.rng.below(4) != 0) exchange(s, talk, 1, login_page);
  for (std::uint64_t i = 0; i < tries; ++i) {
    try_password(s, talk, login_request, {700, 3'000, 6'000, 11'000, 25'000, 50'000});
  }
  if (s.rng.below(3) != 0) exchange(s, talk, 1, login_page);
  finish(s, talk);
}

inline void play_dns(const Scene& s) {
  UdpTalk talk = s.udp();
  // Content networks, trackers, mail reputation and malware look-ups all use long names.
  const bool lengthy = s.session.flavour % 32 < 3 || s.rng.below(100) < 4;
  const std::uint64_t query =
      lengthy ? draw(s.rng, {46, 62, 80, 105, 150, 240}) : draw(s.rng, {24, 30, 36, 46, 66, 110});
  const auto wait = s.ms({900, 1'000, 2'000, 5'000, 5'000, 6'000});
  talk.say({forward, query, 0});
  if (s.fault(14'000)) talk.say({forward, query, wait});
  if (s.fault(8'000)) return;
  const Quantiles recursion_us{90, 200, 500, 9'000, 60'000, 900'000};
  talk.say(
      {backward,
       query + (lengthy ? s.bytes({16, 60, 110, 190, 420, 1'100}) : s.bytes({16, 32, 64, 130, 280, 900})),
       s.us(recursion_us)});
}

inline void play_smtp(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  talk.say({backward, s.bytes({40, 60, 80, 110, 180, 300}), s.us(server_work_us)});
  exchange(s, talk, 2, {{20, 24, 30, 36, 44, 60}, {30, 60, 120, 170, 220, 300}, {1, 3, 10, 40, 300, 2'000}});
  if (s.rng.below(10) < 8) tls_handshake(s, talk);
  exchange(s, talk, 4, {{40, 50, 60, 75, 100, 200}, {40, 50, 60, 80, 120, 250}, {1, 3, 10, 40, 300, 2'000}});
  upload(s, talk, 1, {900, 4'000, 11'000, 40'000, 200'000, 450'000}, {1, 3, 10, 40, 300, 2'000});
  finish(s, talk);
}

inline void play_imap(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  tls_handshake(s, talk);
  talk.say({backward, s.bytes({60, 90, 120, 150, 200, 300}), s.us(server_work_us)});
  exchange(s, talk, 3 + s.upto(5),
           {{35, 45, 55, 75, 120, 300}, {60, 110, 260, 900, 8'000, 120'000}, {1, 5, 40, 300, 6'000, 29'000}});
  finish(s, talk);
}

inline void play_ssh(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  const std::uint8_t variant = s.session.flavour / 4;  // the rest chose the roles
  ssh_handshake(s, talk, variant % 4 == 0 ? library_algorithms : openssh_algorithms);
  if (variant < 7) {  // a job with a stale key, which tries again and again
    ssh_failures(s, talk, 1 + s.upto(2), {1, 4, 15, 90, 400, 2'000});
    return finish(s, talk);
  }
  ssh_failures(s, talk, static_cast<unsigned>(draw(s.rng, {0, 0, 0, 1, 3, 4})),
               {500, 2'500, 4'500, 8'000, 15'000, 25'000});
  if (s.rng.below(100) < 12) return finish(s, talk);  // gives up
  talk.say({forward, s.bytes({80, 120, 350, 600, 700, 900}), s.ms({1, 5, 40, 3'000, 8'000, 20'000})});
  talk.say({backward, s.bytes({28, 36, 44, 60, 120, 600}), s.us(server_work_us)});
  if (variant < 34) {  // a program: one command
    exchange(s, talk, 1 + s.upto(3),
             {{60, 90, 200, 900, 9'000, 90'000},
              {60, 150, 600, 5'000, 40'000, 200'000},
              {1, 3, 10, 60, 400, 3'000}});
  } else {  // a person at a terminal
    exchange(s, talk, 8 + s.upto(60),
             {{36, 36, 36, 44, 60, 100}, {36, 36, 44, 140, 900, 4'000}, {40, 110, 190, 500, 3'000, 12'000}});
  }
  finish(s, talk);
}

inline void play_video(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  tls_handshake(s, talk);
  exchange(s, talk, 2 + s.upto(4),
           {{400, 600, 800, 1'000, 1'400, 2'000},
            {40'000, 150'000, 260'000, 420'000, 700'000, 1'000'000},
            {800, 2'000, 4'000, 5'000, 9'000, 10'000}});
  finish(s, talk);
}

/// RTP (RFC 3550): a datagram each 20 ms from both sides; a few of the server's do not arrive.
inline void play_voip(const Scene& s) {
  UdpTalk talk = s.udp();
  const std::uint64_t payload = s.session.flavour < 150 ? 172 : 72 + s.rng.below(40);
  const auto frames = draw(s.rng, {40, 200, 450, 700, 1'400, 2'000});
  std::int64_t due = talk.now();
  for (std::uint64_t i = 0; i < frames; ++i) {
    const auto late = static_cast<std::int64_t>(s.rng.below(1'500'000));
    talk.say({forward, payload, due + late > talk.now() ? due + late - talk.now() : 0});
    if (s.rng.below(100) < 94) talk.say({backward, payload, 0});
    due += 20'000'000;
  }
}

inline void play_mqtt(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  if (s.out.server.port == 8883) tls_handshake(s, talk, device_tls);
  exchange(s, talk, 2 + s.upto(2),
           {{20, 50, 90, 160, 400, 1'500}, {4, 26, 28, 34, 60, 300}, {1, 5, 30, 300, 3'000, 30'000}});
  finish(s, talk);
}

inline void play_coap(const Scene& s) {
  UdpTalk talk = s.udp();
  const std::uint64_t report = s.bytes({14, 24, 40, 70, 140, 500});
  talk.say({forward, report, 0});
  for (unsigned i = 0; i < 3 && s.fault(25'000); ++i)
    talk.say({forward, report, s.ms({2'000, 2'300, 2'600, 3'000, 6'000, 8'000})});
  if (!s.fault(15'000)) talk.say({backward, s.bytes({4, 8, 12, 16, 60, 300}), s.us(server_work_us)});
}

/// Programs that report home or ask for news: over TLS, small, and regular.
inline void play_telemetry(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  tls_handshake(
      s, talk, s.site.in_use(s.session.client.address) && s.session.flavour < 150 ? browser_tls : device_tls);
  exchange(s, talk, 1 + s.upto(1),
           {{180, 380, 650, 1'300, 4'000, 12'000},
            {120, 240, 420, 900, 6'000, 60'000},
            {1, 20, 200, 1'500, 9'000, 30'000}});
  if (s.session.flavour % 2 == 0) return finish_at_once(s, talk);
  finish(s, talk);
}

inline void play_ntp(const Scene& s) {
  UdpTalk talk = s.udp();
  talk.say({forward, 48, 0});
  if (!s.fault(20'000)) talk.say({backward, 48, s.us({5, 20, 40, 60, 200, 900})});
}

inline void play_backup(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!connect(s, talk)) return;
  if (s.out.server.port == 22) {
    ssh_handshake(s, talk);
  } else {
    tls_handshake(s, talk);
  }
  upload(s, talk, 1 + s.upto(5), {3'000, 30'000, 120'000, 260'000, 480'000, 700'000},
         {1, 10, 90, 500, 3'000, 12'000});
  finish(s, talk);
}

/// Health checks and inventories of the site's own hosts: connect, perhaps read a banner, leave.
inline void play_monitoring(const Scene& s) {
  TcpTalk talk = s.tcp();
  if (!s.site.in_use(s.out.server.address)) return talk.unanswered(s.upto(2));
  if (!s.site.open(s.out.server)) return s.rng.below(3) == 0 ? talk.unanswered(s.upto(2)) : talk.refused();
  if (!connect(s, talk)) return;
  if (s.session.flavour % 128 == 0) return talk.reset(forward, s.us(client_work_us));
  if (s.session.flavour < 128)
    talk.say({backward, s.bytes({20, 30, 50, 90, 200, 600}), s.us(server_work_us)});
  talk.close(forward, s.us(client_work_us));
}

/// Peers come and go, so most of them do not answer any more.
inline void play_p2p(const Scene& s) {
  if (s.session.flavour < 90) {
    UdpTalk talk = s.udp();
    talk.say({forward, s.bytes({30, 90, 105, 130, 300, 1'000}), 0});
    if (s.rng.below(100) < 45)
      talk.say({backward, s.bytes({40, 100, 280, 320, 500, 1'100}), s.us(server_work_us)});
    return;
  }
  TcpTalk talk = s.tcp();
  const std::uint64_t die = s.rng.below(100);
  if (die < 42) return talk.unanswered(s.upto(3));
  if (die < 58) return talk.refused();
  talk.open();
  talk.say({forward, 68, s.us(client_work_us)});
  talk.say({backward, 68, s.us(server_work_us)});
  if (die > 70)
    exchange(s, talk, 1 + s.upto(8),
             {{17, 40, 120, 400, 16'000, 33'000},
              {17, 300, 9'000, 16'400, 33'000, 130'000},
              {1, 20, 200, 900, 5'000, 30'000}});
  finish(s, talk);
}

}  // namespace synth::detail
}  // namespace weir::inline WEIR_ABI
