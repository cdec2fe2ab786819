#include <doctest/doctest.h>
#include <weir/core/rng.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/core/tree_sum.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

using namespace weir;

namespace {

struct Numbers {
  std::vector<float> values;
  void add(const Numbers& right) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += right.values[i];
  }
  [[nodiscard]] bool same_bits(const Numbers& other) const {
    return std::memcmp(values.data(), other.values.data(), values.size() * sizeof(float)) == 0;
  }
};

/// Magnitudes over thirty powers of two, so that every other order gives other bits.
std::vector<Numbers> parts_of(Index count) {
  Rng rng(static_cast<std::uint64_t>(count));
  std::vector<Numbers> parts(static_cast<std::size_t>(count));
  for (Numbers& part : parts) {
    for (int i = 0; i < 40; ++i) {
      part.values.push_back(
          static_cast<float>(std::ldexp(rng.normal(), static_cast<int>(rng.below(30)) - 15)));
    }
  }
  return parts;
}

Numbers zero() { return {std::vector<float>(40, 0.0F)}; }

/// The rule of the header's first lines.
Numbers by_rule(const std::vector<Numbers>& parts, std::size_t first, std::size_t last) {
  if (last - first == 1) return parts[first];
  std::size_t half = 1;
  while (2 * half < last - first) half *= 2;
  Numbers sum = by_rule(parts, first, first + half);
  sum.add(by_rule(parts, first + half, last));
  return sum;
}

Numbers by_rule(const std::vector<Numbers>& parts) { return by_rule(parts, 0, parts.size()); }

Numbers one_after_the_other(const std::vector<Numbers>& parts) {
  Numbers sum = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) sum.add(parts[i]);
  return sum;
}

/// Hands in these parts as they stand.
void give(TreeSum<Numbers>& sums, const std::vector<Numbers>& parts, Index part) {
  Numbers& mine = sums.take();
  mine = parts[static_cast<std::size_t>(part)];
  sums.give(part, part + 1, mine);
}

}  // namespace

TEST_CASE("Up to 17 parts are added as the rule says, in whatever order they come") {
  for (Index count = 1; count <= 17; ++count) {
    CAPTURE(count);
    const std::vector<Numbers> parts = parts_of(count);
    const Numbers expected = by_rule(parts);
    TreeSum<Numbers> sums(zero(), count);
    std::vector<Index> order;
    for (Index i = 0; i < count; ++i) order.push_back(i);
    Rng rng(7);
    for (int round = 0; round < 20; ++round) {
      sums.begin(count);
      for (const Index part : order) give(sums, parts, part);
      CHECK(sums.total().same_bits(expected));
      shuffle(std::span<Index>(order), rng);
    }
    if (count >= 4) CHECK_FALSE(one_after_the_other(parts).same_bits(expected));
  }
}

TEST_CASE("Seven parts, written out") {
  const std::vector<Numbers> p = parts_of(7);
  TreeSum<Numbers> sums(zero(), 16);
  sums.begin(7);
  for (Index i = 7; i-- > 0;) give(sums, p, i);
  for (std::size_t k = 0; k < 40; ++k) {
    const float left = (p[0].values[k] + p[1].values[k]) + (p[2].values[k] + p[3].values[k]);
    const float right = (p[4].values[k] + p[5].values[k]) + p[6].values[k];
    CHECK(sums.total().values[k] == left + right);
  }
}

TEST_CASE("Parts in order keep a logarithm of sums alive") {
  for (const Index count : {1, 2, 3, 16, 17, 1000}) {
    const std::vector<Numbers> parts = parts_of(count);
    TreeSum<Numbers> sums(zero(), count);
    for (int round = 0; round < 3; ++round) {
      sums.begin(count);
      for (Index i = 0; i < count; ++i) give(sums, parts, i);
    }
    CHECK(sums.made() <= tree_depth(count) + 1);
  }
  CHECK(tree_depth(1) == 0);
  CHECK(tree_depth(2) == 1);
  CHECK(tree_depth(16) == 4);
  CHECK(tree_depth(17) == 5);
}

TEST_CASE("Any number of threads gives the same bits, with a bounded number of sums") {
  constexpr Index count = 203;
  const std::vector<Numbers> parts = parts_of(count);
  const Numbers expected = by_rule(parts);
  for (const Index threads : {1, 2, 3, 4, 8}) {
    ThreadPool pool(threads);
    TreeSum<Numbers> sums(zero(), count);
    for (int round = 0; round < 20; ++round) {
      sums.begin(count);
      pool.run(count, [&](Index part, Index) {
        if (part % 37 == 5) std::this_thread::yield();
        give(sums, parts, part);
      });
      REQUIRE(sums.total().same_bits(expected));
    }
    CHECK(sums.made() <= threads * (tree_depth(count) + 1));
  }
}

TEST_CASE("Machines that hold runs of the parts send whole subtrees") {
  // Each sums the largest nodes that lie within its run; one adds what comes.
  const std::vector<Numbers> parts = parts_of(25);
  const auto send = [&](TreeSum<Numbers>& to, std::size_t first, std::size_t last) {
    Numbers& received = to.take();
    received = by_rule(parts, first, last);
    to.give(static_cast<Index>(first), static_cast<Index>(last), received);
  };
  TreeSum<Numbers> sums(zero(), 25);
  sums.begin(25);
  send(sums, 16, 25);
  for (const auto& [first, last] : {std::pair<std::size_t, std::size_t>{12, 16}, {8, 12}, {0, 4}, {4, 6}})
    send(sums, first, last);
  give(sums, parts, 7);
  give(sums, parts, 6);
  CHECK(sums.total().same_bits(by_rule(parts)));
}

TEST_CASE("A sum that was broken off leaves nothing behind") {
  const std::vector<Numbers> parts = parts_of(9);
  TreeSum<Numbers> sums(zero(), 9);
  sums.begin(9);
  for (const Index part : {1, 4, 5, 8}) give(sums, parts, part);
  sums.begin(5);
  const std::vector<Numbers> fewer(parts.begin(), parts.begin() + 5);
  for (Index i = 0; i < 5; ++i) give(sums, fewer, i);
  CHECK(sums.total().same_bits(by_rule(fewer)));
  CHECK(sums.made() <= tree_depth(9) + 1);
}
