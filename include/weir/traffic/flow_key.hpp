// What makes packets one flow: IP version, both addresses and ports, protocol, VLAN tags and tunnel.
//
// The two ends stand in an order that does not depend on who sent the packet, so both directions have the
// same key. Keys are compared in full. Their hash is SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast
// short-input PRF", 2012) under a secret key, so nobody can craft flows that collide.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>

namespace weir::inline WEIR_ABI {

struct FlowKey {
  IpAddress a{},
      b{};  ///< the ends, in the order of (address, port) as stored; which is the client, the flow says
  std::uint16_t port_a = 0, port_b = 0;  ///< 0 where the protocol has none (ICMP: always)
  std::uint32_t tunnel_id = 0;
  std::array<std::uint16_t, 2> vlan{};  ///< outermost first
  std::uint8_t vlan_count = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
  std::uint8_t unused = 0;  ///< always 0: the key has no byte without meaning

  using Words = std::array<std::uint64_t, 6>;
  [[nodiscard]] Words words() const noexcept { return std::bit_cast<Words>(*this); }

  friend bool operator==(const FlowKey& x, const FlowKey& y) noexcept {
    const Words p = x.words();
    const Words q = y.words();
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < p.size(); ++i) difference |= p[i] ^ q[i];
    return difference == 0;
  }
};
static_assert(sizeof(FlowKey) == 48 && std::has_unique_object_representations_v<FlowKey>);

/// A key, and which of its ends sent the packet.
struct KeyedEnd {
  FlowKey key{};
  bool from_b = false;
};

/// The key of two ends; `from_b` says that `src` became `b`.
[[nodiscard]] inline KeyedEnd flow_key(const IpAddress& src, std::uint16_t src_port, const IpAddress& dst,
                                       std::uint16_t dst_port) noexcept {
  using Halves = std::array<std::uint64_t, 2>;
  const auto s = std::bit_cast<Halves>(src);
  const auto d = std::bit_cast<Halves>(dst);
  const bool swap = s[0] != d[0] ? s[0] > d[0] : (s[1] != d[1] ? s[1] > d[1] : src_port > dst_port);
  KeyedEnd result;
  result.from_b = swap;
  result.key.a = swap ? dst : src;
  result.key.b = swap ? src : dst;
  result.key.port_a = swap ? dst_port : src_port;
  result.key.port_b = swap ? src_port : dst_port;
  return result;
}

/// The secret of a hash.
struct FlowHashKey {
  std::uint64_t k0 = 0, k1 = 0;

  /// A new one from the operating system.
  [[nodiscard]] static FlowHashKey random() {
    std::random_device source;
    const auto word = [&] { return (std::uint64_t{source()} << 32) | source(); };
    const std::uint64_t first = word();
    return {first, word()};
  }
  friend bool operator==(const FlowHashKey&, const FlowHashKey&) = default;
};

namespace detail {

/// The state of SipHash.
class SipState {
 public:
  explicit SipState(FlowHashKey key) noexcept
      : v0_(key.k0 ^ 0x736f6d6570736575ULL),
        v1_(key.k1 ^ 0x646f72616e646f6dULL),
        v2_(key.k0 ^ 0x6c7967656e657261ULL),
        v3_(key.k1 ^ 0x7465646279746573ULL) {}

  void absorb(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }
  [[nodiscard]] std::uint64_t finish() noexcept {
    v2_ ^= 0xFF;
    for (int i = 0; i < 3; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void round() noexcept {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }
  std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace detail

/// SipHash-1-3 of the key's 48 bytes, which are read as native words. Of IPv4 the zeros behind the addresses
/// are left out: 24 bytes.
[[nodiscard]] inline std::uint64_t flow_hash(const FlowKey& key, FlowHashKey secret) noexcept {
  const FlowKey::Words w = key.words();
  detail::SipState state(secret);
  if (key.ip_version == 4) {
    state.absorb((w[0] & 0xFFFF'FFFF) | (w[2] << 32));
  } else {
    for (std::size_t i = 0; i < 4; ++i) state.absorb(w[i]);
  }
  state.absorb(w[4]);
  state.absorb(w[5]);
  state.absorb((key.ip_version == 4 ? std::uint64_t{24} : std::uint64_t{48}) << 56);
  return state.finish();
}

static_assert(std::endian::native == std::endian::little, "an address begins in its word's low half");

}  // namespace weir::inline WEIR_ABI
