// What packets' bytes tell about who talks rather than how: a model that sees it learns the hosts, the
// capture or the moment, and its accuracy is a cheat (Arp et al., "Dos and don'ts of machine learning in
// computer security", 2022). The profiles `header_bits` and `payload` leave out what is set here.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

struct FeatureMask {
  bool addresses = false;   ///< IPv4 and IPv6, source and destination
  bool ports = false;       ///< TCP and UDP
  bool checksums = false;   ///< IPv4, TCP, UDP, ICMP: they depend on the addresses and the data
  bool ip_id = false;       ///< IPv4 identification, IPv6 flow label
  bool sequence = false;    ///< TCP sequence and acknowledgement numbers
  bool timestamps = false;  ///< TCP time stamps option (RFC 7323), both values
  bool tls = false;         ///< hellos: random, session id, names of the server (features/tls_mask.hpp)

  [[nodiscard]] static constexpr FeatureMask all() noexcept {
    return {true, true, true, true, true, true, true};
  }

  /// Sets what the name of a member says, or "all"; false: there is no such name.
  constexpr bool set(std::string_view name) noexcept {
    constexpr std::array<std::pair<std::string_view, bool FeatureMask::*>, 7> members{
        {{"addresses", &FeatureMask::addresses},
         {"ports", &FeatureMask::ports},
         {"checksums", &FeatureMask::checksums},
         {"ip_id", &FeatureMask::ip_id},
         {"sequence", &FeatureMask::sequence},
         {"timestamps", &FeatureMask::timestamps},
         {"tls", &FeatureMask::tls}}};
    for (const auto& [known, member] : members) {
      if (name != known && name != "all") continue;
      this->*member = true;
      if (name == known) return true;
    }
    return name == "all";
  }
  friend constexpr bool operator==(const FeatureMask&, const FeatureMask&) = default;
};

}  // namespace weir::inline WEIR_ABI
