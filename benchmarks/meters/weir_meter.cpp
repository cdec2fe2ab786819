// weir's part of the race: a capture file to flows, with each number of each flow computed.
//
//   weir_meter CAPTURE all      the profiles cic, nfstream (SPLT of 30) and cesnet
//   weir_meter CAPTURE core     the profile core
//
// Prints packets, flows and a check sum of all numbers' bits.
#include <weir/traffic/capture.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string_view>

namespace {

using namespace weir;

template <class... Profiles>
int meter(const char* path) {
  CaptureReader reader = CaptureReader::open(path);
  const FlowOptions options{.max_flows = 1 << 17, .features = {.packets = 30}};
  FlowTable<Profiles...> table(options);
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
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view profiles = argc == 3 ? argv[2] : "";
  if (profiles == "all") return meter<CicFlow, NfstreamFlow, CesnetFlow>(argv[1]);
  if (profiles == "core") return meter<CoreFlow>(argv[1]);
  std::cerr << "usage: weir_meter CAPTURE all|core\n";
  return 2;
}
