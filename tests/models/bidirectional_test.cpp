#include <weir/layers/dense/dense.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/lstm.hpp>
#include <weir/layers/recurrent/simple_rnn.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/bidirectional.hpp>
#include <weir/models/layer_spec.hpp>

#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("bidirectional: gradients with each inner layer, output and merge") {
  for (const Merge merge : {Merge::concat, Merge::add}) {
    for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
      const auto check = [&](const auto& layer) {
        INFO("merge ", std::string(name_of(merge)), ", returns ", std::string(name_of(returns)));
        check_gradients(layer, {3, 4}, {.count = 4, .lengths = {2, 4, 0, 1}, .entries = 25});
        check_gradients(layer, {3, 3}, {.count = 3, .entries = 25});
      };
      check(Bidirectional(Lstm<double>(3, 4, {.returns = returns, .learned_state = true}), {.merge = merge}));
      check(
          Bidirectional(Gru<double>(3, 4, {.returns = returns, .recurrent_dropout = 0.3}), {.merge = merge}));
      check(Bidirectional(SimpleRnn<double>(3, 9, {.returns = returns, .outputs = 2}), {.merge = merge}));
      check(Bidirectional(Gru<double>(3, 4, {.returns = returns}),
                          Gru<double>(3, 4, {.returns = returns, .reset_after = false}), {.merge = merge}));
    }
    check_gradients(Bidirectional(Dense<double>(3, 2), {.merge = merge}), {3, 4}, {.count = 2});
  }
  check_gradients(Bidirectional(Bidirectional(Gru<double>(2, 3, {.returns = Returns::sequence}))), {2, 4},
                  {.count = 3, .lengths = {4, 1, 3}, .entries = 25});
}

TEST_CASE("bidirectional: both directions draw weights of their own") {
  Bidirectional layer(Gru<float>(3, 4));
  Rng rng(1);
  layer.init(rng);
  CHECK(layer.forwards.weight != layer.backwards.weight);
  std::vector<std::string> names;
  Bidirectional<Gru<float>>::visit([&](Role, const ParamName& name, auto) { names.push_back(name.str()); },
                                   layer);
  CHECK(names.front() == "0.weight");
  CHECK(names.back() == "1.recurrent_bias");
}

TEST_CASE("bidirectional: shapes") {
  CHECK(Bidirectional(Gru<float>(3, 4)).out_shape({3, 9}) == Shape{8, 1});
  CHECK(Bidirectional(Gru<float>(3, 4), {.merge = Merge::add}).out_shape({3, 9}) == Shape{4, 1});
  CHECK(Bidirectional(Gru<float>(3, 4, {.returns = Returns::sequence})).out_shape({3, 9}) == Shape{8, 9});
  CHECK_THROWS_AS(static_cast<void>(Bidirectional(Gru<float>(3, 4), Gru<float>(3, 5)).out_shape({3, 9})),
                  ShapeError);
}

TEST_CASE("bidirectional: from chains and as data") {
  using Net = Bidirectional<AnyModel<float>>;
  AnyModel<float> chain, other;
  chain.layers.emplace_back(Gru<float>(3, 4));
  other.layers.emplace_back(Gru<float>(3, 5));
  const Config sum{{"merge", std::string("add")}};
  const Net layer = Net::from_branches(sum, {chain}, {3, 9}).value();
  CHECK(layer.out_shape({3, 9}) == Shape{4, 1});
  CHECK(config_of(layer) == sum);
  const LayerSpec spec = describe_layer(layer);
  CHECK(spec.kind == "bidirectional");
  REQUIRE(spec.branches.size() == 2);
  CHECK(spec.branches[0] == spec.branches[1]);
  CHECK(spec.branches[0][0].kind == "gru");
  CHECK(describe_layer(Bidirectional(Gru<float>(3, 4), {.merge = Merge::add})) == spec);
  CHECK(Net::from_branches({}, {chain, chain}, {3, 9}).ok());
  CHECK_FALSE(Net::from_branches({}, {chain, other}, {3, 9}).ok());
  CHECK_FALSE(Net::from_branches({}, {}, {3, 9}).ok());
  CHECK_FALSE(Net::from_branches({}, {chain, chain, chain}, {3, 9}).ok());
  CHECK_FALSE(Net::from_branches(Config{{"merge", std::string("product")}}, {chain}, {3, 9}).ok());
}
