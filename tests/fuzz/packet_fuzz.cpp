// Fuzz target of the packet parser: any bytes under any link type, whole and cut. No read beyond the capture
// (the sanitizer sees it), every view within the frame, no length beyond the wire; what a cut frame says, the
// whole frame says too. Then the same bytes go through the fragment table, which must lose nothing.
//
// The first two bytes choose the link type, the next two wire length and cut; the rest is the frame.
#include <weir/traffic/parse.hpp>
#include <weir/traffic/parse/fragments.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace weir;
using View = std::span<const std::byte>;

void require(bool condition) {
  if (!condition) std::abort();
}

int link_of(std::uint8_t choice, std::uint8_t more) {
  using namespace link_type;
  constexpr std::array<int, 27> links{
      null,      ethernet,        ppp,     raw,        raw_bsd,      ppp_hdlc,
      ppp_ether, raw_file,        wifi,    cisco_hdlc, loop,         radiotap,
      ppi,       link_type::ipv4, ipv6,    ethernet,   linux_cooked, linux_cooked2,
      ethernet,  atm_llc,         enc,     pflog,      ppp_pppd,     ppp_with_direction,
      ipnet,     nflog,           ethernet};
  return choice < 0xF0 ? links[choice % links.size()] : (choice << 8) | more;
}

void require_within(View part, View whole) {
  require(part.empty() ||
          (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void require_sound(const Packet& p) {
  for (const View part : {p.ip, p.l4, p.payload}) require_within(part, p.frame);
  require(p.captured_length == p.frame.size() && p.captured_length <= p.wire_length);
  require(p.ip_length <= p.wire_length && p.payload.size() <= p.payload_length);
  require(std::uint64_t{p.payload_length} + p.l4_header_length + p.ip_header_length <= p.wire_length);
  require(p.vlan_count <= p.vlan.size());
  require(p.ip_version == 0 || p.ip_version == 4 || p.ip_version == 6);
  require(!p.later_fragment || (p.fragment && !p.has_l4));
  require(p.ip_version != 0 || !p.has_l4);
  require(link_type::is_known(p.link_type) || p.ip_version == 0);
  // Every byte of the IP packet is header or payload, except what UDP leaves over.
  if (p.has_l4 && p.protocol != ip_protocol::udp) {
    require(p.payload_length + p.l4_header_length + p.ip_header_length == p.ip_length);
  }
}

/// `cut` has the first bytes of what `whole` has.
void require_agreement(const Packet& cut, const Packet& whole) {
  require(cut.wire_length == whole.wire_length);
  if (cut.ip_version == 0) return;
  require(cut.ip_version == whole.ip_version && cut.src == whole.src && cut.dst == whole.dst);
  require(cut.ip_length == whole.ip_length && cut.ttl == whole.ttl);
  if (!cut.has_l4) return;
  require(cut.protocol == whole.protocol && cut.src_port == whole.src_port && cut.dst_port == whole.dst_port);
  require(cut.payload_length == whole.payload_length && cut.tcp_flags == whole.tcp_flags);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const int link = link_of(data[0], data[1]);
  const View bytes = std::as_bytes(std::span(data, size)).subspan(4);
  const auto wire = static_cast<std::uint32_t>(bytes.size() + data[2] * std::size_t{8});
  const std::size_t cut_size = bytes.size() * data[3] / 256;
  const std::vector<std::byte> cut_bytes(bytes.begin(),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(cut_size));

  static FragmentTable table({.datagrams = 8, .held = 3});  // small, so that it is full all the time
  static std::uint64_t pushed = 0;
  static std::uint64_t came = 0;
  static std::int64_t now = 0;
  now += std::int64_t{1'000'000'000} * (data[2] % 4);
  for (const bool inside : {false, true}) {
    Packet whole;
    const bool known = parse_packet(whole, link, bytes, wire, now, {.decapsulate = inside});
    require(known || whole.ip_version == 0);
    require_sound(whole);
    if (const auto flow = quoted_flow(whole)) require(flow->ip_version == whole.ip_version);
    Packet cut;
    parse_packet(cut, link, cut_bytes, wire, now, {.decapsulate = inside});
    require_sound(cut);
    if (!inside) require_agreement(cut, whole);
    ++pushed;
    table.push(whole, [](const Packet&) { ++came; });
    require(came <= pushed && pushed - came <= 3);
  }
  return 0;
}
