// Which connections are made: the options of the generator, and the loop over its connections.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/schedule.hpp>

#include <cstdint>
#include <optional>

namespace weir::inline WEIR_ABI {

struct SynthOptions {
  std::uint64_t connections = 10'000;
  std::uint64_t seed = 1;
  double attack_share = 0.12;              ///< 0 ... 0.5, of the connections
  std::optional<std::int64_t> start_ns{};  ///< since 1970-01-01 UTC; without it the seed chooses day and hour
  std::uint32_t clients = 150;  ///< people's machines, 1 ... 50000; a quarter as many devices come on top
  double ipv6_share = 0.0;      ///< 0 ... 1, of the pairs of hosts
  double sessions_per_second = 0.7;  ///< users' sessions in the busiest hour, 0.01 ... 10000
};

namespace synth::detail {

/// A time in the first four weeks of 2026, between six in the morning and ten at night.
[[nodiscard]] inline std::int64_t choose_start(std::uint64_t seed) {
  Rng rng{RngKey{seed}.fork(3)};
  const std::uint64_t day = rng.below(28);
  const std::uint64_t seconds = 1'767'571'200 + day * 86'400 + 6 * 3'600 + rng.below(16 * 3'600);
  return static_cast<std::int64_t>(seconds * 1'000'000'000);
}

[[nodiscard]] inline ScheduleOptions checked(const SynthOptions& o) {
  // Written so that NaN fails.
  if (!(o.attack_share >= 0 && o.attack_share <= 0.5)) {
    fail(ErrorKind::config, "SynthOptions: attack_share must lie in 0 ... 0.5");
  }
  if (!(o.sessions_per_second >= 0.01 && o.sessions_per_second <= 1e4)) {
    fail(ErrorKind::config, "SynthOptions: sessions_per_second must lie in 0.01 ... 10000");
  }
  if (!(o.ipv6_share >= 0 && o.ipv6_share <= 1)) {
    fail(ErrorKind::config, "SynthOptions: ipv6_share must lie in 0 ... 1");
  }
  if (o.clients < 1 || o.clients > 50'000)
    fail(ErrorKind::config, "SynthOptions: clients must lie in 1 ... 50000");
  const std::int64_t start = o.start_ns ? *o.start_ns : choose_start(o.seed);
  if (start < 0 || start > (std::int64_t{1} << 62))
    fail(ErrorKind::config, "SynthOptions: start_ns must lie in 0 ... 2^62");
  return {.connections = o.connections,
          .seed = o.seed,
          .attack_share = o.attack_share,
          .start_ns = start,
          .clients = o.clients,
          .ipv6_per_mille = static_cast<std::uint32_t>(1'000 * o.ipv6_share),
          .user_pause_ns = static_cast<std::uint64_t>(1e9 / o.sessions_per_second)};
}

}  // namespace synth::detail

/// Calls fn(const synth::Connection&) for each connection, in order of start. The connection is only valid
/// during the call. Throws ConfigError.
template <class F>
void for_each_connection(const SynthOptions& options, F&& fn) {
  synth::Schedule schedule{synth::detail::checked(options)};
  synth::Connection connection;
  for (std::uint64_t i = 0; i < options.connections; ++i) {
    schedule.next(connection);
    fn(static_cast<const synth::Connection&>(connection));
  }
}

}  // namespace weir::inline WEIR_ABI
