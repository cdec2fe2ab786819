// What makes packets one flow: IP version, both addresses and ports, protocol, VLAN tags and the network of a
// tunnel.
//
// The two ends stand in an order that does not depend on who sent the packet, so both directions have the
// same key. Keys are compared in full. Their hash is SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast
// short-input PRF", 2012) under a secret key, so nobody can craft flows that collide.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>

namespace weir::inline WEIR_ABI {

struct FlowKey {
  /// The ends, in the order of (address, port) as stored; which is the client, the flow says.
  IpAddress a{}, b{};
  std::uint16_t port_a = 0, port_b = 0;  ///< 0 where the protocol has none (ICMP: always)
  std::uint32_t tunnel = 0;  ///< the network inside of tunnels; 0: none, or none that both directions name
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

/// A key, and which of its ends sent the packet. False: there is no flow.
struct KeyedEnd {
  FlowKey key{};
  bool from_b = false;

  explicit operator bool() const noexcept { return key.ip_version != 0; }
};

/// What a key holds beside its ends.
struct FlowContext {
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
  std::uint32_t tunnel = 0;
  std::array<std::uint16_t, 2> vlan{};
  std::uint8_t vlan_count = 0;
};

/// The key of two ends; `from_b` says that `src` became `b`. Without a branch, because which end is less is
/// as good as random, and written word by word: whoever reads the key next would wait for a write of another
/// width.
[[nodiscard]] inline KeyedEnd flow_key(const IpAddress& src, std::uint16_t src_port, const IpAddress& dst,
                                       std::uint16_t dst_port, const FlowContext& context) noexcept {
  using Halves = std::array<std::uint64_t, 2>;
  const auto s = std::bit_cast<Halves>(src);
  const auto d = std::bit_cast<Halves>(dst);
  __extension__ typedef unsigned __int128 Wide;  // NOLINT: __extension__ keeps -Wpedantic quiet
  const Wide from = (Wide{s[0]} << 64) | s[1];
  const Wide to = (Wide{d[0]} << 64) | d[1];
  const unsigned swap = static_cast<unsigned>(from > to) |
                        (static_cast<unsigned>(from == to) & static_cast<unsigned>(src_port > dst_port));
  const std::uint64_t mask = ~std::uint64_t{0} * swap;
  const std::uint64_t low = (s[0] ^ d[0]) & mask;
  const std::uint64_t high = (s[1] ^ d[1]) & mask;
  const std::uint64_t ports = (std::uint64_t{src_port} ^ dst_port) & mask;
  KeyedEnd result;
  const auto put = [&](std::size_t at, std::uint64_t word) {
    std::memcpy(reinterpret_cast<std::byte*>(&result.key) + 8 * at, &word, sizeof word);
  };
  put(0, s[0] ^ low);
  put(1, s[1] ^ high);
  put(2, d[0] ^ low);
  put(3, d[1] ^ high);
  put(4, (src_port ^ ports) | ((dst_port ^ ports) << 16) | (std::uint64_t{context.tunnel} << 32));
  put(5, context.vlan[0] | (std::uint64_t{context.vlan[1]} << 16) |
             (std::uint64_t{context.vlan_count} << 32) | (std::uint64_t{context.ip_version} << 40) |
             (std::uint64_t{context.protocol} << 48));
  result.from_b = swap != 0;
  return result;
}

static_assert(std::endian::native == std::endian::little,
              "flow_key places the parts of a word from its low end");

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

/// SipHash-1-3 of the key's bytes but the last, which is always 0: 47, or of IPv4 23, since the zeros behind
/// the addresses are left out.
[[nodiscard]] inline std::uint64_t flow_hash(const FlowKey& key, FlowHashKey secret) noexcept {
  const FlowKey::Words w = key.words();
  detail::SipState state(secret);
  const bool v4 = static_cast<std::uint8_t>(w[5] >> 40) == 4;
  if (v4) {
    state.absorb((w[0] & 0xFFFF'FFFF) | (w[2] << 32));
  } else {
    for (std::size_t i = 0; i < 4; ++i) state.absorb(w[i]);
  }
  state.absorb(w[4]);
  state.absorb(w[5] | ((v4 ? std::uint64_t{23} : std::uint64_t{47}) << 56));
  return state.finish();
}

/// The same for all flows with these ends and this protocol, whatever their VLAN and tunnel.
[[nodiscard]] inline std::uint64_t flow_hash_of_ends(FlowKey key, FlowHashKey secret) noexcept {
  key.tunnel = 0;
  key.vlan = {};
  key.vlan_count = 0;
  return flow_hash(key, secret);
}

}  // namespace weir::inline WEIR_ABI
