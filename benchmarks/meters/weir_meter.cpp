// weir's part of the race: a capture file to flows with all numbers of the profiles cic, nfstream (SPLT of
// 30) and cesnet, each number of each flow computed. Prints packets, flows and a check sum of all
// numbers' bits.
#include <weir/traffic/capture.hpp>
#include <weir/traffic/flow_features.hpp>
#include <weir/traffic/flow_output.hpp>
#include <weir/traffic/flow_table.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iostream>

namespace {

using namespace weir;
using Table = FlowTable<CicFlow, NfstreamFlow, CesnetFlow>;

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  CaptureReader reader = CaptureReader::open(argv[1]);
  const FlowOptions options{.max_flows = 1 << 17, .features = {.packets = 30}};
  Table table(options);
  std::array<double, 1'024> numbers{};
  std::uint64_t flows = 0;
  std::uint64_t sum = 0;
  const auto sink = [&](const auto& flow) {
    FlowNumbers out(numbers, {});
    flow.describe(out);
    for (std::size_t i = 0; i < out.count(); ++i) sum ^= std::bit_cast<std::uint64_t>(numbers[i]);
    ++flows;
  };
  for (Packet packet; reader.next(packet);) table.add(packet, sink);
  table.flush(sink);
  if (!reader.status()) {
    std::cerr << reader.status().error().what << '\n';
    return 1;
  }
  std::cout << table.stats().packets << ' ' << flows << ' ' << sum << '\n';
}
