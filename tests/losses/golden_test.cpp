// Losses against PyTorch, in float: value and gradient, with weights, label smoothing and padding.
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <string>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

const weir_test::Golden& golden() {
  static const weir_test::Golden file = weir_test::read_golden("losses.txt");
  return file;
}

template <class Loss>
void check(const GoldenCase& expected, const Loss& loss) {
  const Index count = expected.number("shape", 0);
  const Shape shape{expected.number("shape", 2), expected.number("shape", 1)};
  const std::vector<float> z = expected.get("z");
  std::vector<float> values, weights, dz(z.size(), 42.0F);
  std::vector<Label> labels;
  std::vector<Index> lengths;
  if (expected.has("targets")) values = expected.get("targets");
  if (expected.has("weights")) weights = expected.get("weights");
  if (expected.has("labels")) labels = expected.get<Label>("labels");
  if (expected.has("lengths")) lengths = expected.get<Index>("lengths");

  const BatchView<const float> outputs(z.data(), shape, count, lengths);
  Targets<float> targets;
  targets.labels = labels;
  if (!values.empty()) targets.values = BatchView<const float>(values.data(), shape, count, lengths);
  const double total = total_weight(outputs, std::span<const float>(weights));
  const auto scale = static_cast<float>(1.0 / total);
  const double sum =
      loss(LossBatch<float>{outputs, targets, weights, scale, {dz.data(), shape, count, lengths}});
  CHECK(distance(std::vector<double>{sum / total}, expected["loss"]) <= 1e-6);
  CHECK(distance(dz, expected["dz"]) <= 1e-6);
}

}  // namespace

TEST_CASE("losses equal PyTorch's") {
  int cases = 0;
  for (const auto& entry : golden()) {
    const std::string& name = entry.first;
    const GoldenCase& expected = entry.second;
    INFO(name);
    if (name.rfind("mse", 0) == 0) {
      check(expected, MeanSquaredError{});
    } else if (name.rfind("bce", 0) == 0) {
      check(expected, BinaryCrossEntropy{});
    } else {
      REQUIRE(name.rfind("ce", 0) == 0);
      check(expected, CategoricalCrossEntropy{
                          .label_smoothing = expected.has("smoothing") ? expected["smoothing"][0] : 0.0});
    }
    ++cases;
  }
  CHECK(cases == 37);
}
