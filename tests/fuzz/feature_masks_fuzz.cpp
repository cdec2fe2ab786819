// Fuzz target of header bits and masks: any frame and any payload. The sanitizer sees reads beyond the
// captured bytes. What must hold: a bit is 1, 0 or -1; a mask only takes away; masking TLS again changes
// nothing.
//
// The first byte chooses the masks, the second the link; the rest is the frame, and the payload.
#include <weir/traffic/features/header_bits.hpp>
#include <weir/traffic/features/tls_mask.hpp>
#include <weir/traffic/parse.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace weir;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_bits(const Packet& packet, const FeatureMask& mask) {
  const HeaderBits::Headers headers = HeaderBits::headers_of(packet);
  const HeaderBits::PacketBits all = HeaderBits::expand(headers, {}),
                               some = HeaderBits::expand(headers, mask);
  for (std::size_t i = 0; i < all.size(); ++i) {
    require(all[i] >= -1 && all[i] <= 1);
    require(some[i] == all[i] || some[i] == -1);
  }
}

void check_hellos(std::span<const std::byte> payload) {
  std::vector<std::byte> once(payload.begin(), payload.end());
  mask_tls(once);
  std::vector<std::byte> twice = once;
  mask_tls(twice);
  require(twice == once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data) + 2, size - 2);
  const auto bit = [&](int i) { return (data[0] >> i & 1) != 0; };
  const FeatureMask mask{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7)};
  Packet packet;
  const int link = data[1] % 2 == 0 ? link_type::ethernet : link_type::raw_file;
  if (parse_packet(packet, link, bytes, static_cast<std::uint32_t>(bytes.size()), 0))
    check_bits(packet, mask);
  check_hellos(bytes);
  return 0;
}
