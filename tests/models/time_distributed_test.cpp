#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/layers/shape/flatten.hpp>
#include <weir/layers/shape/reshape.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/time_distributed.hpp>
#include <weir/models/workspace.hpp>

#include <weir/models/registry.hpp>
#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

TEST_CASE("gradients of a net on each step") {
  const auto inner = Sequential{Reshape<double>(2, 3), Dense<double>(2, 4), Tanh<double>{}, Flatten<double>{},
                                Dense<double>(12, 2)};
  weir_test::check_gradients(TimeDistributed{inner}, {6, 4}, {.count = 2});
  weir_test::check_gradients(TimeDistributed{inner}, {6, 4}, {.count = 3, .lengths = {4, 0, 2}});
  weir_test::check_gradients(TimeDistributed{Sequential{Dense<double>(6, 5), Dropout<double>(0.5)}}, {6, 3},
                             {.count = 2});
}

TEST_CASE("each step gets what the inner net gives for it alone") {
  auto net = build<float>("time_distributed[reshape:1:6,dense:3,tanh,flatten]", Shape{6, 4});
  Rng rng(5);
  net.init(rng);
  CHECK(net.out_shape({6, 4}) == Shape{18, 4});
  std::vector<float> x(24);
  for (float& v : x) v = static_cast<float>(rng.normal());
  Workspace whole(net, {6, 4}, 1);
  const auto y = whole.predict(net, x);
  Workspace one(net, {6, 1}, 1);
  for (std::size_t t = 0; t < 4; ++t) {
    const auto step = one.predict(net, std::span<const float>(x).subspan(6 * t, 6));
    for (std::size_t c = 0; c < 18; ++c) CHECK(y[18 * t + c] == step[c]);
  }
}

TEST_CASE("an inner net that gives several steps is refused") {
  const auto net = try_build<float>("time_distributed[reshape:1:6]", Shape{6, 4});
  REQUIRE_FALSE(net.ok());
  CHECK(net.error().what.find("must give one step") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(TimeDistributed{Reshape<float>(1, 6)}.out_shape({6, 4})), ShapeError);
}
