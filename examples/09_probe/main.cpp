// A probe: packets in, alarms out, with meter and model in one loop and nothing allocated in it.
//
//   09_probe             learns from one made-up site, keeps the model in probe.weir and watches another site
//   09_probe CAPTURE     watches a capture instead
#include "allocations.hpp"
#include "judge.hpp"
#include "traffic.hpp"

#include <weir/io/load.hpp>
#include <weir/io/save.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>

using namespace weir;

int main(int argc, char** argv) {
  const bool made_up = argc < 2;
  const bool known = std::filesystem::exists("probe.weir");
  const Judge judge = known ? load("probe.weir", untrained) : learn(made_up_traffic(20'000, 1));
  if (!known) save("probe.weir", judge);
  const Traffic traffic = made_up ? made_up_traffic(10'000, 2) : captured_traffic(argv[1]);

  std::array<std::array<std::uint64_t, 2>, 2> flows{};  // [attack][alarm]
  Scorer scorer(judge);
  FlowTable<CoreFlow> table({.max_flows = 100'000});
  const auto score = [&](const auto& flow) {
    const Verdict verdict = scorer.score(numbers_of(*flow), {});
    ++flows[made_up && traffic.attack[flow->id - 1] ? 1 : 0][verdict.alert ? 1 : 0];
  };
  const std::size_t before = allocations();
  for (const Packet& packet : traffic.packets) table.add(packet, score);
  table.flush(score);
  const std::size_t allocated = allocations() - before;

  const auto [benign, attacks] = flows;
  const auto share = [](std::uint64_t part, std::uint64_t rest) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(part + rest, 1));
  };
  const double found = share(attacks[1], attacks[0]), false_alarms = share(benign[1], benign[0]);
  std::printf("%zu packets, %zu flows, %zu alarms\n", traffic.packets.size(),
              static_cast<std::size_t>(table.stats().flows),
              static_cast<std::size_t>(benign[1] + attacks[1]));
  std::printf("allocations while watching: %zu\n", allocated);
  if (!made_up) return 0;
  std::printf("attacks found: %s (%.1f %%)\n", found > 0.5 ? "more than half" : "too few", 100 * found);
  std::printf("false alarms: %s (%.2f %%)\n", false_alarms < 0.03 ? "below 3 %" : "too many",
              100 * false_alarms);
  return allocated == 0 && found > 0.5 && false_alarms < 0.03 ? 0 : 1;
}
