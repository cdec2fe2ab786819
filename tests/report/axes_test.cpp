// Ticks and places by hand.
#include <weir/report/axes.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace weir;
using namespace weir::charts;

namespace {

void check_ticks(const std::vector<double>& ticks, const std::vector<double>& wanted) {
  REQUIRE(ticks.size() == wanted.size());
  for (std::size_t i = 0; i < ticks.size(); ++i) CHECK(ticks[i] == doctest::Approx(wanted[i]));
}

}  // namespace

TEST_CASE("axes: steps of 1, 2 or 5 times a power of ten") {
  CHECK(nice_step(1.0, 5) == doctest::Approx(0.2));
  CHECK(nice_step(7.0, 5) == doctest::Approx(2.0));
  CHECK(nice_step(23.0, 5) == doctest::Approx(5.0));
  CHECK(nice_step(51.0, 5) == doctest::Approx(20.0));
  CHECK(nice_step(0.00093, 5) == doctest::Approx(0.0002));
}

TEST_CASE("axes: ticks lie within the range") {
  check_ticks(nice_ticks(0.0, 0.93), {0.0, 0.2, 0.4, 0.6, 0.8});
  check_ticks(nice_ticks(0.0, 1.0), {0.0, 0.2, 0.4, 0.6, 0.8, 1.0});
  check_ticks(nice_ticks(-3.0, 12.0), {0.0, 5.0, 10.0});
  check_ticks(nice_ticks(1e9, 1e9 + 4.0), {1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4});
}

TEST_CASE("axes: logarithmic ticks are powers of ten, and finer within two decades") {
  check_ticks(log_ticks(0.5, 20'000.0), {1.0, 10.0, 100.0, 1'000.0, 10'000.0});
  check_ticks(log_ticks(0.02, 1.0), {0.02, 0.05, 0.1, 0.2, 0.5, 1.0});
  check_ticks(log_ticks(1e-12, 1.0, 6), {1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0});
}

TEST_CASE("axes: ticks are written short") {
  CHECK(tick_text(0.0) == "0");
  CHECK(tick_text(0.25) == "0.25");
  CHECK(tick_text(-0.0) == "0");
  CHECK(tick_text(9'000.0) == "9000");
  CHECK(tick_text(20'000.0) == "20k");
  CHECK(tick_text(2.5e6) == "2.5M");
  CHECK(tick_text(0.6000000000000001) == "0.6");
}

TEST_CASE("axes: values become places, also from the bottom up and over a logarithm") {
  const Scale right{0.0, 2.0, 50.0, 250.0};
  CHECK(right(1.0) == 150.0);
  CHECK(right(3.0) == 250.0);  // outside: at the edge
  const Scale up{0.0, 1.0, 300.0, 0.0};
  CHECK(up(0.25) == 225.0);
  const Scale decades{0.01, 100.0, 0.0, 400.0, true};
  CHECK(decades(1.0) == doctest::Approx(200.0));
  CHECK(decades(0.0) == 0.0);
}

TEST_CASE("axes: ticks of counts are whole numbers") {
  check_ticks(scale_for({.whole = true}, 1.0, 2.0, 0.0, 10.0).ticks(), {1.0, 2.0});
  check_ticks(scale_for({.whole = true}, 1.0, 9.0, 0.0, 10.0).ticks(), {2.0, 4.0, 6.0, 8.0});
}

TEST_CASE("axes: a scale has a range whatever the values are") {
  const Scale one = scale_for({}, 4.0, 4.0, 0.0, 10.0);
  CHECK(one.low == 2.0);
  CHECK(one.high == 6.0);
  const Scale none = scale_for({}, HUGE_VAL, -HUGE_VAL, 0.0, 10.0);
  CHECK(none.low == 0.0);
  CHECK(none.high == 1.0);
  const Scale zero = scale_for({.from_zero = true}, 0.0, 0.0, 0.0, 10.0);
  CHECK(zero.low == 0.0);
  CHECK(zero.high == 1.0);
  CHECK(scale_for({.from_zero = true}, 3.0, 5.0, 0.0, 10.0).low == 0.0);
  CHECK_FALSE(scale_for({.logarithmic = true}, -1.0, 5.0, 0.0, 10.0).logarithmic);
  CHECK(scale_for({.low = 0.0, .high = 1.0}, 0.2, 0.4, 0.0, 10.0).high == 1.0);
}
