#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/detect/drift_monitor.hpp>
#include <weir/detect/kolmogorov_smirnov.hpp>
#include <weir/detect/page_hinkley.hpp>
#include <weir/detect/population_stability.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

using namespace weir;

namespace {

std::vector<double> normals(std::size_t count, double mean, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<double> x(count);
  for (double& value : x) value = mean + rng.normal();
  return x;
}

}  // namespace

TEST_CASE("stability index by hand") {
  // 1 ... 8 in four bins: cuts at 3, 5, 7.
  auto psi = PopulationStability::fit(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, 4);
  CHECK(psi.cuts() == std::vector<double>{3, 5, 7});
  CHECK(psi.expected() == std::vector<std::uint64_t>{2, 2, 2, 2});
  CHECK(psi.value() == 0.0);
  for (const double x : {0.0, 2.9, 3.0, 100.0}) psi.add(x);
  CHECK(psi.actual() == std::vector<std::uint64_t>{2, 1, 0, 1});
  // With half a number in each bin: e = 1/4, a = 2.5/6, 1.5/6, 0.5/6, 1.5/6.
  const double expected = (2.5 / 6 - 0.25) * std::log(2.5 / 1.5) + (0.5 / 6 - 0.25) * std::log(0.5 / 1.5);
  CHECK(psi.value() == doctest::Approx(expected));
  psi.clear();
  CHECK(psi.count() == 0);
  psi.add(std::nan(""));
  CHECK(psi.actual()[0] == 0);
  CHECK(psi.missing() == 1);
}

TEST_CASE("stability index: repeated numbers share a bin, constants have one") {
  CHECK(PopulationStability::fit(std::vector<double>{0, 0, 0, 0, 0, 0, 1, 2}, 4).cuts() ==
        std::vector<double>{1});
  auto constant = PopulationStability::fit(std::vector<double>{7, 7, 7}, 10);
  CHECK(constant.cuts().empty());
  constant.add(9);
  CHECK(constant.value() == 0.0);
  CHECK_THROWS_AS(static_cast<void>(PopulationStability::fit({})), DataError);
  CHECK_THROWS_AS(static_cast<void>(PopulationStability::fit(std::vector<double>{std::nan("")})), DataError);
}

TEST_CASE("stability index: a shift is seen, the same law is not") {
  auto psi = PopulationStability::fit(normals(5000, 0.0, 1));
  for (const double x : normals(5000, 0.0, 2)) psi.add(x);
  CHECK(psi.value() < 0.01);
  psi.clear();
  for (const double x : normals(5000, 1.0, 3)) psi.add(x);
  CHECK(psi.value() > 0.25);
}

TEST_CASE("Kolmogorov-Smirnov by hand") {
  const std::vector<double> a{1, 2, 3, 4}, b{3, 4, 5, 6};
  CHECK(kolmogorov_smirnov_distance(a, b) == 0.5);
  CHECK(kolmogorov_smirnov_distance(b, a) == 0.5);
  CHECK(kolmogorov_smirnov_distance(a, a) == 0.0);
  CHECK(kolmogorov_smirnov_distance(a, std::vector<double>{9}) == 1.0);
  // Ties count on both sides at once.
  CHECK(kolmogorov_smirnov_distance(std::vector<double>{1, 1, 2}, std::vector<double>{1, 2, 2}) ==
        doctest::Approx(1.0 / 3));
  // The law of Kolmogorov (tables): P(t > 1.3581) = 0.05, P(t > 1.6276) = 0.01, P(t > 0.8276) = 0.5.
  const std::size_t many = 2'000'000'000;
  const double root = std::sqrt(1e9);
  CHECK(kolmogorov_smirnov_p(1.3581 / root, many, many) == doctest::Approx(0.05).epsilon(1e-3));
  CHECK(kolmogorov_smirnov_p(1.6276 / root, many, many) == doctest::Approx(0.01).epsilon(1e-3));
  CHECK(kolmogorov_smirnov_p(0.8276 / root, many, many) == doctest::Approx(0.5).epsilon(1e-3));
  CHECK(kolmogorov_smirnov_p(0.0, 10, 10) == 1.0);
  CHECK(kolmogorov_smirnov_p(1.0, 1000, 1000) == 0.0);
  CHECK_THROWS_AS(static_cast<void>(kolmogorov_smirnov_distance(a, {})), DataError);
  CHECK_THROWS_AS(KolmogorovSmirnov(std::vector<double>{1.0, std::nan("")}), DataError);
}

TEST_CASE("Kolmogorov-Smirnov: false alarms as often as asked for, shifts seen") {
  const KolmogorovSmirnov test(normals(2000, 0.0, 4));
  int alarms = 0;
  // Against one fixed training sample the rate itself varies; 0.001 leaves room.
  for (std::uint64_t i = 0; i < 300; ++i) alarms += test(normals(200, 0.0, 100 + i)).p < 0.001 ? 1 : 0;
  CHECK(alarms <= 4);
  int seen = 0;
  for (std::uint64_t i = 0; i < 50; ++i) seen += test(normals(200, 0.5, 500 + i)).p < 0.001 ? 1 : 0;
  CHECK(seen >= 48);
}

TEST_CASE("Page-Hinkley by hand") {
  // Ten zeros, then ones: mean_n = k / (10 + k), U grows by 1 - mean - 0.1.
  PageHinkley test({.delta = 0.1, .lambda = 3.0, .warm_up = 1});
  for (int i = 0; i < 10; ++i) CHECK(test.add(0.0) == Drift::none);
  double u = 0.0;
  int k = 0;
  while (u <= 3.0) {
    ++k;
    u += 1.0 - static_cast<double>(k) / (10.0 + k) - 0.1;
    CHECK(test.add(1.0) == (u > 3.0 ? Drift::up : Drift::none));
  }
  CHECK(k == 5);
  CHECK(test.count() == 0);  // it starts anew
  PageHinkley down({.delta = 0.1, .lambda = 3.0, .warm_up = 1});
  Drift last = Drift::none;
  for (int i = 0; i < 10; ++i) CHECK(down.add(0.0) == Drift::none);
  for (int i = 0; i < 5; ++i) last = down.add(-1.0);
  CHECK(last == Drift::down);
}

TEST_CASE("Page-Hinkley: silent without a change, quick with one") {
  PageHinkley test({.delta = 0.25, .lambda = 40.0});
  int alarms = 0;
  for (const double x : normals(20'000, 3.0, 7)) alarms += test.add(x) == Drift::none ? 0 : 1;
  CHECK(alarms == 0);
  int after = 0;
  for (const double x : normals(1000, 4.5, 8)) {
    ++after;
    if (test.add(x) != Drift::none) break;
  }
  CHECK(after < 60);
  CHECK_THROWS_AS(PageHinkley({.delta = -1.0}), ConfigError);
  CHECK_THROWS_AS(PageHinkley({.lambda = 0.0}), ConfigError);
}

TEST_CASE("a monitor is silent on the training's law and names what has moved") {
  constexpr std::size_t size = 3, rows = 4'000;
  const auto samples = [](std::size_t count, double shift, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<float> x(count * size);
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] = static_cast<float>(rng.normal() + (k % size == 1 ? shift : 0.0));
    }
    return x;
  };
  const std::vector<float> training = samples(rows, 0.0, 1);
  const auto reference =
      ReferenceStatistics::fit(std::span<const float>(training), size, normals(3'000, 5.0, 2));
  CHECK(reference.features.size() == size);
  CHECK(reference.scores.size() == ReferenceStatistics::most_scores);
  CHECK(std::is_sorted(reference.scores.begin(), reference.scores.end()));

  const auto run = [&](double shift, double score_shift) {
    DriftMonitor monitor(reference, {.window = 500});
    const std::vector<float> today = samples(2'000, shift, 3);
    const std::vector<double> scores = normals(2'000, 5.0 + score_shift, 4);
    std::vector<DriftReport> reports;
    for (std::size_t i = 0; i < 2'000; ++i) {
      const auto report = monitor.add(std::span(today).subspan(i * size, size), scores[i]);
      if (report) reports.push_back(*report);
    }
    return reports;
  };
  CHECK(run(0.0, 0.0).empty());

  const auto inputs = run(1.0, 0.0);
  REQUIRE(inputs.size() == 4);
  CHECK(inputs[0].records == 500);
  REQUIRE(inputs[0].features.size() == 1);
  CHECK(inputs[0].features[0].index == 1);
  CHECK(inputs[0].features[0].stability > 0.25);
  CHECK_FALSE(inputs[0].scores_moved);

  const auto outputs = run(0.0, -1.0);
  std::size_t windows = 0, means = 0;
  for (const DriftReport& report : outputs) {
    CHECK(report.features.empty());
    windows += report.scores_moved ? 1U : 0U;
    means += report.mean == Drift::none ? 0U : 1U;
  }
  CHECK(windows == 4);
  CHECK(means == 0);  // they are low from the start: there is no change to see
}

TEST_CASE("a monitor notices the moment at which scores begin to rise") {
  const std::vector<float> training{0, 1, 2, 3};
  const auto reference =
      ReferenceStatistics::fit(std::span<const float>(training), 1, normals(2'000, 0.0, 1));
  DriftMonitor monitor(reference, {.window = 100'000});
  const std::vector<double> before = normals(2'000, 0.0, 2), after = normals(300, 2.0, 3);
  for (const double score : before) CHECK_FALSE(monitor.add(std::span(training).first(1), score));
  std::size_t waited = 0;
  Drift seen = Drift::none;
  for (; waited < after.size() && seen == Drift::none; ++waited) {
    const auto report = monitor.add(std::span(training).first(1), after[waited]);
    if (report) seen = report->mean;
  }
  CHECK(seen == Drift::up);
  CHECK(waited < 120);
}

TEST_CASE("a monitor needs a reference, a reference needs numbers") {
  CHECK_THROWS_AS(DriftMonitor(ReferenceStatistics{}), ConfigError);
  const std::vector<float> one{1.0F};
  CHECK_THROWS_AS(static_cast<void>(ReferenceStatistics::fit(std::span<const float>(one), 1, {})), DataError);
  const auto reference = ReferenceStatistics::fit(std::span<const float>(one), 1, {0.5});
  CHECK_THROWS_AS(DriftMonitor(reference, {.window = 0}), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(PopulationStability::restore({1, 1}, {1, 1, 1})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(PopulationStability::restore({1, 2}, {1, 1})), ConfigError);
}

TEST_CASE("NaN is no number of a law: it is counted apart and reported") {
  const double nan = std::nan("");
  const std::vector<float> training{0, 1, 2, 3};
  const auto reference =
      ReferenceStatistics::fit(std::span<const float>(training), 1, normals(2'000, 0.0, 1));
  DriftMonitor monitor(reference, {.window = 100});
  const std::vector<double> scores = normals(400, 0.0, 2);
  std::vector<DriftReport> reports;
  for (std::size_t i = 0; i < 400; ++i) {
    const double score = i >= 100 && i < 200 && i % 10 == 0 ? nan : i >= 300 ? nan : scores[i];
    const auto report = monitor.add(std::span(training).subspan(i % 4, 1), score);
    if (report) reports.push_back(*report);
  }
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].records == 200);
  CHECK(reports[0].senseless == 10);
  CHECK_FALSE(reports[0].scores_moved);
  CHECK(reports[0].mean == Drift::none);
  CHECK(reports[1].records == 400);
  CHECK(reports[1].senseless == 100);  // all of the window

  auto psi = PopulationStability::fit(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, 4);
  for (const double x : {1.0, 3.0, 5.0, 7.0}) psi.add(x);
  CHECK(psi.value() == doctest::Approx(0.0));
  for (int i = 0; i < 4; ++i) psi.add(nan);
  CHECK(psi.missing() == 4);
  CHECK(psi.count() == 8);
  CHECK(psi.actual() == std::vector<std::uint64_t>{1, 1, 1, 1});
  // Five bins: e = 2.5 / 10.5 and 0.5 / 10.5, a = 1.5 / 10.5 and 4.5 / 10.5.
  CHECK(psi.value() == doctest::Approx(4 * (-1.0 / 10.5) * std::log(1.5 / 2.5) + 4.0 / 10.5 * std::log(9.0)));
  psi.clear();
  CHECK(psi.missing() == 0);

  const std::vector<double> holed{1.0, nan}, whole{1.0, 2.0};
  CHECK_THROWS_AS(static_cast<void>(kolmogorov_smirnov_distance(holed, whole)), DataError);
  CHECK_THROWS_AS(static_cast<void>(kolmogorov_smirnov_distance(whole, holed)), DataError);

  PageHinkley test({.delta = 0.0, .lambda = 1.0, .warm_up = 2});
  CHECK(test.add(1.0) == Drift::none);
  CHECK(test.add(nan) == Drift::none);
  CHECK(test.count() == 1);
  CHECK(test.add(1.0) == Drift::none);
  CHECK(test.add(3.0) == Drift::up);  // as without the NaN
  CHECK(test.add(HUGE_VAL) == Drift::up);
  CHECK(test.add(-HUGE_VAL) == Drift::down);
}
