// Fuzz target of anonymised frames: any bytes under any link type, whole and cut. Addresses of the packet,
// and one planted anywhere behind its fixed headers, must not be left; what is left must still be the same
// packet, or none.
//
// The first two bytes choose the link type, then what is kept, how much was captured, and where to plant; the
// rest is the frame.
#include <weir/traffic/anonymise/anonymise_frame.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

namespace {

using namespace weir;
using Frame = std::vector<std::byte>;

void require(bool condition) {
  if (!condition) std::abort();
}

constexpr std::array<std::uint8_t, 16> source{0x2B, 0x9D, 0xE6, 0x53, 0xA1, 0x7C, 0x35, 0xF8,
                                              0x61, 0xCB, 0x0D, 0x94, 0x47, 0xBE, 0x72, 0x1F},
    destination{0x3E, 0x58, 0xB4, 0xC7, 0x96, 0x0A, 0xD3, 0x6F,
                0x81, 0x2C, 0xF5, 0x49, 0xEA, 0x17, 0xDC, 0x63};
constexpr std::array<std::uint8_t, 4> planted{0xA7, 0x4B, 0xD9, 0x36};

int link_of(std::uint8_t choice, std::uint8_t more) {
  return choice < 0xF0 ? link_type::known[choice % link_type::known.size()] : (choice << 8) | more;
}

/// Of the IP header within the frame.
void put_addresses(Frame& frame, const Packet& p) {
  const auto ip = static_cast<std::size_t>(p.ip.data() - p.frame.data());
  const std::size_t size = p.ip_version == 6 ? 16 : 4, at = ip + (p.ip_version == 6 ? 8 : 12);
  std::memcpy(&frame[at], source.data(), size);
  std::memcpy(&frame[at + size], destination.data(), size);
}

/// Ports, numbers and flags stay; what is behind them, and what stands between IP and layer 4, must not.
std::size_t fixed_header(const Packet& p) {
  switch (p.protocol) {
    case ip_protocol::tcp: return 20;
    case ip_protocol::sctp: return 12;
    default: return 8;
  }
}
/// Where it was planted; nowhere: behind the frame.
std::size_t plant(Frame& frame, const Packet& p, std::size_t where) {
  const auto ip = static_cast<std::size_t>(p.ip.data() - p.frame.data());
  const std::size_t behind_ip = ip + (p.ip_version == 6 ? 40 : 20);
  const auto l4 = static_cast<std::size_t>(p.l4.data() - p.frame.data());
  const std::size_t behind = std::max(behind_ip, l4 + fixed_header(p));
  const bool between = where % 2 == 0 && l4 >= behind_ip + planted.size();
  const std::size_t from = between ? behind_ip : behind;
  const std::size_t to = between ? l4 : frame.size();
  if (from + planted.size() > to) return frame.size();
  const std::size_t at = from + where / 2 % (to - from - planted.size() + 1);
  std::memcpy(&frame[at], planted.data(), planted.size());
  return at;
}

/// Between IP and layer 4, the first four bytes of a header say where the next one is and stay.
bool in_fixed_bytes(const Frame& frame, const Packet& p, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(frame[i]); };
  const auto ip = static_cast<std::size_t>(p.ip.data() - p.frame.data());
  std::uint8_t type = byte(ip + (p.ip_version == 6 ? 6 : 9));
  std::size_t start = ip + (p.ip_version == 6 ? 40U : 4U * (byte(ip) & 15U));
  while (start + 8 <= frame.size() && detail::is_extension(p.ip_version, type)) {
    if (at < start + 4 && start < at + planted.size()) return true;
    const std::uint8_t next = byte(start);
    start += detail::extension_length(type, byte(start + 1));
    type = next;
  }
  return false;
}

bool has(std::span<const std::byte> bytes, std::span<const std::uint8_t> part) {
  const auto text = std::as_bytes(part);
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

/// SACK blocks are sequence numbers and stay.
bool has_sack(const Packet& p) { return p.protocol == ip_protocol::tcp && p.tcp_sack_blocks > 0; }

/// Identifications do not stay: what is planted may stand in one. There are 8 choices of options.
Anonymiser anonymiser(std::uint8_t options, std::uint8_t key_byte) {
  const AnonymiseKey key{key_byte, 8, 7, 6, 5, 4, 3, 2, 1};
  return Anonymiser(key, {.ports = (options & 1) != 0, .keep_flow_label = (options & 4) != 0});
}
std::vector<Anonymiser> anonymisers(std::uint8_t key_byte) {
  std::vector<Anonymiser> all;
  for (std::uint8_t options = 0; options < 8; ++options) all.push_back(anonymiser(options, key_byte));
  return all;
}

/// Whether what is left has a part, under this key.
bool leaves(Frame frame, Anonymiser& hide, int link, std::uint32_t wire, std::span<const std::uint8_t> part) {
  const std::size_t stays = anonymise_frame(hide, frame, link, wire);
  return has(std::span(frame).first(stays), part);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 6) return 0;
  static std::vector<Anonymiser> all = anonymisers(9);
  static std::vector<Anonymiser> others = anonymisers(10);
  Anonymiser& hide = all[data[2] % 8];
  const int link = link_of(data[0], data[1]);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size)).subspan(6);
  const auto wire = static_cast<std::uint32_t>(bytes.size());
  Frame frame(bytes.begin(), bytes.end());
  // What is looked for must not stand there by itself, in a sequence number for example.
  for (const std::span<const std::uint8_t> mark :
       {std::span(source).first<4>(), std::span(destination).first<4>(), std::span(planted).first<4>()}) {
    if (has(frame, mark)) return 0;
  }
  Packet before;
  parse_packet(before, link, frame, wire, 0);
  std::size_t at = frame.size();
  if (before.ip_version != 0) {
    at = plant(frame, before, data[4] | std::size_t{data[5]} << 8);
    put_addresses(frame, before);
  }
  frame.resize(frame.size() - frame.size() * data[3] / 256);
  frame.shrink_to_fit();
  parse_packet(before, link, frame, wire, 0);  // planting may have made another one of it
  const bool may_stay = has_sack(before) || (before.ip_version != 0 && in_fixed_bytes(frame, before, at));
  const Frame whole = frame;
  const std::size_t stays = anonymise_frame(hide, frame, link, wire);
  require(stays <= frame.size());
  const std::span<const std::byte> left = std::span(frame).first(stays);
  const bool six = before.ip_version == 6;
  // Four bytes are soon found: a hidden address may come out as what is looked for, but not under every key.
  const auto leaks = [&](std::span<const std::uint8_t> part) {
    return has(left, part) && leaves(whole, others[data[2] % 8], link, wire, part);
  };
  if (before.ip_version != 0) {
    for (const auto& address : {source, destination}) require(!leaks(std::span(address).first(six ? 16 : 4)));
    require(may_stay || !leaks(planted));
  }
  Packet after;
  parse_packet(after, link, left, wire, 0);
  if (after.ip_version == 0 || before.ip_version == 0) return 0;
  require(after.ip_version == before.ip_version && after.protocol == before.protocol);
  require(after.src == hide.address(before.src, before.ip_version));
  require(after.dst == hide.address(before.dst, before.ip_version));
  require(after.ip_length == before.ip_length && after.tcp_flags == before.tcp_flags);
  return 0;
}
