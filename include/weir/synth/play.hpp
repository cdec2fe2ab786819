// From a session to its next connection: addresses, ports, path, and the script of its kind.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/attacks.hpp>
#include <weir/synth/benign.hpp>
#include <weir/synth/scene.hpp>

#include <array>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth {
namespace detail {

/// The kinds that meet another host or port with each connection.
inline void pick_target(const Scene& s) {
  static constexpr std::array<std::uint16_t, 6> checked{22, 80, 443, 445, 3306, 9100};
  Connection& c = s.out;
  const std::uint64_t n = s.session.done;
  switch (c.kind) {
    case Kind::monitoring: {
      // Health checks go round the servers and know what runs there; an inventory tries everything.
      const bool check = s.session.flavour < 128;
      c.server.address = check ? s.site.server(n) : s.site.address(n * 7);
      const std::uint64_t first = s.rng.below(checked.size());
      c.server.port = checked[first];
      for (std::size_t i = 1; check && i < checked.size() && !s.site.open(c.server); ++i) {
        c.server.port = checked[(first + i) % checked.size()];
      }
      break;
    }
    case Kind::p2p:
      c.server.address = s.site.outside(Outside::peers, s.rng.below(200'000));
      c.server.port = static_cast<std::uint16_t>(1'024 + s.rng.below(60'000));
      break;
    case Kind::horizontal_scan:
      // In steps, so that the probes do not walk from neighbour to neighbour.
      c.server.address = s.site.address(s.session.id + n * 389);
      break;
    case Kind::vertical_scan: {
      const std::uint64_t order = (s.session.id * 31 + n * 389) % 1'024;
      c.server.port =
          static_cast<std::uint16_t>(s.rng.below(4) == 0 ? 1'024 + s.rng.below(64'000) : 1 + order);
      break;
    }
    case Kind::syn_flood: c.client.address = s.site.outside(Outside::spoofed, s.rng.next32()); break;
    default: break;
  }
}

inline void play_kind(const Scene& s) {
  switch (s.session.kind) {
    case Kind::web: return play_web(s);
    case Kind::quic: return play_quic(s);
    case Kind::visitor: return play_visitor(s);
    case Kind::login: return play_login(s);
    case Kind::dns: return play_dns(s);
    case Kind::smtp: return play_smtp(s);
    case Kind::imap: return play_imap(s);
    case Kind::ssh: return play_ssh(s);
    case Kind::video: return play_video(s);
    case Kind::voip: return play_voip(s);
    case Kind::mqtt: return play_mqtt(s);
    case Kind::coap: return play_coap(s);
    case Kind::telemetry: return play_telemetry(s);
    case Kind::ntp: return play_ntp(s);
    case Kind::backup: return play_backup(s);
    case Kind::monitoring: return play_monitoring(s);
    case Kind::p2p: return play_p2p(s);
    case Kind::horizontal_scan:
    case Kind::vertical_scan: return play_scan(s);
    case Kind::syn_flood: return play_syn_flood(s);
    case Kind::ssh_brute_force: return play_ssh_brute_force(s);
    case Kind::web_brute_force: return play_web_brute_force(s);
    case Kind::beacon: return play_beacon(s);
    case Kind::exfiltration: return play_exfiltration(s);
    case Kind::dns_tunnel: return play_dns_tunnel(s);
  }
}

}  // namespace detail

/// Writes the session's next connection to `out`, whose storage is used again.
inline void play(const Session& session, const Site& site, bool server_busy, Rng& rng, Connection& out) {
  out.client = session.client;
  out.server = session.server;
  out.kind = session.kind;
  out.packets.clear();
  Scene scene{.site = site, .session = session, .rng = rng, .out = out, .server_busy = server_busy};
  detail::pick_target(scene);
  if (out.client.port == 0) out.client.port = static_cast<std::uint16_t>(32'768 + rng.below(28'232));
  scene.path = site.path(out.client.address, out.server.address, rng);
  out.ipv6 = scene.path.ipv6;
  detail::play_kind(scene);
}

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
