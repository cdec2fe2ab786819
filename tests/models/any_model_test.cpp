#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>

#include <weir/models/registry.hpp>
#include "training_step.hpp"

#include <doctest/doctest.h>

#include <string_view>
#include <type_traits>
#include <utility>

using namespace weir;
using namespace weir_test;

TEST_CASE("chains: shapes, sizes, refusals") {
  const Sequential net{Dense{4, 6}, Relu{}, Dense{6, 2}};
  CHECK(net.out_shape(Shape{4, 3}) == Shape{2, 3});
  CHECK(net.flops(Shape{4, 3}) == 2 * 3 * (4 * 6 + 6 * 2));
  CHECK(parameter_count(net) == 4 * 6 + 6 + 6 * 2 + 2);
  CHECK_THROWS_AS(static_cast<void>(net.out_shape(Shape{5})), ShapeError);
  using Net = std::remove_const_t<decltype(net)>;
  CHECK_THROWS_AS(Workspace<Net>(net, Shape{3}, 1), ShapeError);
  const Sequential misfit{Dense{4, 6}, Dense{5, 2}};
  CHECK_THROWS_AS(static_cast<void>(misfit.out_shape(Shape{4})), ShapeError);
  const auto any = build<float>(std::string_view("dense:6,relu,dense:2"), Shape{4});
  CHECK(any.flops(Shape{4, 3}) == net.flops(Shape{4, 3}));
  CHECK(parameter_count(any) == parameter_count(net));
}

TEST_CASE("copies of models are values: changing one leaves the other alone") {
  const auto any = initialised(build<float>(std::string_view("dense:3,batch_norm,dense:2"), Shape{4}));
  const Buffer before = parameters(any);
  AnyModel<float> copy = any;
  set_zero(copy);
  CHECK(parameters(any) == before);
  CHECK(parameters(copy) != before);
  const auto first_weight = [](AnyModel<float>& net) {
    const float* place = nullptr;
    AnyModel<float>::visit(
        [&](Role, const ParamName&, auto p) { place = place == nullptr ? p.data() : place; }, net);
    return place;
  };
  const float* const place = first_weight(copy);
  copy = any;  // the same kinds and sizes: weights into weights
  CHECK(parameters(copy) == before);
  CHECK(first_weight(copy) == place);
  AnyModel<float> other = build<float>(std::string_view("relu,dense:7"), Shape{4});
  other = any;  // other kinds, other number
  CHECK(parameters(other) == before);
  CHECK(step(other, Shape{4}, normal(8, 6), {}) == step(any, Shape{4}, normal(8, 6), {}));
  AnyModel<float> moved = std::move(copy);
  CHECK(parameters(moved) == before);
  moved = moved = any;
  CHECK(parameters(moved) == before);
}
