// A session is a run of connections with one cause: a page view, the reports of a device, a scan.
//
// The tables here say how often each kind happens, how many connections it makes and how they are spaced.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/quantiles.hpp>
#include <weir/synth/site.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace weir::inline WEIR_ABI {
namespace synth {

struct Session {
  std::int64_t next_ns = 0;  ///< when its next connection starts
  std::uint64_t id = 0;      ///< breaks ties of time
  Kind kind = Kind::web;
  Endpoint client{};  ///< port 0: a new one for each connection
  Endpoint server{};
  std::uint32_t remaining = 1;
  std::uint64_t done = 0;     ///< connections made so far
  std::uint64_t pace_ns = 0;  ///< mean time from one connection to the next
  std::uint8_t jitter = 0;    ///< of a regular session, in percent of the pace
  std::uint8_t flavour = 0;   ///< uniform; what a kind's variants are told apart by
};

inline constexpr std::uint32_t endless = std::numeric_limits<std::uint32_t>::max();

enum class Rhythm : std::uint8_t { bursty, regular };

struct Pattern {
  std::uint32_t weight;  ///< of sessions among users' kinds; of connections among attacks; 0: machines only
  Rhythm rhythm;
  Quantiles connections;  ///< a session
  Quantiles pace_ms;
};

[[nodiscard]] inline const Pattern& pattern_of(Kind kind) noexcept {
  using enum Rhythm;
  static constexpr std::array<Pattern, kind_count> patterns{{
      /* web             */ {300, bursty, {1, 1, 3, 6, 14, 30}, {5, 40, 150, 600, 4'000, 12'000}},
      /* quic            */ {90, bursty, {1, 1, 1, 3, 6, 10}, {5, 60, 200, 900, 5'000, 12'000}},
      /* visitor         */ {130, bursty, {1, 1, 2, 4, 12, 60}, {20, 150, 600, 2'500, 9'000, 20'000}},
      /* login           */ {28, bursty, {1, 1, 1, 2, 4, 8}, {1'500, 4'000, 9'000, 15'000, 40'000, 90'000}},
      /* dns             */ {170, bursty, {1, 1, 2, 4, 9, 40}, {1, 10, 60, 400, 3'000, 9'000}},
      /* smtp            */ {45, bursty, {1, 1, 1, 2, 5, 12}, {300, 900, 2'500, 6'000, 20'000, 60'000}},
      /* imap            */ {40, bursty, {1, 1, 1, 2, 3, 6}, {200, 500, 2'000, 9'000, 30'000, 60'000}},
      /* ssh             */ {36, bursty, {1, 1, 1, 3, 10, 40}, {800, 2'500, 6'000, 14'000, 40'000, 90'000}},
      /* video           */ {10, bursty, {1, 1, 2, 3, 5, 8}, {300, 2'000, 6'000, 12'000, 30'000, 60'000}},
      /* voip            */ {4, bursty, {1, 1, 1, 1, 2, 2}, {500, 900, 2'000, 9'000, 30'000, 60'000}},
      /* mqtt            */
      {0, regular, {1, 1, 1, 1, 1, 1}, {20'000, 55'000, 60'000, 120'000, 300'000, 900'000}},
      /* coap            */
      {0, regular, {1, 1, 1, 1, 1, 1}, {10'000, 30'000, 60'000, 60'000, 300'000, 600'000}},
      /* telemetry       */
      {0, regular, {1, 1, 1, 1, 1, 1}, {30'000, 120'000, 300'000, 600'000, 900'000, 1'800'000}},
      /* ntp             */
      {0, regular, {1, 1, 1, 1, 1, 1}, {64'000, 256'000, 512'000, 1'024'000, 1'024'000, 1'100'000}},
      /* backup          */ {9, bursty, {1, 1, 2, 4, 10, 20}, {500, 2'000, 9'000, 30'000, 90'000, 200'000}},
      /* monitoring      */ {0, regular, {1, 1, 1, 1, 1, 1}, {5'000, 9'000, 15'000, 20'000, 40'000, 60'000}},
      /* p2p             */ {7, bursty, {3, 6, 12, 22, 50, 90}, {20, 150, 700, 2'500, 9'000, 20'000}},
      /* horizontal_scan */ {18, regular, {40, 90, 160, 300, 600, 1'000}, {3, 10, 40, 200, 2'000, 12'000}},
      /* vertical_scan   */ {16, regular, {40, 80, 150, 300, 600, 1'000}, {3, 10, 40, 200, 2'000, 12'000}},
      /* syn_flood       */ {22, bursty, {200, 500, 900, 1'500, 3'000, 6'000}, {1, 2, 5, 20, 90, 300}},
      /* ssh_brute_force */
      {11, regular, {15, 30, 60, 120, 300, 600}, {100, 400, 1'000, 2'500, 9'000, 30'000}},
      /* web_brute_force */ {11, regular, {15, 40, 90, 200, 400, 800}, {60, 200, 500, 1'500, 6'000, 20'000}},
      /* beacon          */
      {8, regular, {20, 40, 70, 120, 250, 400}, {8'000, 20'000, 45'000, 60'000, 180'000, 300'000}},
      /* exfiltration    */ {4, bursty, {3, 5, 9, 15, 30, 60}, {600, 3'000, 9'000, 30'000, 90'000, 200'000}},
      /* dns_tunnel      */
      {10, bursty, {40, 90, 200, 400, 900, 2'000}, {20, 90, 250, 700, 2'500, 10'000}},
  }};
  return patterns[static_cast<std::size_t>(kind)];
}

/// The time from this connection of the session to its next one.
[[nodiscard]] inline std::int64_t draw_gap(const Session& s, Rng& rng) noexcept {
  if (pattern_of(s.kind).rhythm == Rhythm::bursty) {
    return static_cast<std::int64_t>(draw_exponential(rng, s.pace_ns) + 1);
  }
  const std::uint64_t swing = s.pace_ns / 100 * s.jitter;
  return static_cast<std::int64_t>(s.pace_ns - swing + rng.below(2 * swing + 1));
}

/// Who talks to whom. Groups of hosts outside, as Site numbers them.
struct Outside {
  static constexpr std::uint64_t web = 10, visitors = 11, mail = 12, cloud = 13, peers = 14, spoofed = 15,
                                 attackers = 16, drop_points = 17, resolvers = 18, media = 19;
};

namespace detail {

[[nodiscard]] inline Endpoint inbound_attacker(const Site& site, const Session& s, Rng& rng) {
  // A third of the scans and guesses come from a host inside that has been taken over.
  if (s.flavour % 3 == 0) return {site.client(rng.below(site.clients())), 0};
  return {site.outside(Outside::attackers, rng.below(100'000)), 0};
}

[[nodiscard]] inline std::uint16_t device_cloud_port(Kind kind, const Session& s) {
  if (kind == Kind::coap) return 5683;
  if (kind == Kind::ntp) return 123;
  if (kind == Kind::telemetry) return 443;
  return s.flavour < 180 ? 8883 : 1883;
}

[[nodiscard]] inline std::uint16_t scanned_port(Rng& rng) {
  static constexpr std::array<std::uint16_t, 12> favourites{22,  23,   25,   80,   443,  445,
                                                            993, 1433, 3389, 5900, 8080, 8443};
  return favourites[rng.below(favourites.size())];
}

inline void cast_roles(Session& s, const Site& site, Rng& rng) {
  const Endpoint user{site.client(draw_rank(rng, site.clients())), 0};
  const Endpoint public_web{site.server(rng.below(3)), 443};
  const auto out = [&](std::uint64_t group, std::uint64_t n, std::uint16_t port) {
    return Endpoint{site.outside(group, draw_rank(rng, n)), port};
  };
  const bool inside = s.flavour % 4 == 0;
  switch (s.kind) {
    case Kind::web: s.client = user, s.server = out(Outside::web, 4'000, s.flavour < 24 ? 80 : 443); break;
    case Kind::quic: s.client = user, s.server = out(Outside::web, 400, 443); break;
    case Kind::login:
      s.client = inside ? user : out(Outside::visitors, 20'000, 0), s.server = public_web;
      break;
    case Kind::visitor: s.client = out(Outside::visitors, 20'000, 0), s.server = public_web; break;
    case Kind::dns:
      s.client = user;
      s.server =
          s.flavour < 225 ? Endpoint{site.server(3 + rng.below(2)), 53} : out(Outside::resolvers, 4, 53);
      break;
    case Kind::smtp:
      s.client = s.flavour < 130 ? out(Outside::mail, 2'000, 0) : Endpoint{site.server(5), 0};
      s.server = s.flavour < 130 ? Endpoint{site.server(5), 25} : out(Outside::mail, 2'000, 25);
      break;
    case Kind::imap: s.client = user, s.server = {site.server(5), 993}; break;
    case Kind::ssh:
      s.client = inside ? out(Outside::visitors, 400, 0) : user;
      s.server =
          s.flavour % 4 == 1 ? out(Outside::cloud, 200, 22) : Endpoint{site.server(6 + rng.below(6)), 22};
      break;
    case Kind::video: s.client = user, s.server = out(Outside::media, 60, 443); break;
    case Kind::voip:
      s.client = user,
      s.server = out(Outside::media, 30, static_cast<std::uint16_t>(16'384 + 2 * rng.below(8'000)));
      break;
    case Kind::backup: s.client = user, s.server = out(Outside::cloud, 300, s.flavour < 60 ? 22 : 443); break;
    case Kind::mqtt:
    case Kind::coap:
    case Kind::telemetry:
    case Kind::ntp: s.server = out(Outside::cloud, 300, device_cloud_port(s.kind, s)); break;
    case Kind::monitoring: s.client = {site.server(11), 0}; break;
    case Kind::p2p: s.client = user; break;
    case Kind::horizontal_scan:
      s.client = inbound_attacker(site, s, rng), s.server.port = scanned_port(rng);
      break;
    case Kind::vertical_scan:
      s.client = inbound_attacker(site, s, rng),
      s.server.address = site.address(rng.below(site.host_count()));
      break;
    case Kind::syn_flood:
      s.server = {public_web.address, s.flavour < 200 ? std::uint16_t{443} : std::uint16_t{80}};
      break;
    case Kind::ssh_brute_force:
      s.client = inbound_attacker(site, s, rng), s.server = {site.server(6 + rng.below(6)), 22};
      break;
    case Kind::web_brute_force: s.client = inbound_attacker(site, s, rng), s.server = public_web; break;
    case Kind::beacon:
      s.client = user, s.server = out(Outside::drop_points, 50'000, s.flavour < 40 ? 80 : 443);
      break;
    case Kind::exfiltration:
      s.client = user, s.server = out(Outside::drop_points, 50'000, s.flavour < 50 ? 22 : 443);
      break;
    case Kind::dns_tunnel:
      s.client = user;
      s.server = s.flavour < 150 ? Endpoint{site.server(3 + rng.below(2)), 53}
                                 : out(Outside::drop_points, 50'000, 53);
      break;
  }
}

}  // namespace detail

/// A new session; the caller gives devices their host and sets the number of connections where it differs.
[[nodiscard]] inline Session make_session(Kind kind, std::uint64_t id, std::int64_t time_ns, const Site& site,
                                          Rng& rng) {
  const Pattern& pattern = pattern_of(kind);
  Session s{.next_ns = time_ns, .id = id, .kind = kind};
  s.remaining = static_cast<std::uint32_t>(draw(rng, pattern.connections));
  s.pace_ns = draw(rng, pattern.pace_ms) * 1'000'000;
  s.jitter = static_cast<std::uint8_t>(rng.below(40));
  s.flavour = static_cast<std::uint8_t>(rng.below(256));
  detail::cast_roles(s, site, rng);
  return s;
}

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
