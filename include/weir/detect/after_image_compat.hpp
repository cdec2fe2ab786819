// AfterImage as Kitsune-py computes it (ymirsky/Kitsune-py at 7c8ea51: AfterImage.py, netStat.py,
// FeatureExtractor.py), in double and to the last bit, for models and results made with it. 100 numbers in
// the order of after_image.hpp. What differs from there:
//
//   - A stream is (CF1, CF2, w): mean = CF1 / w, and "std" is the variance |CF2 / w - mean^2|. w starts at
//     1e-20. Times are seconds in double.
//   - Mean and variance are renewed by an insertion only; a stream that never sent has 0 for both.
//   - An insertion walks all pairs of its stream, and then updates the packet's own pair once more, unless
//     the packet has just made it.
//   - The residuals of a pair do not decay.
//   - Keys are texts joined without a separator: "10.0.0.1" + "180" and "10.0.0.11" + "80" are one stream.
//     TCP and UDP ports are alike; ICMP has "icmp", ARP its MAC addresses, other protocols nothing.
//   - A stream paired with itself answers with the first pair that it has.
//
// Time grows with the number of a host's peers. Memory, without bound there, is bounded here: the stream that
// sent or received least recently makes room, with its pairs. Below that bound the numbers are the same.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/after_image_keys.hpp>
#include <weir/detect/compat_streams.hpp>
#include <weir/detect/rounded.hpp>
#include <weir/detect/snapshot.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

namespace detail {

/// "192.0.2.1", "2001:db8::1".
[[nodiscard]] inline std::string address_text(const IpAddress& address, std::uint8_t version) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(version == 6 ? AF_INET6 : AF_INET, address.data(), text.data(), text.size());
  return text.data();
}
/// "02:00:00:00:00:01"
[[nodiscard]] inline std::string mac_text(const MacAddress& mac) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : mac) {
    if (!text.empty()) text += ':';
    text += digits[byte >> 4];
    text += digits[byte & 0xF];
  }
  return text;
}
/// The double nearest to the time in seconds.
[[nodiscard]] inline double seconds_of(std::int64_t time_ns) noexcept {
  constexpr std::int64_t billion = 1'000'000'000;
  return static_cast<double>(time_ns / billion) + rounded(static_cast<double>(time_ns % billion) / 1e9);
}

}  // namespace detail

class AfterImageCompat {
 public:
  /// `max_streams` of each kind, with at most four times as many pairs.
  explicit AfterImageCompat(std::size_t max_streams = 65'536)
      : max_streams_(max_streams),
        mac_hosts_(max_streams),
        hosts_(max_streams),
        gaps_(max_streams),
        sockets_(max_streams) {
    if (max_streams < 2) fail(ErrorKind::config, "AfterImageCompat: max_streams must be at least 2");
  }

  [[nodiscard]] static constexpr std::size_t size() noexcept { return 100; }

  template <class T>
  void extract(const Packet& packet, std::span<T> out) {
    assert(out.size() == size());
    std::array<double, 100> x;
    extract_double(packet, x);
    std::transform(x.begin(), x.end(), out.begin(), [](double v) { return static_cast<T>(v); });
  }

  [[nodiscard]] std::size_t streams() const noexcept {
    return mac_hosts_.size() + hosts_.size() + gaps_.size() + sockets_.size();
  }
  [[nodiscard]] std::size_t pairs() const noexcept { return hosts_.pair_count() + sockets_.pair_count(); }

  void save(Snapshot& to) const {
    mac_hosts_.save("compat.mac_hosts", to);
    hosts_.save("compat.hosts", to);
    gaps_.save("compat.gaps", to);
    sockets_.save("compat.sockets", to);
  }
  /// Takes a state that the same bound gave. Nothing is changed on failure.
  [[nodiscard]] Status try_load(const Snapshot& from) {
    AfterImageCompat loaded(max_streams_);
    if (!loaded.mac_hosts_.try_load("compat.mac_hosts", from) ||
        !loaded.hosts_.try_load("compat.hosts", from) || !loaded.gaps_.try_load("compat.gaps", from) ||
        !loaded.sockets_.try_load("compat.sockets", from)) {
      return Failure{ErrorKind::format, "AfterImageCompat: the tables of streams are not as expected"};
    }
    *this = std::move(loaded);
    return std::monostate{};
  }

 private:
  void extract_double(const Packet& p, std::array<double, 100>& x) {
    const bool arp = detail::is_arp(p);
    const std::uint8_t version = arp ? 4 : p.ip_version;
    const bool ports = p.has_l4 && (p.protocol == ip_protocol::tcp || p.protocol == ip_protocol::udp);
    const std::string source_mac = detail::mac_text(p.src_mac), destination_mac = detail::mac_text(p.dst_mac);
    const std::string source = version == 0 ? source_mac : detail::address_text(p.src, version);
    const std::string destination = version == 0 ? destination_mac : detail::address_text(p.dst, version);
    const auto socket = [&](const std::string& host, const std::string& mac, std::uint16_t port) {
      if (arp) return mac;
      if (ports) return host + std::to_string(port);
      return p.ip_version == 4 && p.protocol == ip_protocol::icmp ? host + "icmp" : host;
    };

    const double time = detail::seconds_of(p.time_ns);
    const double length = p.wire_length;
    mac_hosts_.insert(source_mac + source, time, length, false, x.data(), 3);
    hosts_.insert(source, destination, time, length, x.data() + 15);
    gaps_.insert(source + destination, time, 0.0, true, x.data() + 50, 3);
    sockets_.insert(socket(source, source_mac, p.src_port), socket(destination, destination_mac, p.dst_port),
                    time, length, x.data() + 65);
  }

  std::size_t max_streams_;
  detail::CompatStreams mac_hosts_, hosts_, gaps_, sockets_;
};

}  // namespace weir::inline WEIR_ABI
