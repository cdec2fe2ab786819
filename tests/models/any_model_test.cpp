#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>

#include <weir/models/registry.hpp>
#include "training_step.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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

TEST_CASE("any number of models are visited side by side, layers with many parameters among them") {
  std::vector<AnyModel<float>> nets(
      6, build<float>("transformer_encoder:2:9,sequential[batch_norm,dense:3],relu,lstm:2", Shape{4, 5}));
  for (std::size_t k = 0; k < nets.size(); ++k) {
    AnyModel<float>::visit(
        [&](Role, const ParamName&, auto p) { std::fill_n(p.data(), p.size(), static_cast<float>(k)); },
        nets[k]);
  }
  std::vector<std::string> names, names_of_one;
  bool right = true;
  AnyModel<float>::visit(
      [&](Role, const ParamName& name, auto first, auto... more) {
        names.push_back(name.str());
        float expected = 0.0F;
        ((right = right && more.size() == first.size() && more[0] == ++expected), ...);
      },
      nets[0], nets[1], std::as_const(nets[2]), nets[3], nets[4], nets[5]);
  CHECK(right);
  AnyModel<float>::visit([&](Role, const ParamName& name, auto) { names_of_one.push_back(name.str()); },
                         nets[0]);
  CHECK(names == names_of_one);
  CHECK(names.size() > 20);
}
