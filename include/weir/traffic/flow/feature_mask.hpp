// What packets' bytes tell about who talks rather than how: a model that sees it learns the hosts, the
// capture or the moment, and its accuracy is a cheat (Arp et al., "Dos and don'ts of machine learning in
// computer security", 2022). The profiles `header_bits` and `payload` leave out what is set here.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct FeatureMask {
  bool addresses = false;   ///< IPv4 and IPv6, source and destination; gateways in ICMP redirects
  bool ports = false;       ///< TCP and UDP
  bool checksums = false;   ///< IPv4, TCP, UDP, ICMP: they depend on the addresses and the data
  bool ip_id = false;       ///< IPv4 identification, IPv6 flow label
  bool sequence = false;    ///< TCP sequence and acknowledgement numbers
  bool timestamps = false;  ///< TCP time stamps option (RFC 7323), both values
  bool tls = false;         ///< hellos: random, session id, names of the server (features/tls_mask.hpp)
  bool options = false;     ///< of IPv4, and of TCP but segment size, window scale, SACK and time stamps

  [[nodiscard]] static constexpr FeatureMask all() noexcept {
    return {true, true, true, true, true, true, true, true};
  }
  /// Of headers all that holds an address, depends on one or tells hosts apart: what must not stand beside
  /// addresses that are hidden. Payload bytes may hold anything, and no mask changes that.
  [[nodiscard]] static constexpr FeatureMask identities() noexcept {
    FeatureMask mask;
    mask.addresses = mask.checksums = mask.ip_id = mask.timestamps = mask.options = true;
    return mask;
  }

  /// What either leaves out.
  [[nodiscard]] friend constexpr FeatureMask operator|(const FeatureMask& a, const FeatureMask& b) noexcept {
    return {a.addresses || b.addresses,
            a.ports || b.ports,
            a.checksums || b.checksums,
            a.ip_id || b.ip_id,
            a.sequence || b.sequence,
            a.timestamps || b.timestamps,
            a.tls || b.tls,
            a.options || b.options};
  }

  struct Member {
    std::string_view name;
    bool FeatureMask::*value;
  };
  /// All of them, in the order in which people are told.
  [[nodiscard]] static constexpr std::array<Member, 8> members() noexcept {
    return {{{"addresses", &FeatureMask::addresses},
             {"ports", &FeatureMask::ports},
             {"checksums", &FeatureMask::checksums},
             {"ip_id", &FeatureMask::ip_id},
             {"sequence", &FeatureMask::sequence},
             {"timestamps", &FeatureMask::timestamps},
             {"tls", &FeatureMask::tls},
             {"options", &FeatureMask::options}}};
  }

  /// Sets what the name of a member says, or "all"; false: there is no such name.
  constexpr bool set(std::string_view name) noexcept {
    for (const Member& member : members()) {
      if (name != member.name && name != "all") continue;
      this->*member.value = true;
      if (name == member.name) return true;
    }
    return name == "all";
  }
  friend constexpr bool operator==(const FeatureMask&, const FeatureMask&) = default;
};

}  // namespace weir::inline WEIR_ABI
