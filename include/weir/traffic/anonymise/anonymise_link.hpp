// What stands in front of the packet in a frame, rewritten: MAC addresses, and whatever a link tells of the
// machine that captured. Headers are followed one by one, and nothing stays behind the last that is
// understood.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/anonymise/anonymise_bytes.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::inline WEIR_ABI {
namespace detail {

class LinkRewriter {
 public:
  /// `depth` as in the parser.
  LinkRewriter(Anonymiser& anonymiser, Bytes frame, std::uint32_t wire_length, int depth = 0) noexcept
      : hide_(anonymiser), frame_(frame), wire_(wire_length), depth_(depth) {}

  enum class Carries : std::uint8_t { nothing, ip, arp };

  /// Afterwards `carries` is at `at`, and of a frame that carries nothing the first `stays` bytes may stay.
  void run(int link_type) {
    switch (link_type) {
      case link_type::ethernet: ethernet(0); break;
      case link_type::linux_cooked: linux_cooked(16, 2, 6, 14); break;
      case link_type::linux_cooked2: linux_cooked(20, 8, 12, 0); break;
      case link_type::wifi: wifi(0, false); break;
      case link_type::radiotap: radiotap(0); break;
      case link_type::ppi: ppi(); break;
      case link_type::null:
      case link_type::loop: ip(4); break;
      case link_type::raw:
      case link_type::raw_bsd:
      case link_type::raw_file:
      case link_type::ipv4:
      case link_type::ipv6: ip(0); break;
      case link_type::ppp: ppp(0); break;
      case link_type::ppp_pppd:
        ppp(has(2) && byte_at(frame_, 0) <= 1 && byte_at(frame_, 1) == 3 ? 2 : 0);
        break;
      case link_type::ppp_with_direction: ppp(1); break;
      case link_type::ppp_hdlc:
      case link_type::cisco_hdlc: serial(); break;
      case link_type::ppp_ether: pppoe(0); break;
      case link_type::atm_llc:
      case link_type::atm_llc_file: llc(0); break;
      case link_type::enc: emptied(4, 12); break;
      case link_type::pflog: emptied(2, has(1) ? (byte_at(frame_, 0) + 3U) / 4 * 4 : 0); break;
      case link_type::ipnet: emptied(2, 24); break;
      case link_type::nflog: nflog(); break;
      default: break;
    }
  }

  [[nodiscard]] Carries carries() const noexcept { return carries_; }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] std::size_t stays() const noexcept { return stays_; }

 private:
  [[nodiscard]] bool has(std::size_t size) const noexcept { return size <= frame_.size(); }
  void found(Carries what, std::size_t at) noexcept {
    carries_ = what;
    at_ = at;
  }
  void ip(std::size_t at) noexcept { found(Carries::ip, at); }

  void rewrite_mac(std::size_t at) {
    MacAddress mac;
    std::memcpy(mac.data(), &frame_[at], mac.size());
    mac = hide_.mac(mac);
    std::memcpy(&frame_[at], mac.data(), mac.size());
  }

  /// What is at `at`, captured and on the wire.
  [[nodiscard]] ByteSlice behind(std::size_t at) const noexcept {
    return ByteSlice(frame_, wire_).behind(static_cast<std::uint32_t>(at));
  }
  /// A header says that there is no more than this on the wire.
  void limit(std::size_t size) noexcept {
    frame_ = frame_.first(std::min(frame_.size(), size));
    wire_ = static_cast<std::uint32_t>(std::min<std::size_t>(wire_, size));
  }

  void ethernet(std::size_t at) {
    if (!has(at + 14)) return;
    rewrite_mac(at);
    rewrite_mac(at + 6);
    ether_type(at + 12, at + 14);
  }
  /// Of an address that is not a MAC address nothing stays: in tunnels it is an IP address.
  void linux_cooked(std::size_t size, std::size_t device, std::size_t address, std::size_t type) {
    if (!has(size)) return;
    const std::size_t length = address == 6 ? word_at(frame_, 4) : byte_at(frame_, 11);
    if (length == 6) rewrite_mac(address);
    clear(frame_.subspan(address + (length == 6 ? 6 : 0), length == 6 ? 2 : 8));
    stays_ = size;
    const std::uint16_t kind = word_at(frame_, device);
    if (kind == 803) return radiotap(size);
    if (kind == 770 || kind == 824) return;  // their types say nothing
    if (word_at(frame_, type) == 4) return llc(size);
    if (word_at(frame_, type) >= 0x0600) ether_type(type, size);
  }
  /// Behind tags, which stay.
  void ether_type(std::size_t type_at, std::size_t at) {
    for (int i = 0; i < max_vlan_tags && is_vlan_tag(word_at(frame_, type_at)) && has(at + 4); ++i) {
      type_at = at + 2;
      at += 4;
    }
    if (stays_ < at) stays_ = at;
    const std::uint16_t type = word_at(frame_, type_at);
    switch (type) {
      case 0x0800:
      case 0x86DD: ip(at); break;
      case 0x0806: found(Carries::arp, at); break;
      case 0x8847:
      case 0x8848: mpls(at); break;
      case 0x8864: pppoe(at); break;
      default:
        if (type < 0x0600) {
          limit(at + type);
          llc(at);
        }
        break;
    }
  }
  void llc(std::size_t at) {
    if (!has(at + 3) || depth_ > max_depth) return;
    if (word_at(frame_, at) == 0x0606) return ip(at + 3);
    if (is_bridged(behind(at))) {
      ++depth_;
      clear(frame_.subspan(at + 8, 2));
      return ethernet(at + 10);
    }
    if (has(at + 8) && word_at(frame_, at) == 0xAAAA && word_at(frame_, at + 6) >= 0x0600) {
      ++depth_;
      ether_type(at + 6, at + 8);
    }
  }
  /// Labels stay.
  void mpls(std::size_t at) {
    for (int i = 0; i < max_mpls_labels && has(at + 4); ++i) {
      const std::uint32_t label = ByteSlice(frame_, 0).u32(at) >> 12;
      const bool last = (byte_at(frame_, at + 2) & 1) != 0;
      at += 4;
      if (last) return label == 0 || label == 2 ? ip(at) : labelled(at);
    }
  }
  /// As it reads for the parser, too.
  void labelled(std::size_t at) {
    Packet scratch;
    const Reading reading = parse_guess(scratch, behind(at), Carrier::label, depth_);
    if (reading == Reading::ip) return ip(at);
    if (reading == Reading::none) return;
    depth_ += depth_of_guess;
    if (reading == Reading::frame_behind_word) {
      clear(frame_.subspan(at, 4));
      at += 4;
    }
    ethernet(at);
  }
  /// A session is a subscriber: its number goes.
  void pppoe(std::size_t at) {
    if (!has(at + 8)) return;
    put_word(frame_, at + 2, 0);
    limit(at + 6 + word_at(frame_, at + 4));
    if (has(at + 8)) ppp_protocol(at + 6);
  }
  void ppp(std::size_t at) {
    if (has(at + 2) && word_at(frame_, at) == 0xFF03) at += 2;
    ppp_protocol(at);
  }
  void ppp_protocol(std::size_t at) {
    if (!has(at + 2)) return;
    const bool small = (byte_at(frame_, at) & 1) != 0;
    const std::uint16_t protocol = small ? byte_at(frame_, at) : word_at(frame_, at);
    const std::size_t behind = at + (small ? 1 : 2);
    if (protocol == 0x0021 || protocol == 0x0057) ip(behind);
    if (protocol == 0x0281 || protocol == 0x0283) mpls(behind);
  }
  void serial() {
    if (!has(4)) return;
    if (byte_at(frame_, 0) == 0xFF) return ppp(0);
    if (word_at(frame_, 2) >= 0x0600) ether_type(2, 4);
  }

  /// A data frame's three or four addresses.
  void wifi(std::size_t at, bool aligned) {
    if (!has(at + 24) || (byte_at(frame_, at) & 0x0C) != 0x08) return;
    const bool fourth = (byte_at(frame_, at + 1) & 0x03) == 0x03;
    const bool qos = (byte_at(frame_, at) & 0x80) != 0;
    const bool ordered = qos && (byte_at(frame_, at + 1) & 0x80) != 0;
    std::size_t header = (fourth ? 30U : 24U) + (qos ? 2U : 0U) + (ordered ? 4U : 0U);
    if (aligned) header = (header + 3) / 4 * 4;
    if (!has(at + header)) return;
    for (const std::size_t address : {std::size_t{4}, std::size_t{10}, std::size_t{16}})
      rewrite_mac(at + address);
    if (fourth) rewrite_mac(at + 24);
    llc(at + header);
    stays_ = 0;
  }
  /// Its fields tell the time of the access point's start, antennas and what vendors like: of them the flags
  /// stay, because one says how the frame is aligned.
  void radiotap(std::size_t at) {
    if (!has(at + 8)) return;
    const std::size_t length = ByteSlice(frame_, 0).u16_little(at + 2);
    if (length < 8 || !has(at + length)) return;
    const Bytes header = frame_.subspan(at, length);
    const std::uint8_t flags = radiotap_flags(ByteSlice(header, 0));
    clear(header.subspan(4));
    if (length > 8) {
      header[4] = std::byte{2};
      header[8] = static_cast<std::byte>(flags & 0x20);
    }
    wifi(at + length, (flags & 0x20) != 0);
  }
  /// Its length and the link type of what it stands before stay, and the kinds and lengths of its fields.
  void ppi() {
    if (!has(8)) return;
    const std::size_t length = ByteSlice(frame_, 0).u16_little(2);
    const std::uint32_t type = ByteSlice(frame_, 0).u32_little(4);
    if (length < 8 || !has(length) || type > 0xFFFF) return;
    const bool aligned = (byte_at(frame_, 1) & 1) != 0;
    frame_[1] = std::byte{aligned};
    empty_ppi_fields(frame_.subspan(8, length - 8), aligned);
    LinkRewriter inner(hide_, frame_.subspan(length), behind(length).wire(), depth_ + 1);
    inner.run(static_cast<int>(type));
    found(inner.carries(), length + inner.at());
    stays_ = inner.stays() == 0 ? 0 : length + inner.stays();
  }
  /// `aligned`: each field is padded to a multiple of four bytes. From a field that is too long on all goes.
  static void empty_ppi_fields(Bytes fields, bool aligned) noexcept {
    const ByteSlice s(fields, 0);
    std::size_t at = 0;
    while (at + 4 <= fields.size()) {
      const std::size_t size = s.u16_little(at + 2);
      const std::size_t next = at + 4 + (aligned ? (size + 3) / 4 * 4 : size);
      if (next > fields.size()) break;
      clear(fields.subspan(at + 4, next - at - 4));
      at = next;
    }
    clear(rest(fields, at));
  }
  /// All but the first bytes of a header is the capturing machine's own.
  void emptied(std::size_t from, std::size_t size) {
    if (size < from || !has(size)) return;
    clear(frame_.subspan(from, size - from));
    ip(size);
  }
  /// Attributes in front of the packet: their kinds stay, what they say goes, but for the packet's EtherType.
  void nflog() {
    if (!has(4)) return;
    clear(frame_.subspan(2, 2));
    const ByteSlice s(frame_, 0);
    std::size_t protocol_at = 0;
    for (std::size_t at = 4, i = 0; i < max_nflog_attributes && has(at + 4); ++i) {
      const std::size_t length = s.u16_host(at);
      if (length < 4) return;
      const std::uint16_t type = s.u16_host(at + 2);
      if (type == nflog_payload) return logged(protocol_at, at + 4, at + length);
      const std::size_t next = at + (length + 3) / 4 * 4;
      if (!has(next)) return;
      const std::size_t stays = type == nflog_packet_header && length >= 6 ? 2 : 0;  // its EtherType
      if (stays > 0) protocol_at = at + 4;
      clear(frame_.subspan(at + 4 + stays, next - at - 4 - stays));
      at = next;
    }
  }
  void logged(std::size_t protocol_at, std::size_t at, std::size_t end) {
    if (protocol_at == 0 || is_ip_family(byte_at(frame_, 0))) return ip(at);
    limit(end);
    if (word_at(frame_, protocol_at) >= 0x0600) ether_type(protocol_at, at);
  }

  Anonymiser& hide_;
  Bytes frame_;
  std::uint32_t wire_;
  int depth_;
  Carries carries_ = Carries::nothing;
  std::size_t at_ = 0;
  std::size_t stays_ = 0;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
