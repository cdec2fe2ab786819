// Makes one long capture of many short ones, for timing flow meters on real packets:
//
//   merge OUT.pcap PACKETS CAPTURE...
//
// All Ethernet frames of the captures are written, and all of them again until there are PACKETS at least.
// The captures begin a second apart, in the order of their names and one repetition behind the other, and
// keep their own gaps; so some hundred flows of different kinds are open at a time. Frames stand in the order
// of time.
//
// Each repetition has addresses of its own: in repetition r every IPv4 and IPv6 address has r added to its
// first 16-bit word and taken from its second, in one's complement, which leaves all Internet checksums as
// they were. Nothing else is changed.
#include <weir/core/error.hpp>
#include <weir/traffic/capture.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace weir;

struct Frame {
  std::size_t capture;
  std::int64_t time_ns;  // since its capture's first
  std::uint32_t wire_length;
  std::size_t begin, size;        // among all bytes
  std::size_t addresses, length;  // where they stand in the frame, bytes of one; 0: there are none
};

struct Captures {
  std::vector<Frame> frames{};
  std::vector<std::byte> bytes{};
  std::size_t count = 0;
};

void add_frame(Captures& all, const Packet& p, std::int64_t first_ns) {
  const bool v6 = p.ip_version == 6;
  const bool addressed = !p.ip.empty() && p.ip_version != 0;
  const auto ip = static_cast<std::size_t>(addressed ? p.ip.data() - p.frame.data() : 0);
  all.frames.push_back({.capture = all.count,
                        .time_ns = p.time_ns - first_ns,
                        .wire_length = p.wire_length,
                        .begin = all.bytes.size(),
                        .size = p.frame.size(),
                        .addresses = addressed ? ip + (v6 ? 8 : 12) : 0,
                        .length = addressed ? (v6 ? 16U : 4U) : 0});
  all.bytes.insert(all.bytes.end(), p.frame.begin(), p.frame.end());
}

/// A capture that cannot be read, or has other links, adds nothing.
void add_capture(Captures& all, const std::string& path) {
  Result<CaptureReader> reader = CaptureReader::try_open(path);
  if (!reader || reader->link_type() != link_type::ethernet) return;
  Packet p;
  std::int64_t first_ns = 0;
  const std::size_t before = all.frames.size();
  while (reader->next(p)) {
    if (all.frames.size() == before) first_ns = p.time_ns;
    add_frame(all, p, first_ns);
  }
  all.count += all.frames.size() > before ? 1U : 0U;
}

[[nodiscard]] std::uint32_t one_complement_sum(std::uint32_t a, std::uint32_t b) {
  return ((a + b) & 0xFFFF) + ((a + b) >> 16);
}

void shift_address(std::span<std::byte> address, std::uint32_t by) {
  const auto add = [&](std::size_t at, std::uint32_t what) {
    const std::uint32_t word =
        (std::to_integer<std::uint32_t>(address[at]) << 8) | std::to_integer<std::uint32_t>(address[at + 1]);
    const std::uint32_t sum = one_complement_sum(word, what);
    address[at] = static_cast<std::byte>(sum >> 8);
    address[at + 1] = static_cast<std::byte>(sum & 0xFF);
  };
  add(0, by);
  add(2, ~by & 0xFFFF);
}

struct Place {
  std::int64_t time_ns;
  std::uint32_t repetition;
  std::uint32_t frame;
};

[[nodiscard]] std::vector<Place> in_order(const Captures& all, std::size_t repetitions) {
  constexpr std::int64_t start = 1'700'000'000;  // seconds since 1970
  constexpr std::int64_t second = 1'000'000'000;
  std::vector<Place> order;
  order.reserve(all.frames.size() * repetitions);
  for (std::size_t r = 0; r < repetitions; ++r) {
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
      const Frame& frame = all.frames[i];
      const auto begin = static_cast<std::int64_t>(r * all.count + frame.capture);
      order.push_back({(start + begin) * second + frame.time_ns, static_cast<std::uint32_t>(r),
                       static_cast<std::uint32_t>(i)});
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Place& a, const Place& b) { return a.time_ns < b.time_ns; });
  return order;
}

[[nodiscard]] Status write(const Captures& all, const std::vector<Place>& order, const std::string& path) {
  Result<CaptureWriter> created = CaptureWriter::try_create(path, link_type::ethernet);
  if (!created) return created.error();
  CaptureWriter writer = std::move(created).value();
  std::vector<std::byte> copy;
  for (const Place& place : order) {
    const Frame& frame = all.frames[place.frame];
    const auto begin = all.bytes.begin() + static_cast<std::ptrdiff_t>(frame.begin);
    copy.assign(begin, begin + static_cast<std::ptrdiff_t>(frame.size));
    for (std::size_t i = 0; i < 2 && frame.length > 0; ++i) {
      shift_address(std::span(copy).subspan(frame.addresses + i * frame.length, frame.length),
                    place.repetition);
    }
    writer.write({place.time_ns, link_type::ethernet, frame.wire_length, copy});
  }
  return writer.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: merge OUT.pcap PACKETS CAPTURE...\n";
    return 2;
  }
  Captures all;
  for (int i = 3; i < argc; ++i) add_capture(all, argv[i]);
  if (all.frames.empty()) {
    std::cerr << "no Ethernet frames\n";
    return 1;
  }
  const std::size_t wanted = std::strtoull(argv[2], nullptr, 10);
  const std::size_t repetitions =
      std::max<std::size_t>(1, (wanted + all.frames.size() - 1) / all.frames.size());
  const std::vector<Place> order = in_order(all, repetitions);
  if (const Status status = write(all, order, argv[1]); !status) {
    std::cerr << status.error().what << '\n';
    return 1;
  }
  std::cerr << order.size() << " packets: " << all.frames.size() << " of " << all.count << " captures, "
            << repetitions << " times\n";
}
