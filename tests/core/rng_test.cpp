#include <weir/core/rng.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <vector>

using namespace weir;

TEST_CASE("philox4x32-10: the known answers of Random123") {
  using Block = PhiloxBlock;
  CHECK(philox(RngKey{0}, 0, 0) == Block{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U});
  const std::uint64_t ones = ~std::uint64_t{0};
  CHECK(philox(RngKey{ones}, ones, ones) == Block{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU});
  // counter and key from the digits of pi
  CHECK(philox(RngKey{0x299f31d0'a4093822ULL}, 0x85a308d3'243f6a88ULL, 0x03707344'13198a2eULL) ==
        Block{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U});
}

TEST_CASE("rng: the same seed gives the same numbers, another seed others") {
  Rng a(5), b(5), c(6);
  Rng copy = a;
  std::vector<std::uint32_t> first, second, third;
  for (int i = 0; i < 100; ++i) {
    first.push_back(a.next32());
    second.push_back(b.next32());
    third.push_back(c.next32());
  }
  CHECK(first == second);
  CHECK(first != third);
  CHECK(copy.next32() == first[0]);
  copy = a;
  CHECK(copy.normal() == a.normal());
  CHECK(std::set<std::uint32_t>(first.begin(), first.end()).size() >= 99);
}

TEST_CASE("rng keys: forks differ from each other and from their parent") {
  std::set<std::uint64_t> seen;
  const RngKey root{1};
  for (std::uint64_t i = 0; i < 100; ++i) {
    for (std::uint64_t j = 0; j < 100; ++j) seen.insert(root.fork(i).fork(j).value);
  }
  CHECK(seen.size() == 10'000);
  CHECK(seen.count(root.value) == 0);
}

TEST_CASE("rng: below() stays below and is uniform") {
  Rng rng(7);
  for (const std::uint64_t bound :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{10}, std::uint64_t{0xFFFFFFFF},
        std::uint64_t{0x100000000}, std::uint64_t{0x8000000000000001}, ~std::uint64_t{0}}) {
    std::uint64_t largest = 0;
    for (int i = 0; i < 2000; ++i) {
      const std::uint64_t draw = rng.below(bound);
      REQUIRE(draw < bound);
      largest = std::max(largest, draw);
    }
    CHECK(static_cast<double>(largest) >= 0.98 * static_cast<double>(bound - 1));
  }
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts[rng.below(7)];
  double chi_squared = 0.0;
  for (const int n : counts) chi_squared += (n - 10'000.0) * (n - 10'000.0) / 10'000.0;
  CHECK(chi_squared < 27.9);  // 6 degrees of freedom: one in 10 000
  CHECK(chi_squared > 0.1);
}

TEST_CASE("rng: moments of the distributions") {
  Rng rng(8);
  const int n = 200'000;
  double sum_uniform = 0.0, sum_normal = 0.0, squares = 0.0, cubes = 0.0, fourth = 0.0, sum_exponential = 0.0;
  int hits = 0;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform(-1.0, 3.0);
    REQUIRE((u >= -1.0 && u < 3.0));
    sum_uniform += u;
    const double z = rng.normal();
    REQUIRE(std::isfinite(z));
    sum_normal += z;
    squares += z * z;
    cubes += z * z * z;
    fourth += z * z * z * z;
    const double e = rng.exponential(2.0);
    REQUIRE(e >= 0.0);
    sum_exponential += e;
    hits += rng.chance(0.3) ? 1 : 0;
  }
  const double root = std::sqrt(static_cast<double>(n));
  const auto close = [&](double sum, double mean, double deviation) {
    return std::fabs(sum / n - mean) <= 4.5 * deviation / root;
  };
  CHECK(close(sum_uniform, 1.0, 4.0 / std::sqrt(12.0)));
  CHECK(close(sum_normal, 0.0, 1.0));
  CHECK(close(squares, 1.0, std::sqrt(2.0)));
  CHECK(close(cubes, 0.0, std::sqrt(15.0)));
  CHECK(close(fourth, 3.0, std::sqrt(96.0)));
  CHECK(close(sum_exponential, 2.0, 2.0));
  CHECK(close(hits, 0.3, std::sqrt(0.21)));
}

TEST_CASE("to_unit_float: in [0, 1), exact") {
  CHECK(to_unit_float(0) == 0.0F);
  CHECK(to_unit_float(0x80000000U) == 0.5F);
  CHECK(to_unit_float(0xFFFFFFFFU) == 1.0F - 0x1p-24F);
}

TEST_CASE("shuffle: a permutation, every one as likely") {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  const std::vector<int> sorted = items;
  Rng rng(9);
  shuffle(std::span(items), rng);
  CHECK(items != sorted);
  CHECK(std::is_permutation(items.begin(), items.end(), sorted.begin()));
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) {
    std::array<int, 3> three{0, 1, 2};
    shuffle(std::span<int>(three), rng);
    ++counts[static_cast<std::size_t>(three[0] * 2 + (three[1] > three[2] ? 1 : 0))];
  }
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 450);
  std::vector<int> none;
  shuffle(std::span(none), rng);
}
