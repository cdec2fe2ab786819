// The network that is watched: an office with clients, devices and a few public servers behind one uplink.
//
// Everything that stays the same while the traffic flows is a function of the seed: addresses, round trips,
// which ports are open, which applications are popular. Two seeds are two offices, so a model trained on one
// and tested on the other meets other hosts, other delays and another mix.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/conversation.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/quantiles.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth {

class Site {
 public:
  static constexpr std::uint32_t servers = 12;
  static constexpr std::uint32_t address_space = 1024;  ///< what a scan of the site has to try

  /// `ipv6_per_mille`: of the pairs of hosts, those that speak IPv6.
  Site(std::uint64_t seed, std::uint32_t clients, std::uint32_t ipv6_per_mille = 0)
      : key_{RngKey{seed}.fork(1)}, clients_(clients), ipv6_per_mille_(ipv6_per_mille) {
    Rng rng{key_};
    prefix_ = (10U << 24) | (static_cast<std::uint32_t>(rng.below(250)) << 16);
    size_scale_ = 212 + rng.below(100);
    delay_scale_ = 180 + rng.below(180);
    fault_scale_ = 160 + rng.below(220);
  }

  [[nodiscard]] std::uint32_t clients() const noexcept { return clients_; }
  [[nodiscard]] std::uint32_t devices() const noexcept { return clients_ / 4 + 1; }
  [[nodiscard]] std::uint32_t host_count() const noexcept { return servers + clients_ + devices(); }

  [[nodiscard]] std::uint32_t server(std::uint64_t i) const noexcept { return host(i % servers); }
  [[nodiscard]] std::uint32_t client(std::uint64_t i) const noexcept { return host(servers + i % clients_); }
  [[nodiscard]] std::uint32_t device(std::uint64_t i) const noexcept {
    return host(servers + clients_ + i % devices());
  }
  /// Some address of the site, in use or not.
  [[nodiscard]] std::uint32_t address(std::uint64_t i) const noexcept {
    return host(i % (host_count() > address_space ? host_count() : address_space));
  }
  /// The i-th host of a group outside; groups of different number do not overlap, but for chance.
  [[nodiscard]] std::uint32_t outside(std::uint64_t group, std::uint64_t i) const noexcept {
    const std::uint64_t h = key_.fork(group).fork(i).value;
    return static_cast<std::uint32_t>((24 + h % 90) << 24 | (h >> 40));  // public addresses only
  }

  [[nodiscard]] bool contains(std::uint32_t address) const noexcept {
    return (address >> 16) == (prefix_ >> 16);
  }
  [[nodiscard]] bool in_use(std::uint32_t address) const noexcept {
    return contains(address) && (address & 0xFFFFU) < host_count();
  }
  [[nodiscard]] bool open(Endpoint e) const noexcept {
    if (!in_use(e.address)) return false;
    const bool server = (e.address & 0xFFFFU) < servers;
    const std::uint64_t chance = e.port < 1024 ? (server ? 120 : 14) : 6;  // of 256
    return key_.fork(e.address).fork(e.port).value % 256 < chance;
  }

  /// A number below n that is always the same for this host and question.
  [[nodiscard]] std::uint64_t trait(std::uint32_t address, std::uint64_t question,
                                    std::uint64_t n) const noexcept {
    return key_.fork(address).fork(question).value % n;
  }

  /// The path between two hosts, with this connection's own variation.
  [[nodiscard]] Path path(std::uint32_t client, std::uint32_t server, Rng& rng) const {
    Path p;
    p.ends = {hop(client, rng), hop(server, rng)};
    const bool local = contains(client) && contains(server);
    p.segment_ns = local ? 12'000 + rng.below(4'000) : 60'000 + rng.below(400'000);
    p.loss_per_million = faults(local ? 60 : 1'500 + trait(client ^ server, 3, 4'000));
    p.ipv6 = trait(client ^ server, 11, 1'000) < ipv6_per_mille_;
    return p;
  }

  [[nodiscard]] std::uint64_t size(std::uint64_t bytes) const noexcept {
    return bytes * size_scale_ / 256 + 1;
  }
  [[nodiscard]] std::uint64_t faults(std::uint64_t rate) const noexcept { return rate * fault_scale_ / 256; }

 private:
  [[nodiscard]] std::uint32_t host(std::uint64_t i) const noexcept {
    return prefix_ | static_cast<std::uint32_t>(i);
  }

  [[nodiscard]] Hop hop(std::uint32_t address, Rng& rng) const {
    static constexpr Quantiles near_us{60, 150, 260, 500, 1'800, 6'000};
    static constexpr Quantiles far_us{1'500, 8'000, 17'000, 38'000, 140'000, 320'000};
    static constexpr std::array<std::uint8_t, 3> initial_ttl{64, 128, 64};
    static constexpr std::array<std::uint16_t, 4> windows{64240, 65535, 29200, 42340};
    const bool near = contains(address);
    Rng own{key_.fork(address).fork(0)};
    const std::uint64_t base = near ? draw(rng, near_us) : draw(own, far_us) * delay_scale_ / 256;
    const std::uint64_t hops = near ? 0 : 5 + own.below(16);
    return {.round_trip_ns = (base + rng.below(base / 4 + 1)) * 1'000,
            .ttl = static_cast<std::uint8_t>(initial_ttl[own.below(3)] - hops),
            .window = windows[own.below(4)]};
  }

  RngKey key_;
  std::uint32_t clients_;
  std::uint32_t ipv6_per_mille_;
  std::uint32_t prefix_ = 0;
  std::uint64_t size_scale_ = 256;  // in 1/256
  std::uint64_t delay_scale_ = 256;
  std::uint64_t fault_scale_ = 256;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
