#include <doctest/doctest.h>
#include <weir/train/schedules.hpp>

#include <vector>

using namespace weir;

namespace {
/// The factor after epochs with these losses.
double after(const PlateauSchedule& schedule, const std::vector<double>& losses) {
  std::vector<EpochReport> past;
  for (const double loss : losses) past.push_back({.loss = loss});
  return schedule({static_cast<double>(past.size()), 100.0, past});
}
}  // namespace

TEST_CASE("The plateau schedule multiplies once for each stretch of epochs without a lower loss") {
  const PlateauSchedule schedule{.patience = 2, .factor = 0.5, .lowest = 0.2};
  CHECK(after(schedule, {}) == 1.0);
  CHECK(after(schedule, {1.0, 0.9, 0.8}) == 1.0);
  CHECK(after(schedule, {1.0, 1.0}) == 1.0);
  CHECK(after(schedule, {1.0, 1.0, 1.1}) == 0.5);
  CHECK(after(schedule, {1.0, 1.0, 0.9, 0.9, 0.8}) == 1.0);
  CHECK(after(schedule, {1.0, 1.0, 1.0, 1.0, 1.0}) == 0.25);
  CHECK(after(schedule, {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0}) == 0.2);
  CHECK(after({.patience = 1, .factor = 0.5, .min_delta = 0.2}, {1.0, 0.9}) == 0.5);
}

TEST_CASE("The plateau schedule looks at the validation rows where there are any") {
  const std::vector<EpochReport> past{{.loss = 1.0, .validation_loss = 0.5},
                                      {.loss = 0.9, .validation_loss = 0.6}};
  CHECK(PlateauSchedule{.patience = 1}({2.0, 9.0, past}) == 0.1);
}

TEST_CASE("Schedules by hand") {
  const CosineSchedule cosine{.final_factor = 0.1};
  CHECK(cosine({0.0, 10.0, {}}) == doctest::Approx(1.0));
  CHECK(cosine({5.0, 10.0, {}}) == doctest::Approx(0.55));
  CHECK(cosine({10.0, 10.0, {}}) == doctest::Approx(0.1));
  const CosineSchedule warm{.warmup_epochs = 2.0};
  CHECK(warm({1.0, 10.0, {}}) == doctest::Approx(0.5).epsilon(1e-2));
  CHECK(warm({6.0, 10.0, {}}) == doctest::Approx(0.5));
  const StepSchedule step{.every = 3.0, .factor = 0.5};
  CHECK(step({2.9, 10.0, {}}) == doctest::Approx(1.0));
  CHECK(step({3.0, 10.0, {}}) == doctest::Approx(0.5));
  CHECK(step({6.5, 10.0, {}}) == doctest::Approx(0.25));
}
