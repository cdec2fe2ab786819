#include <weir/core/thinned.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

TEST_CASE("thinned: all while there is room, then every second, fourth, ...") {
  Thinned<int> kept(4);
  for (int i = 0; i < 4; ++i) kept.add(i);
  CHECK(kept.items() == std::vector<int>{0, 1, 2, 3});
  CHECK(kept.every() == 1);
  kept.add(4);
  CHECK(kept.items() == std::vector<int>{0, 2, 4});
  for (int i = 5; i < 11; ++i) kept.add(i);
  CHECK(kept.items() == std::vector<int>{0, 4, 8});
  CHECK(kept.every() == 4);
  CHECK(kept.seen() == 11);
}

TEST_CASE("thinned: however long the stream, items are evenly spread and few") {
  Thinned<std::size_t> kept(100);
  for (std::size_t i = 0; i < 12'345; ++i) kept.add(i);
  CHECK(kept.items().size() >= 50);
  CHECK(kept.items().size() <= 100);
  for (std::size_t i = 0; i < kept.items().size(); ++i) CHECK(kept.items()[i] == i * kept.every());
}
