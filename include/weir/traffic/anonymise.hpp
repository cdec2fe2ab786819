// Traffic that may be shown to others: addresses by Crypto-PAn, MAC addresses and ports by keyed hashing,
// time shifted, payload cut.
//
//   Crypto-PAn (Xu, Fan, Ammar, Moon, "Prefix-preserving IP address anonymization", ICNP 2002):
//     bit i of the result = bit i of the address XOR the first bit of AES_k(first i bits, then the pad's)
//   with k the first half of the 32-byte key and the pad AES_k(second half). Two addresses that share n bits
//   share n bits afterwards, no more and no less, and each address has one of its own. IPv6 by the same rule
//   over 128 bits. Results equal those of the authors' program and of yacryptopan.
//   MAC address  first 6 bytes of AES_a(address); the group bit stays, the local bit is set, zero and
//                broadcast stay
//   port         a permutation of the ports from `keep_ports_below` up, shuffled by a stream of AES_b
//   fragment     identification: the first 2 or 4 bytes of AES_c(identification)
//   a, b, c      the first 16 bytes of SHA-256 of "weir mac", "weir port", "weir id" and the key
//
// Who has the key can undo it, and so can, in part, who knows some of the traffic: shared prefixes stay
// shared. Whose packets must be safe against that needs another method. anonymise_frame.hpp rewrites captured
// frames.
//
// Optional component weir::anonymise: needs OpenSSL's libcrypto.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A secret of 32 bytes. The same key gives the same results, also in other programs.
using AnonymiseKey = std::array<std::uint8_t, 32>;

namespace detail {

/// AES-128 on whole blocks, each by itself.
class Aes {
 public:
  static constexpr std::size_t block = 16;

  explicit Aes(std::span<const std::uint8_t, block> key) : context_(EVP_CIPHER_CTX_new()) {
    if (context_ == nullptr ||
        EVP_EncryptInit_ex(context_.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1) {
      fail(ErrorKind::io, "OpenSSL does not give AES-128");
    }
  }
  /// `blocks` is a multiple of 16 bytes; in place.
  void encrypt(std::span<std::uint8_t> blocks) {
    int written = 0;
    const int size = static_cast<int>(blocks.size());
    if (EVP_EncryptUpdate(context_.get(), blocks.data(), &written, blocks.data(), size) != 1 ||
        written != size) {
      fail(ErrorKind::io, "OpenSSL's AES-128 failed");
    }
  }

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

/// An AES key of its own for each purpose.
[[nodiscard]] inline Aes derived_aes(std::string_view purpose, const AnonymiseKey& key) {
  std::vector<std::uint8_t> text(purpose.begin(), purpose.end());
  text.insert(text.end(), key.begin(), key.end());
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 || size != 32) {
    fail(ErrorKind::io, "OpenSSL does not give SHA-256");
  }
  return Aes(std::span<const std::uint8_t>(digest).first<Aes::block>());
}

}  // namespace detail

/// The addresses alone. Movable; not for two threads at once.
class CryptoPan {
 public:
  explicit CryptoPan(const AnonymiseKey& key) : aes_(std::span<const std::uint8_t>(key).first<16>()) {
    std::copy(key.begin() + 16, key.end(), pad_.begin());
    aes_.encrypt(pad_);
  }

  /// An address of IP version 4 or 6, as in a Packet.
  [[nodiscard]] IpAddress hide(const IpAddress& address, std::uint8_t version) {
    const std::size_t bytes = size_of(version);
    // All blocks at once: the cipher works on several of them side by side.
    std::array<std::uint8_t, 128 * detail::Aes::block> blocks;
    for (std::size_t bit = 0; bit < 8 * bytes; ++bit)
      prepare(address, bit, &blocks[bit * detail::Aes::block]);
    aes_.encrypt(std::span(blocks).first(8 * bytes * detail::Aes::block));
    IpAddress result{};
    std::copy_n(address.begin(), bytes, result.begin());
    for (std::size_t bit = 0; bit < 8 * bytes; ++bit) flip(result, bit, blocks[bit * detail::Aes::block]);
    return result;
  }

  /// The address that `hide` made this of.
  [[nodiscard]] IpAddress restore(const IpAddress& hidden, std::uint8_t version) {
    IpAddress result{};
    std::copy_n(hidden.begin(), size_of(version), result.begin());
    for (std::size_t bit = 0; bit < 8 * size_of(version); ++bit) {
      std::array<std::uint8_t, detail::Aes::block> block;
      prepare(result, bit, block.data());  // the bits before this one are restored already
      aes_.encrypt(block);
      flip(result, bit, block[0]);
    }
    return result;
  }

 private:
  static std::size_t size_of(std::uint8_t version) noexcept { return version == 6 ? 16 : 4; }
  static void flip(IpAddress& address, std::size_t bit, std::uint8_t cipher) noexcept {
    address[bit / 8] = static_cast<std::uint8_t>(address[bit / 8] ^ ((cipher >> 7) << (7 - bit % 8)));
  }
  /// The first `bits` of the address, and the pad behind them.
  void prepare(const IpAddress& address, std::size_t bits, std::uint8_t* block) const noexcept {
    std::copy(pad_.begin(), pad_.end(), block);
    std::copy_n(address.begin(), bits / 8, block);
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> (bits % 8));
    block[bits / 8] = static_cast<std::uint8_t>((address[bits / 8] & mask) | (pad_[bits / 8] & ~mask));
  }

  detail::Aes aes_;
  std::array<std::uint8_t, detail::Aes::block> pad_{};
};

struct AnonymiseOptions {
  bool addresses = true;
  bool macs = true;
  bool ports = false;
  std::uint32_t keep_ports_below = 1024;  ///< ports that tell the service, not who uses it
  std::uint32_t payload_bytes = 0;        ///< of a layer-4 payload to keep
  bool keep_tcp_timestamps = false;       ///< they tell how long a host has run, and one host from another
  bool keep_ip_id = false;                ///< so do counters: IPv4 identification, also of fragments
  bool keep_flow_label = false;           ///< IPv6
  std::int64_t time_shift_ns = 0;
};

/// Addresses, ports and time of packets and flows. Movable; not for two threads at once.
class Anonymiser {
 public:
  explicit Anonymiser(const AnonymiseKey& key, const AnonymiseOptions& options = {})
      : options_(options),
        pan_(key),
        mac_(detail::derived_aes("weir mac", key)),
        id_(detail::derived_aes("weir id", key)),
        cache_(cache_size) {
    if (options.keep_ports_below > 65'536) {
      fail(ErrorKind::config, "Anonymiser: keep_ports_below is 0 to 65536");
    }
    if (options.ports) shuffle_ports(key);
  }

  [[nodiscard]] const AnonymiseOptions& options() const noexcept { return options_; }

  [[nodiscard]] IpAddress address(const IpAddress& address, std::uint8_t version) {
    if (!options_.addresses || (version != 4 && version != 6)) return address;
    Cached& place = cache_[slot_of(address, version)];
    if (place.version != version || place.from != address) {
      place = {version, address, pan_.hide(address, version)};
    }
    return place.to;
  }
  [[nodiscard]] MacAddress mac(const MacAddress& mac) {
    constexpr MacAddress none{}, all{255, 255, 255, 255, 255, 255};
    if (!options_.macs || mac == none || mac == all) return mac;
    std::array<std::uint8_t, detail::Aes::block> block{};
    std::copy(mac.begin(), mac.end(), block.begin());
    mac_.encrypt(block);
    MacAddress result;
    std::copy_n(block.begin(), result.size(), result.begin());
    result[0] = static_cast<std::uint8_t>((result[0] & 0xFC) | 0x02 | (mac[0] & 0x01));
    return result;
  }
  [[nodiscard]] std::uint16_t port(std::uint16_t port) const noexcept {
    return ports_.empty() ? port : ports_[port];
  }
  /// The pieces of a datagram still have the same, of 16 bits in IPv4 and 32 in IPv6.
  [[nodiscard]] std::uint32_t fragment_id(std::uint32_t id, std::uint8_t version) {
    if (options_.keep_ip_id) return id;
    const std::uint32_t hidden = keyed(id);
    return version == 6 ? hidden : hidden >> 16;
  }
  /// Times beyond what 64 bits hold stay at their end.
  [[nodiscard]] std::int64_t time(std::int64_t time_ns) const noexcept {
    std::int64_t shifted = 0;
    if (!__builtin_add_overflow(time_ns, options_.time_shift_ns, &shifted)) return shifted;
    return options_.time_shift_ns > 0 ? INT64_MAX : INT64_MIN;
  }

  /// The packet's fields. Its views are taken from it, for they show the bytes as they came.
  void hide(Packet& packet) {
    packet.time_ns = time(packet.time_ns);
    packet.src_mac = mac(packet.src_mac);
    packet.dst_mac = mac(packet.dst_mac);
    const std::uint8_t version = is_arp(packet) ? 4 : packet.ip_version;
    packet.src = address(packet.src, version);
    packet.dst = address(packet.dst, version);
    if (has_ports(packet.protocol)) {
      packet.src_port = port(packet.src_port);
      packet.dst_port = port(packet.dst_port);
    }
    if (packet.tunnel_ends != 0) packet.tunnel_ends = keyed(packet.tunnel_ends) | 1U;  // of outer addresses
    if (packet.fragment) packet.fragment_id = fragment_id(packet.fragment_id, packet.ip_version);
    if (!options_.keep_tcp_timestamps) packet.tcp_ts_value = packet.tcp_ts_echo = 0;
    packet.frame = packet.ip = packet.l4 = packet.payload = {};
  }

  [[nodiscard]] static bool has_ports(std::uint8_t protocol) noexcept {
    return protocol == ip_protocol::tcp || protocol == ip_protocol::udp || protocol == ip_protocol::sctp;
  }

 private:
  struct Cached {
    std::uint8_t version = 0;
    IpAddress from{}, to{};
  };
  static constexpr std::size_t cache_size = 4096;

  [[nodiscard]] std::uint32_t keyed(std::uint32_t number) {
    std::array<std::uint8_t, detail::Aes::block> block{};
    for (std::size_t i = 0; i < 4; ++i) block[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i) & 0xFF);
    id_.encrypt(block);
    std::uint32_t result = 0;
    for (std::size_t i = 0; i < 4; ++i) result = result << 8 | block[i];
    return result;
  }
  [[nodiscard]] static bool is_arp(const Packet& packet) noexcept {
    return packet.ip_version == 0 && packet.ether_type == 0x0806;
  }
  [[nodiscard]] static std::size_t slot_of(const IpAddress& address, std::uint8_t version) noexcept {
    std::uint64_t hash = version;
    for (const std::uint8_t byte : address) hash = (hash ^ byte) * 0x100000001B3ULL;
    return static_cast<std::size_t>(hash >> 40) % cache_size;
  }
  /// Fisher-Yates with 64 random bits a draw: what that is off from uniform is below 2^-48.
  void shuffle_ports(const AnonymiseKey& key) {
    ports_.resize(65'536);
    std::iota(ports_.begin(), ports_.end(), std::uint16_t{0});
    detail::Aes aes = detail::derived_aes("weir port", key);
    for (std::size_t i = ports_.size(); i > options_.keep_ports_below + std::size_t{1}; --i) {
      std::array<std::uint8_t, detail::Aes::block> block{};
      block[0] = static_cast<std::uint8_t>(i & 0xFF);
      block[1] = static_cast<std::uint8_t>((i >> 8) & 0xFF);
      block[2] = static_cast<std::uint8_t>(i >> 16);
      aes.encrypt(block);
      std::uint64_t draw = 0;
      for (std::size_t b = 0; b < 8; ++b) draw = draw << 8 | block[b];
      const std::size_t range = i - options_.keep_ports_below;
      std::swap(ports_[i - 1], ports_[options_.keep_ports_below + static_cast<std::size_t>(draw % range)]);
    }
  }

  AnonymiseOptions options_;
  CryptoPan pan_;
  detail::Aes mac_;
  detail::Aes id_;
  std::vector<Cached> cache_;
  std::vector<std::uint16_t> ports_;  ///< empty: they stay
};

}  // namespace weir::inline WEIR_ABI
