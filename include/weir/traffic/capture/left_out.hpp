// Frames of which a reader tells nothing, by link type: "3 of link type 227 (CAN_SOCKETCAN), which is not
// known".
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/link.hpp>

#include <pcap/pcap.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// "link type 227 (CAN_SOCKETCAN)": number and name as in the registry of tcpdump.org/linktypes.html.
[[nodiscard]] inline std::string link_type_text(int link_type) {
  const char* const name = pcap_datalink_val_to_name(link_type);
  return "link type " + std::to_string(link_type) +
         (name != nullptr ? " (" + std::string(name) + ")" : std::string());
}

namespace detail {

/// Of a frame whose link type is known, and whose link header is `whole` or not; empty: it was read. Of the
/// netfilter log the header may be whole and lead nowhere.
[[nodiscard]] inline std::string why_unread(const Packet& packet, bool whole) {
  if (!whole) return "has a link header that is cut or broken";
  if (packet.ip_version != 0 || packet.link_type != link_type::nflog || packet.ether_type != 0) return {};
  const ByteSlice frame(packet.frame, packet.wire_length);
  if (nflog_packet(frame).end == 0) return "has attributes that are broken, or none with a packet";
  if (is_ip_family(frame.u8(0))) return {};  // its IP header is at fault
  return "is of family " + std::to_string(frame.u8(0)) + ", which is not read";
}

}  // namespace detail

struct LeftOutFrames {
  int link_type = 0;
  std::string why{};  ///< "is not known"
  std::uint64_t frames = 0;
};

/// At most `most` kinds are told apart, because a file may have thousands; the rest is counted together.
class LeftOut {
 public:
  static constexpr std::size_t most = 16;

  void add(int link_type, std::string_view why, std::uint64_t frames = 1) {
    frames_ += frames;
    const auto same = [&](const LeftOutFrames& k) { return k.link_type == link_type && k.why == why; };
    const auto found = std::find_if(kinds_.begin(), kinds_.end(), same);
    if (found != kinds_.end()) {
      found->frames += frames;
    } else if (kinds_.size() < most) {
      kinds_.push_back({link_type, std::string(why), frames});
    }
  }
  void add(const LeftOut& more) {
    const std::uint64_t sum = frames_ + more.frames_;
    for (const LeftOutFrames& kind : more.kinds_) add(kind.link_type, kind.why, kind.frames);
    frames_ = sum;
  }

  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
  [[nodiscard]] const std::vector<LeftOutFrames>& kinds() const noexcept { return kinds_; }
  /// "2 of link type 227 (CAN_SOCKETCAN), which is not known; 1 of ..."; empty: none.
  [[nodiscard]] std::string text() const {
    std::string out;
    std::uint64_t rest = frames_;
    for (const LeftOutFrames& kind : kinds_) {
      out += (out.empty() ? "" : "; ") + std::to_string(kind.frames) + " of " +
             link_type_text(kind.link_type) + ", which " + kind.why;
      rest -= kind.frames;
    }
    if (rest > 0) out += "; " + std::to_string(rest) + " of others";
    return out;
  }

 private:
  std::vector<LeftOutFrames> kinds_;
  std::uint64_t frames_ = 0;
};

}  // namespace weir::inline WEIR_ABI
