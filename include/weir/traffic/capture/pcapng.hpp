// The pcapng format (IETF draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces
// with link types, snap lengths and clocks of their own; enhanced, simple and obsolete packet blocks. libpcap
// gives up where a second interface differs from the first, so captures on "any" two interfaces need this.
//
// Memory is bounded: a block of more than 16 MiB and more than 65536 interfaces are refused. Frames of USB
// and D-Bus may be longer than that by their nature: such ones are passed over and counted.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/link.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

/// How an interface counts time.
struct PcapngClock {
  std::uint64_t per_second = 1'000'000;
  std::int64_t offset_seconds = 0;

  /// Nanoseconds; hostile values reach the ends of the range, not beyond.
  [[nodiscard]] std::int64_t time_of(std::uint64_t ticks) const noexcept {
    constexpr std::int64_t limit = 9'000'000'000;  // seconds
    const auto seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(ticks / per_second, limit));
    const std::int64_t offset = std::clamp(offset_seconds, -limit, limit);
    return std::clamp(seconds + offset, -limit, limit) * 1'000'000'000 + fraction(ticks % per_second);
  }

 private:
  [[nodiscard]] std::int64_t fraction(std::uint64_t ticks) const noexcept {
    std::uint64_t unit = per_second;
    while (unit > (std::uint64_t{1} << 34)) {  // so that the product below fits
      unit /= 2;
      ticks /= 2;
    }
    return static_cast<std::int64_t>(ticks * 1'000'000'000 / unit);
  }
};

inline constexpr std::uint32_t longest_frame = 128U << 20;  // of any link

/// Bytes that a frame of this link may have. Of links that are not read (USB and D-Bus have long frames) only
/// the block says how many; such a frame is passed over.
[[nodiscard]] constexpr std::uint32_t max_snap_length(int link_type) noexcept {
  return link_type::is_known(link_type) ? 262'144 : longest_frame;
}

class PcapngFile {
 public:
  explicit PcapngFile(std::FILE* file) noexcept : file_(file) {}

  /// Reads up to the first interface. False: `failure()` says why.
  bool read_start() {
    while (interfaces_.empty()) {
      if (!read_block()) {
        if (failure_.empty()) fail("there is no interface in it");
        return false;
      }
      CapturedFrame none;
      if (!take_block(none) && !failure_.empty()) return false;
    }
    return true;
  }

  /// False at the end, and where the file is cut or damaged: then `failure()` is not empty.
  bool next(CapturedFrame& out) {
    while (failure_.empty() && read_block()) {
      if (take_block(out)) return true;
    }
    return false;
  }

  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  /// Of the first interface.
  [[nodiscard]] int link_type() const noexcept { return first_link_type_; }
  /// Frames too long to be given.
  [[nodiscard]] const LeftOut& left_out() const noexcept { return left_out_; }

 private:
  static constexpr std::uint32_t section_header = 0x0A0D0D0A;
  static constexpr std::uint32_t interface_description = 1;
  static constexpr std::uint32_t obsolete_packet = 2;
  static constexpr std::uint32_t simple_packet = 3;
  static constexpr std::uint32_t enhanced_packet = 6;
  static constexpr std::uint32_t passed_over = 0;  // a number that is not given away
  static constexpr std::uint32_t max_block = std::uint32_t{16} << 20;
  static constexpr std::size_t max_interfaces = 65'536;

  struct Interface {
    int link_type = 0;
    std::uint32_t snap_length = 0;
    PcapngClock clock{};
  };

  bool fail(std::string why) {
    failure_ = std::move(why);
    return false;
  }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const noexcept {
    const ByteSlice s(body_, 0);
    return little_ ? s.u16_little(at) : s.u16(at);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept {
    const ByteSlice s(body_, 0);
    return little_ ? s.u32_little(at) : s.u32(at);
  }
  [[nodiscard]] std::uint64_t time_at(std::size_t at) const noexcept {
    return (std::uint64_t{u32(at)} << 32) | u32(at + 4);
  }

  /// False with a failure unless all of it is there.
  bool read(std::span<std::byte> out) {
    const std::size_t count = std::fread(out.data(), 1, out.size(), file_);
    if (count == out.size()) return true;
    return fail(std::ferror(file_) != 0 ? "cannot read" : "the file ends within a block");
  }

  /// Type and body of the next block; the body is what stands between its two length fields. False at the
  /// end.
  bool read_block() {
    std::array<std::byte, 12> head{};
    const std::size_t count = std::fread(head.data(), 1, 8, file_);
    if (count == 0 && std::ferror(file_) == 0) return false;
    if (count != 8) return fail(std::ferror(file_) != 0 ? "cannot read" : "the file ends within a block");
    const ByteSlice h(head, 0);
    // A section header comes first and tells the byte order; its own number reads the same both ways.
    std::size_t known = 0;
    if (h.u32(0) == section_header) {
      if (!read(std::span(head).subspan(8))) return false;
      known = 4;
      if (!set_byte_order(ByteSlice(head, 0).u32(8))) return false;
    } else if (!in_section_) {
      return fail("it does not begin with a section header");
    }
    type_ = little_ ? h.u32_little(0) : h.u32(0);
    const std::uint32_t length = little_ ? ByteSlice(head, 0).u32_little(4) : ByteSlice(head, 0).u32(4);
    if (length < 12 + known || length % 4 != 0)
      return fail("a block of " + std::to_string(length) + " bytes");
    if (!is_needed()) return skip(length - 8, length);
    if (length > max_block) return pass_over(length);
    return read_body(length, std::span(head).subspan(8, known));
  }

  /// A packet that is too long for us but not for its link.
  bool pass_over(std::uint32_t length) {
    const std::string what = "a block of " + std::to_string(length) + " bytes";
    const bool possible = type_ == enhanced_packet && !interfaces_.empty() && length - 32 <= longest_frame;
    if (!possible) return fail(what);
    std::array<std::byte, 4> number{};
    if (!read(number)) return false;
    const std::uint32_t interface =
        little_ ? ByteSlice(number, 0).u32_little(0) : ByteSlice(number, 0).u32(0);
    if (interface >= interfaces_.size()) return fail("a packet of an interface that was not described");
    const int link_type = interfaces_[interface].link_type;
    if (length - 32 > max_snap_length(link_type)) return fail(what);  // 32: all but the frame
    left_out_.add(link_type, "is longer than 16 MiB");
    type_ = passed_over;
    return skip(length - 12, length);
  }

  bool set_byte_order(std::uint32_t magic) {
    in_section_ = true;
    little_ = magic == 0x4D3C2B1A;
    return little_ || magic == 0x1A2B3C4D || fail("a section header without a byte order");
  }
  [[nodiscard]] bool is_needed() const noexcept {
    return type_ == section_header || type_ == enhanced_packet ||
           (type_ >= interface_description && type_ <= simple_packet);
  }

  bool read_body(std::uint32_t length, std::span<const std::byte> known) {
    const std::size_t size = length - 8;  // with the length field behind it
    if (buffer_.size() < size) buffer_.resize(std::max(size, 2 * buffer_.size()));
    std::copy(known.begin(), known.end(), buffer_.begin());
    if (!read(std::span(buffer_).subspan(known.size(), size - known.size()))) return false;
    body_ = std::span(buffer_).first(size);
    // Like libpcap, that of the file's first block is not looked at: its other fields tell enough.
    if (has_section_ && u32(size - 4) != length) return fail("the two lengths of a block differ");
    body_ = body_.first(size - 4);
    return true;
  }

  /// What is left of a block. Reads rather than seeks: the file may be a pipe.
  bool skip(std::uint32_t left, std::uint32_t length) {
    std::array<std::byte, 4'096> bin;
    while (left > 4) {
      const std::size_t piece = std::min<std::size_t>(bin.size(), left - 4);
      if (!read(std::span(bin).first(piece))) return false;
      left -= static_cast<std::uint32_t>(piece);
    }
    if (!read(std::span(bin).first(4))) return false;
    body_ = std::span(bin).first(4);
    const bool same = u32(0) == length;
    body_ = {};
    return same || fail("the two lengths of a block differ");
  }

  /// True: it was a packet, now in `out`.
  bool take_block(CapturedFrame& out) {
    switch (type_) {
      case section_header: return start_section();
      case interface_description: return add_interface();
      case enhanced_packet: return take_packet(out, body_.size() < 20 ? ~0U : u32(0), 4);
      case obsolete_packet: return take_packet(out, body_.size() < 20 ? ~0U : u16(0), 4);
      case simple_packet: return take_simple_packet(out);
      default: return false;
    }
  }

  /// Interfaces are numbered anew.
  bool start_section() {
    if (body_.size() < 16) return fail("a section header that is too short");
    // Some programs wrote 1.2 for 1.0; libpcap asks the first section only.
    const std::uint16_t minor = u16(6);
    if (u16(4) != 1 || (!has_section_ && minor != 0 && minor != 2)) {
      return fail("version " + std::to_string(u16(4)) + "." + std::to_string(minor) + " is not known");
    }
    has_section_ = true;
    interfaces_.clear();
    return false;
  }

  bool add_interface() {
    if (body_.size() < 8) return fail("an interface description that is too short");
    if (interfaces_.size() >= max_interfaces) return fail("too many interfaces");
    Interface added;
    added.link_type = u16(0);
    added.snap_length = max_snap_length(added.link_type);
    if (u32(4) > 0) added.snap_length = std::min(added.snap_length, u32(4));
    if (!read_options(added.clock)) return false;
    if (!has_interface_) first_link_type_ = added.link_type;
    has_interface_ = true;
    interfaces_.push_back(added);
    return false;
  }

  /// The options that say how to read time stamps: 9, units in a second; 14, an offset in seconds.
  bool read_options(PcapngClock& clock) {
    std::size_t at = 8;
    while (at + 4 <= body_.size()) {
      const std::uint16_t code = u16(at);
      const std::size_t length = u16(at + 2);
      if (code == 0) return true;
      if (at + 4 + length > body_.size()) return fail("an option longer than its block");
      if (code == 9 && length >= 1 && !set_resolution(clock, std::to_integer<unsigned>(body_[at + 4])))
        return false;
      if (code == 14 && length >= 8) clock.offset_seconds = offset_at(at + 4);
      at += 4 + (length + 3) / 4 * 4;
    }
    return true;
  }
  [[nodiscard]] std::int64_t offset_at(std::size_t at) const noexcept {
    const std::uint64_t high = u32(little_ ? at + 4 : at);
    const std::uint64_t low = u32(little_ ? at : at + 4);
    return static_cast<std::int64_t>((high << 32) | low);
  }
  bool set_resolution(PcapngClock& clock, unsigned value) {
    const unsigned exponent = value & 0x7F;
    const bool binary = (value & 0x80) != 0;
    if (exponent > (binary ? 63U : 19U)) return fail("time stamps of a resolution that is too fine");
    clock.per_second = 1;
    for (unsigned i = 0; i < exponent; ++i) clock.per_second *= binary ? 2 : 10;
    return true;
  }

  /// Interface (4 bytes), time stamp (8), captured and wire length (4 each), then the frame.
  bool take_packet(CapturedFrame& out, std::uint32_t interface, std::size_t at) {
    if (body_.size() < 20) return fail("a packet block that is too short");
    if (interface >= interfaces_.size()) return fail("a packet of an interface that was not described");
    const Interface& from = interfaces_[interface];
    out.time_ns = from.clock.time_of(time_at(at));
    return give(out, from, u32(at + 8), u32(at + 12), at + 16);
  }

  /// Neither interface nor time: the first one, 1970. The captured length follows from the snap length.
  bool take_simple_packet(CapturedFrame& out) {
    if (body_.size() < 4) return fail("a packet block that is too short");
    if (interfaces_.empty()) return fail("a packet of an interface that was not described");
    const Interface& from = interfaces_.front();
    const std::uint32_t wire = u32(0);
    out.time_ns = 0;
    return give(out, from, std::min(wire, from.snap_length), wire, 4);
  }

  bool give(CapturedFrame& out, const Interface& from, std::uint32_t captured, std::uint32_t wire,
            std::size_t at) {
    if (captured > max_snap_length(from.link_type) || captured > body_.size() - at) {
      return fail("a packet of " + std::to_string(captured) + " captured bytes, more than there can be");
    }
    if (from.link_type == link_type::nflog) order_nflog(body_.subspan(at, captured));
    out.link_type = from.link_type;
    out.wire_length = wire;
    out.bytes = std::span<const std::byte>(body_).subspan(at, captured);
    return true;
  }

  /// Attributes of the netfilter log are in the byte order of the section; given they are in this machine's,
  /// as libpcap does it.
  void order_nflog(std::span<std::byte> frame) const noexcept {
    if (little_ == (std::endian::native == std::endian::little)) return;
    if (frame.size() < 4 || frame[1] != std::byte{0}) return;
    for (std::size_t at = 4; at + 4 <= frame.size();) {
      std::swap(frame[at], frame[at + 1]);
      std::swap(frame[at + 2], frame[at + 3]);
      const std::size_t length = ByteSlice(frame, 0).u16_host(at);
      if (length < 4) return;
      at += (length + 3) / 4 * 4;
    }
  }

  std::FILE* file_;  // not owned
  std::vector<std::byte> buffer_;
  std::span<std::byte> body_;
  std::vector<Interface> interfaces_;
  LeftOut left_out_;
  std::string failure_;
  std::uint32_t type_ = 0;
  int first_link_type_ = 0;
  bool has_interface_ = false;
  bool in_section_ = false;   // a section header has begun
  bool has_section_ = false;  // and been accepted
  bool little_ = false;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
