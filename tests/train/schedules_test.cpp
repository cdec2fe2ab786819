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

TEST_CASE("A step and half a cosine") {
  CHECK(StepSchedule{.every = 2, .factor = 0.5}({1.9, 9.0, {}}) == 1.0);
  CHECK(StepSchedule{.every = 2, .factor = 0.5}({4.0, 9.0, {}}) == 0.25);
  CHECK(CosineSchedule{}({0.0, 8.0, {}}) == 1.0);
  CHECK(CosineSchedule{.final_factor = 0.5}({4.0, 8.0, {}}) == doctest::Approx(0.75));
  CHECK(CosineSchedule{.warmup_epochs = 2}({1.0, 8.0, {}}) == doctest::Approx(0.5).epsilon(0.01));
}
