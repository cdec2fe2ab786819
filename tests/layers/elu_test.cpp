#include <weir/layers/activations/elu.hpp>
#include <weir/layers/activations/selu.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace weir;
using weir_test::check_gradients_of_shapes;

namespace {

template <class L>
std::vector<float> run(const L& layer, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  NoCache cache;
  const Shape shape{static_cast<Index>(x.size())};
  layer.forward({x.data(), shape, 1}, {y.data(), shape, 1}, cache, {});
  return y;
}

}  // namespace

TEST_CASE("elu and selu: gradients") {
  check_gradients_of_shapes([](Index) { return Elu<double>{}; });
  check_gradients_of_shapes([](Index) { return Elu<double>(0.3); });
  check_gradients_of_shapes([](Index) { return Elu<double>(0.0); });
  check_gradients_of_shapes([](Index) { return Elu<double>(20.0); });
  check_gradients_of_shapes([](Index) { return Selu<double>{}; });
}

TEST_CASE("elu and selu: values") {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{2.0F,   0.0F, -1.0F, -1e-6F, -100.0F, infinity, -infinity, 1e30F, -0.5F,
                             -1e30F, NAN,  1e-6F, 3.0F,   -3.0F,   7.0F,     -7.0F,     -0.25F};
  const std::vector<float> elu = run(Elu<float>(2.0), x), selu = run(Selu<float>{}, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    INFO("x = ", x[i]);
    if (std::isnan(x[i])) {
      CHECK(std::isnan(elu[i]));
      CHECK(std::isnan(selu[i]));
      continue;
    }
    const double v = static_cast<double>(x[i]);
    const double scale = 1.0507009873554805, alpha = 1.6732632423543772;
    const double expected = v > 0.0 ? v : 2.0 * std::expm1(v);
    const double scaled = v > 0.0 ? scale * v : scale * alpha * std::expm1(v);
    if (std::isinf(expected)) {
      CHECK(elu[i] == x[i]);
      CHECK(selu[i] == x[i]);
      continue;
    }
    CHECK(elu[i] == doctest::Approx(expected).epsilon(1e-6));
    CHECK(selu[i] == doctest::Approx(scaled).epsilon(1e-6));
  }
}

TEST_CASE("elu and selu: options") {
  CHECK(from_config<Elu<float>>(config_of(Elu<float>(0.25)), Shape{1}).value().alpha == 0.25);
  CHECK_FALSE(from_config<Elu<float>>({{"alpha", -1.0}}, Shape{1}).ok());
  CHECK(from_config<Selu<float>>({}, Shape{1}).ok());
  CHECK_FALSE(from_config<Selu<float>>({{"alpha", 1.0}}, Shape{1}).ok());
}
