// Which connection comes next: a queue of sessions ordered by time. Users start sessions by the hour of the
// day, machines keep theirs for ever, and attackers start campaigns whenever attacks fall behind their share.
//
// Memory: one Session for each device and each session under way, whatever the number of connections.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/play.hpp>
#include <weir/synth/session.hpp>
#include <weir/synth/site.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

struct ScheduleOptions {
  std::uint64_t connections;
  std::uint64_t seed;
  double attack_share;
  std::int64_t start_ns;
  std::uint32_t clients;
  std::uint32_t ipv6_per_mille;  ///< of the pairs of hosts
  std::uint64_t user_pause_ns;   ///< mean time between two users' sessions in the busiest hour
};

class Schedule {
 public:
  explicit Schedule(const ScheduleOptions& o)
      : options_(o),
        site_(o.seed, o.clients, o.ipv6_per_mille),
        key_{RngKey{o.seed}.fork(2)},
        rng_(key_),
        next_user_ns_(o.start_ns),
        next_campaign_ns_(o.start_ns) {
    choose_mix();
    start_machines();
    start_user();
  }

  /// Writes the next connection to `out`. Starts never decrease.
  void next(Connection& out) {
    while (next_user_ns_ <= queue_.top().next_ns) start_user();
    Session s = queue_.top();
    queue_.pop();
    Rng own{key_.fork(s.id).fork(s.done)};
    const bool busy = s.server.address == flooded_ && s.next_ns < flooded_until_ns_;
    play(s, site_, busy, own, out);
    account(s);
    if (s.remaining != endless) --s.remaining;
    ++s.done;
    if (s.remaining > 0) {
      s.next_ns += draw_gap(s, own);
      queue_.push(s);
    }
    start_campaign(out.start_ns());
  }

 private:
  struct Later {
    bool operator()(const Session& a, const Session& b) const noexcept {
      return a.next_ns != b.next_ns ? a.next_ns > b.next_ns : a.id > b.id;
    }
  };

  static constexpr std::int64_t second = 1'000'000'000;

  Session make(Kind kind, std::int64_t time) { return make_session(kind, next_id_++, time, site_, rng_); }

  void choose_mix() {
    for (std::size_t k = 0; k < first_attack; ++k) {
      mix_[k] = pattern_of(static_cast<Kind>(k)).weight * (60 + rng_.below(100));
    }
  }

  /// Keeps `s` going for ever, from some moment of its first period on.
  void start_machine(Session s) {
    s.next_ns = options_.start_ns + static_cast<std::int64_t>(rng_.below(s.pace_ns));
    s.remaining = endless;
    s.jitter /= 4;  // machines are punctual; but so are some implants
    queue_.push(s);
  }
  void start_machine(Kind kind, std::uint32_t host) {
    Session s = make(kind, 0);
    s.client = {host, 0};
    start_machine(s);
  }

  void start_machines() {
    for (unsigned role = 0; role < 4; ++role) {  // each site has every sort of monitoring
      Session s = make(Kind::monitoring, 0);
      s.flavour = static_cast<std::uint8_t>(role * 64);
      start_machine(s);
    }
    for (std::uint32_t i = 0; i < site_.devices(); ++i) {
      static constexpr std::array<Kind, 4> uses{Kind::mqtt, Kind::coap, Kind::telemetry, Kind::mqtt};
      start_machine(uses[rng_.below(uses.size())], site_.device(i));
    }
    for (std::uint32_t i = 0; i < site_.clients(); ++i) {
      if (rng_.below(2) == 0) start_machine(Kind::ntp, site_.client(i));
      if (rng_.below(3) != 0) start_machine(Kind::telemetry, site_.client(i));
    }
  }

  /// Users by the hour (UTC) and the day, in percent of the busiest hour.
  [[nodiscard]] static std::uint64_t activity(std::int64_t time_ns) noexcept {
    static constexpr std::array<std::uint8_t, 24> by_hour{12, 9,  8,  7,  8,  12, 25, 50, 80, 95, 100, 95,
                                                          75, 85, 95, 95, 85, 65, 45, 35, 30, 26, 20,  15};
    const std::int64_t hours = time_ns / (3'600 * second);
    const bool weekend = (hours / 24 + 4) % 7 % 6 == 0;  // 1970-01-01 was a Thursday; 0 is Sunday
    return by_hour[static_cast<std::size_t>(hours % 24)] * (weekend ? 40U : 100U);
  }

  void start_user() {
    const std::uint64_t level = activity(next_user_ns_);
    auto mix = mix_;
    if (level < 3'000) mix[static_cast<std::size_t>(Kind::backup)] *= 5;  // the jobs of the night
    Session s = make(static_cast<Kind>(draw_weighted(rng_, mix)), next_user_ns_);
    if (s.kind == Kind::web || s.kind == Kind::quic || s.kind == Kind::video) look_up_name(s);
    queue_.push(s);
    next_user_ns_ +=
        static_cast<std::int64_t>(draw_exponential(rng_, options_.user_pause_ns * 10'000 / level) + 1);
  }

  /// A name is asked for before the connection, unless it is still known.
  void look_up_name(Session& s) {
    if (rng_.below(3) == 0) return;
    Session dns = make(Kind::dns, s.next_ns);
    dns.client = s.client;
    dns.remaining = static_cast<std::uint32_t>(1 + rng_.below(2));
    queue_.push(dns);
    s.next_ns += static_cast<std::int64_t>(10'000'000 + rng_.below(80'000'000));
  }

  void account(const Session& s) {
    ++made_;
    if (!is_attack(s.kind)) return;
    ++attacks_;
    if (s.kind != Kind::syn_flood) return;
    flooded_ = s.server.address;
    flooded_until_ns_ = s.next_ns + 2 * second;
  }

  /// Attacks come in campaigns, so the share is reached by starting one when it is too low. The kind is the
  /// one most behind its own share, and its size is bounded so that even a short run holds several of each
  /// kind.
  void start_campaign(std::int64_t now) {
    if (now < next_campaign_ns_ ||
        static_cast<double>(attacks_) >= options_.attack_share * static_cast<double>(made_)) {
      return;
    }
    const std::size_t k = most_behind();
    Session s = make(static_cast<Kind>(k), now + static_cast<std::int64_t>(rng_.below(5 * second)));
    const double budget = std::min(1e9, options_.attack_share * static_cast<double>(options_.connections));
    const std::uint64_t fair = static_cast<std::uint64_t>(budget) * pattern_of(s.kind).weight / 800;
    s.remaining =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(s.remaining, std::max<std::uint64_t>(4, fair)));
    planned_[k] += s.remaining;
    queue_.push(s);
    next_campaign_ns_ = now + static_cast<std::int64_t>(draw_exponential(rng_, 12 * second));
  }

  [[nodiscard]] std::size_t most_behind() const noexcept {
    std::size_t best = first_attack;
    const auto load = [&](std::size_t k) {
      return planned_[k] * 1'000 / pattern_of(static_cast<Kind>(k)).weight;
    };
    for (std::size_t k = first_attack + 1; k < kind_count; ++k) {
      if (load(k) < load(best)) best = k;
    }
    return best;
  }

  ScheduleOptions options_;
  Site site_;
  RngKey key_;
  Rng rng_;
  std::array<std::uint64_t, kind_count> mix_{};
  std::array<std::uint64_t, kind_count> planned_{};
  std::priority_queue<Session, std::vector<Session>, Later> queue_;
  std::uint64_t next_id_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t attacks_ = 0;
  std::int64_t next_user_ns_;
  std::int64_t next_campaign_ns_;
  std::uint32_t flooded_ = 0;
  std::int64_t flooded_until_ns_ = 0;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
