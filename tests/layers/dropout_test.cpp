#include <weir/layers/regularisation/dropout.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace weir;

namespace {

/// The mask, times 1 / (1 - rate), as Dropout applies it to ones.
std::vector<float> masked_ones(const Dropout<float>& layer, Shape shape, Index count, const Pass& pass) {
  std::vector<float> ones(static_cast<std::size_t>(shape.size() * count), 1.0F), y(ones.size());
  NoCache cache;
  layer.forward({ones.data(), shape, count}, {y.data(), shape, count}, cache, pass);
  return y;
}

}  // namespace

TEST_CASE("dropout: gradients in training and in inference") {
  for (const double rate : {0.0, 0.3, 0.9}) {
    weir_test::check_gradients_of_shapes([&](Index) { return Dropout<double>{rate}; });
  }
  weir_test::check_gradients(Dropout<double>{0.5}, Shape{6, 2}, {.training = false});
}

TEST_CASE("dropout: the share of zeros, neighbouring elements and samples are independent") {
  for (const double rate : {0.1, 0.5, 0.8}) {
    const Index width = 101, samples = 1000;
    const std::vector<float> y =
        masked_ones(Dropout<float>{rate}, Shape{width}, samples, {.training = true, .key = RngKey{7}});
    const float kept = static_cast<float>(1.0 / (1.0 - rate));
    double zeros = 0.0, pairs = 0.0, columns = 0.0, ends = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      REQUIRE((y[i] == 0.0F || y[i] == kept));
      if (y[i] != 0.0F) continue;
      ++zeros;
      if (i + 1 < y.size() && y[i + 1] == 0.0F) ++pairs;
      if (i + 101 < y.size() && y[i + 101] == 0.0F) ++columns;
    }
    for (std::size_t i = 0; i < y.size(); i += 101) ends += y[i] == 0.0F && y[i + 100] == 0.0F ? 1.0 : 0.0;
    const auto n = static_cast<double>(y.size());
    const auto five_sigma = [&](double p) { return 5.0 * std::sqrt(p * (1.0 - p) / n); };
    CHECK(std::fabs(zeros / n - rate) <= five_sigma(rate));
    CHECK(std::fabs(pairs / n - rate * rate) <= 2.0 * five_sigma(rate * rate));
    CHECK(std::fabs(columns / n - rate * rate) <= 2.0 * five_sigma(rate * rate) + 1e-3);
    const double both = rate * rate;  // the first and the last of an odd number of elements
    CHECK(std::fabs(ends / 1000.0 - both) <= 5.0 * std::sqrt(both * (1.0 - both) / 1000.0));
  }
}

TEST_CASE("dropout: the mask belongs to the step and the sample, not to the part of the batch") {
  const Dropout<float> layer{0.5};
  const Shape shape{5, 3};
  const Pass pass{.training = true, .key = RngKey{3}};
  const std::vector<float> whole = masked_ones(layer, shape, 8, pass);
  CHECK(masked_ones(layer, shape, 8, pass) == whole);
  Pass part = pass;
  part.first_sample = 3;
  const std::vector<float> tail = masked_ones(layer, shape, 5, part);
  CHECK(std::equal(tail.begin(), tail.end(), whole.begin() + 3 * 15));
  Pass next = pass;
  next.key = RngKey{4};
  CHECK(masked_ones(layer, shape, 8, next) != whole);
}

TEST_CASE("dropout: inference and rate 0 change nothing; impossible rates are refused") {
  const std::vector<float> ones(8, 1.0F);
  CHECK(masked_ones(Dropout<float>{0.9}, Shape{4}, 2, {}) == ones);
  CHECK(masked_ones(Dropout<float>{0.0}, Shape{4}, 2, {.training = true}) == ones);
  CHECK_THROWS_AS(Dropout<float>{1.0}, ConfigError);
  CHECK_THROWS_AS(Dropout<float>{-0.1}, ConfigError);
  CHECK_THROWS_AS(Dropout<float>{std::nan("")}, ConfigError);
  CHECK_FALSE(from_config<Dropout<float>>(Config{{"rate", 1.0}}, Shape{4}).ok());
  CHECK(from_config<Dropout<float>>(config_of(Dropout<float>{0.25}), Shape{4}).value().rate == 0.25);
}
