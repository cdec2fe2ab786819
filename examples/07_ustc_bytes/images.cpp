#include "images.hpp"

#include <weir/data/formats/idx.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ustc {

namespace {

using Bytes = std::span<std::uint8_t>;

/// Zeros bytes [first, first + count) as far as they are there.
void clear(Bytes bytes, std::size_t first, std::size_t count) {
  first = std::min(first, bytes.size());
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(first), std::min(count, bytes.size() - first),
              std::uint8_t{0});
}

/// Who talks to whom, and what differs from one run of the same program to the next.
void hide_identities(Bytes frame) {
  clear(frame, 0, 12);  // MAC addresses
  weir::Packet packet;
  const auto bytes = std::as_bytes(std::span<const std::uint8_t>(frame));
  if (!weir::parse_packet(packet, weir::link_type::ethernet, bytes, 0, 0) || packet.ip_version == 0) return;
  const auto ip = static_cast<std::size_t>(packet.ip.data() - bytes.data());
  if (packet.ip_version == 4) {
    clear(frame, ip + 4, 2);    // identification
    clear(frame, ip + 10, 10);  // checksum, addresses
  } else {
    clear(frame, ip + 8, 32);  // addresses
  }
  if (packet.l4.empty()) return;
  const auto l4 = static_cast<std::size_t>(packet.l4.data() - bytes.data());
  if (packet.protocol == weir::ip_protocol::tcp) {
    clear(frame, l4, 12);      // ports, sequence and acknowledgement numbers
    clear(frame, l4 + 16, 2);  // checksum
  } else if (packet.protocol == weir::ip_protocol::udp) {
    clear(frame, l4, 4);
    clear(frame, l4 + 6, 2);
  }
}

/// An image is a capture file, cut off: a header of 24 bytes, then packets, each behind a header of 16 that
/// holds two words of time and two of length, big-endian.
void hide_identities_in_capture(Bytes image) {
  constexpr std::size_t file_header = 24, packet_header = 16;
  std::size_t at = file_header;
  while (at + packet_header <= image.size()) {
    std::size_t captured = 0;
    for (std::size_t i = 0; i < 4; ++i) captured = captured << 8 | image[at + 8 + i];
    clear(image, at, 8);
    at += packet_header;
    const std::size_t here = std::min(captured, image.size() - at);
    hide_identities(image.subspan(at, here));
    at += here;
  }
}

weir::Dataset<float> read_part(const std::string& folder, const std::string& part, Hidden hidden) {
  weir::IdxImages images =
      weir::read_idx_images(folder + "/" + part + "-images-idx3-ubyte.gz", &weir::open_any);
  const auto labels = weir::read_idx_labels(folder + "/" + part + "-labels-idx1-ubyte.gz", &weir::open_any);
  const std::size_t size = images.size();
  weir::Dataset<float> data;
  data.shape = {1, static_cast<weir::Index>(size)};
  data.x = weir::Matrix<float>(data.shape.length, static_cast<weir::Index>(images.count));
  data.labels.assign(labels.begin(), labels.end());
  for (std::size_t i = 0; i < images.count; ++i) {
    const Bytes image = Bytes(images.pixels).subspan(i * size, size);
    if (hidden == Hidden::identities) hide_identities_in_capture(image);
    std::copy(image.begin(), image.end(), data.x.data() + i * size);
  }
  data.check();
  return data;
}

}  // namespace

Images read_images(const std::string& folder, Hidden hidden) {
  return {read_part(folder, "train", hidden), read_part(folder, "test", hidden)};
}

}  // namespace ustc
