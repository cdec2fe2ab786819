// The most frequent names in fixed memory.
#include <weir/core/rng.hpp>
#include <weir/detect/top_counts.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

using weir::TopCounts;

TEST_CASE("top counts: exact as long as all names have a counter") {
  TopCounts counts(3);
  for (const char* name : {"a", "b", "a", "c", "b", "a"}) counts.add(name);
  const auto most = counts.most(2);
  REQUIRE(most.size() == 2);
  CHECK(most[0].name == "a");
  CHECK(most[0].count == 3);
  CHECK(most[1].name == "b");
  CHECK(most[1].excess == 0);
  CHECK(counts.total() == 6);
  CHECK(counts.most(9).size() == 3);
}

TEST_CASE("top counts: frequent names are there, and no count is too large by more than n / counters") {
  constexpr std::uint64_t n = 20'000;
  constexpr std::size_t counters = 50;
  TopCounts counts(counters);
  std::map<std::string, std::uint64_t> exact;
  weir::Rng rng(3);
  for (std::uint64_t i = 0; i < n; ++i) {
    const std::string name =
        rng.chance(0.3) ? "often" + std::to_string(rng.below(5)) : "rare" + std::to_string(rng.below(5'000));
    counts.add(name);
    ++exact[name];
  }
  const auto all = counts.most(counters);
  for (const auto& [name, count] : exact) {
    if (count <= n / counters) continue;
    CHECK(
        std::any_of(all.begin(), all.end(), [&, &wanted = name](const auto& e) { return e.name == wanted; }));
  }
  for (const auto& entry : all) {
    CHECK(entry.count >= exact[entry.name]);
    CHECK(entry.count - entry.excess <= exact[entry.name]);
    CHECK(entry.excess <= n / counters);
  }
}
