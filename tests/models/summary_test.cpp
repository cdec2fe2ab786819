// What a net says of itself at a glance.
#include <weir/models/builtin_layers.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/summary.hpp>

#include <doctest/doctest.h>

using namespace weir;

TEST_CASE("summary: shapes, parameters and operations of each layer, and their sums") {
  const NetSummary net = summary(build<float>("dense:64,relu,dense:2", Shape{41}), Shape{41});
  REQUIRE(net.layers.size() == 3);
  CHECK(net.layers[0].layer == "dense:64");
  CHECK(net.layers[0].output == Shape{64});
  CHECK(net.layers[0].parameters == 41 * 64 + 64);
  CHECK(net.layers[0].flops == 2 * 41 * 64);
  CHECK(net.layers[1].layer == "relu");
  CHECK(net.layers[1].parameters == 0);
  CHECK(net.layers[2].output == Shape{2});
  CHECK(net.parameters() == 41 * 64 + 64 + 64 * 2 + 2);
  CHECK(net.flops() == 2 * 41 * 64 + 2 * 64 * 2);
}

TEST_CASE("summary: a net known at compile time says the same as one from a text") {
  const Shape input{8, 10};
  const Sequential known{Conv1D<float>{8, 4, 3}, Relu<float>{}, GlobalMaxPool1D<float>{}, Dense<float>{4, 1}};
  const NetSummary a = summary(known, input);
  const NetSummary b = summary(build<float>("conv1d:4:3,relu,global_max_pool1d,dense:1", input), input);
  CHECK(to_text(a) == to_text(b));
  CHECK(to_text(a).find("all") != std::string::npos);
}

TEST_CASE("summary: samples that the net cannot take are refused") {
  CHECK_THROWS_AS(static_cast<void>(summary(build<float>("dense:2", Shape{3}), Shape{4})), ShapeError);
}
