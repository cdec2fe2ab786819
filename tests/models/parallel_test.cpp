#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/pooling/global_average_pool1d.hpp>
#include <weir/layers/shape/flatten.hpp>
#include <weir/layers/shape/reshape.hpp>
#include <weir/layers/shape/slice.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/parallel.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/stream_workspace.hpp>
#include <weir/models/workspace.hpp>

#include <weir/models/registry.hpp>
#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

namespace {

Dense<double> dense(Index in, Index out) { return Dense<double>(in, out); }

std::vector<float> numbers(Index count) {
  Rng rng(9);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

}  // namespace

TEST_CASE("gradients of joined branches") {
  const auto deep = Sequential{dense(5, 7), Tanh<double>{}, dense(7, 5)};
  check_gradients(residual(deep), {5, 3}, {.count = 2});
  check_gradients(residual(deep, dense(5, 5)), {5, 3}, {.count = 2, .lengths = {3, 1}});
  check_gradients(Parallel{std::tuple{deep, dense(5, 2), Slice<double>(1, 3)}}, {5, 2}, {.count = 3});
  check_gradients(Sequential{residual(residual(dense(4, 4))), Flatten<double>{}, dense(8, 3)}, {4, 2},
                  {.count = 3, .lengths = {2, 1, 0}});
}

TEST_CASE("a joined step counts when every branch has it") {
  // Of 6 steps both give 3, of 5 steps 2 and 3.
  const Parallel both{std::tuple{Conv1D<double>(2, 3, 2, {.stride = 2}),
                                 Conv1D<double>(2, 3, 2, {.stride = 2, .padding = Padding::same})}};
  CHECK(both.out_shape({2, 6}) == Shape{6, 3});
  CHECK(both.out_length(5) == 2);
  check_gradients(Sequential{both, GlobalAveragePool1D<double>{}}, {2, 6},
                  {.count = 3, .lengths = {6, 5, 3}});
}

TEST_CASE("gradients of shapes that change") {
  check_gradients(Flatten<double>{}, {3, 4}, {.count = 3, .lengths = {4, 0, 2}});
  check_gradients(Reshape<double>(2, 6), {3, 4}, {.count = 3, .lengths = {4, 0, 2}});
  check_gradients(Slice<double>(2, 3), {6, 4}, {.count = 2});
}

TEST_CASE("concatenation puts channels below each other, addition adds") {
  const auto x = numbers(6 * 2);
  const BatchView<const float> batch(x.data(), {6, 1}, 2);
  const Parallel both{std::tuple{Slice<float>(0, 2), Slice<float>(4, 2)}};
  Workspace concat(both, {6}, 2);
  const auto y = concat.forward(both, batch);
  CHECK(y.channels() == 4);
  CHECK(y.sample(1)[1] == x[7]);
  CHECK(y.sample(1)[2] == x[10]);
  const Parallel sum{std::tuple{Slice<float>(0, 2), Slice<float>(4, 2)}, Merge::add};
  Workspace add(sum, {6}, 2);
  CHECK(add.forward(sum, batch).sample(1)[0] == x[6] + x[10]);
  CHECK_THROWS_AS(
      static_cast<void>(
          Parallel(std::tuple{Slice<float>(0, 2), Slice<float>(0, 3)}, Merge::add).out_shape({6})),
      ShapeError);
  CHECK_THROWS_AS(
      static_cast<void>(Parallel(std::tuple{Flatten<float>{}, Identity<float>{}}).out_shape({6, 2})),
      ShapeError);
}

TEST_CASE("a net of branches from text is the net from types") {
  const Shape input{5, 3};
  auto typed =
      Sequential{residual(Sequential{Dense{5, 5}, Tanh<float>{}}),
                 Parallel{std::tuple{Slice<float>(0, 2), Dense{5, 3}}}, Flatten<float>{}, Dense{15, 2}};
  auto any = build<float>("residual[dense:5,tanh],parallel[slice:0:2|dense:3],flatten,dense:2", input);
  const auto typed_specs = describe(typed);
  const auto any_specs = describe(any);
  REQUIRE(typed_specs.size() == 4);
  CHECK(any_specs[0].kind == "parallel");
  CHECK(any_specs[2] == typed_specs[2]);
  CHECK(any_specs[1].branches[0] == typed_specs[1].branches[0]);
  Rng a(3), b(3);
  typed.init(a);
  any.init(b);
  std::vector<std::string> names;
  decltype(typed)::visit([&](Role, const ParamName& name, auto) { names.push_back(name.str()); }, typed);
  CHECK(names == std::vector<std::string>{"0.0.0.weight", "0.0.0.bias", "1.1.weight", "1.1.bias", "3.weight",
                                          "3.bias"});
  CHECK(parameter_count(any) == parameter_count(typed));
}

TEST_CASE("what cannot be built is refused with the reason") {
  const auto reason = [](const char* text) {
    const auto net = try_build<float>(text, Shape{5, 3});
    return net.ok() ? std::string("built") : net.error().what;
  };
  CHECK(reason("parallel[slice:0:2|dense:3]") == "built");
  CHECK(reason("parallel[flatten|dense:3]").find("branch 1 gives 3 x 3 where the first gives 15") !=
        std::string::npos);
  CHECK(reason("parallel[dense:2|dense:3]:add").find("branch 1") != std::string::npos);
  CHECK(reason("parallel").find("needs layers in brackets") != std::string::npos);
  CHECK(reason("dense[relu]:3").find("is not made of other layers") != std::string::npos);
  CHECK(reason("residual[dense:5").find("no closing bracket") != std::string::npos);
  CHECK(reason("residual[residual[residual[residual[residual[residual[residual[residual[relu]]]]]]]]")
            .find("too deep") != std::string::npos);
  CHECK(reason("reshape:4").find("reshape") != std::string::npos);
  CHECK(reason("slice:4:2").find("slice") != std::string::npos);
}

TEST_CASE("branches are one layer, not a chain") {
  const Parallel net{std::tuple{Dense{3, 2}, Tanh<float>{}}};
  const std::vector<LayerSpec> specs = describe(net);
  REQUIRE(specs.size() == 1);
  CHECK(specs[0].kind == "parallel");
  CHECK(specs[0].branches.size() == 2);
}

TEST_CASE("batch statistics within a branch couple the samples of the batch") {
  CHECK(couples_samples(Parallel{std::tuple{BatchNorm<float>(3), Identity<float>{}}}));
  CHECK_FALSE(couples_samples(Parallel{std::tuple{Dense{3, 3}, Identity<float>{}}}));
  CHECK(couples_samples(build<float>("residual[batch_norm]", Shape{3})));
}

TEST_CASE("branches run step by step as on the whole sequence") {
  auto net = Sequential{residual(Sequential{Dense{5, 5}, Tanh<float>{}}),
                        Parallel{std::tuple{Slice<float>(0, 2), Dense{5, 3}}}, Dense{5, 2}};
  Rng rng(4);
  net.init(rng);
  const Shape input{5, 6};
  const auto x = numbers(input.size());
  Workspace whole(net, input, 1);
  const auto expected = whole.predict(net, x);
  StreamWorkspace steps(net, input, 1);
  CHECK(steps.state_size() == 0);
  std::vector<float> state(1);
  for (std::size_t t = 0; t < 6; ++t) {
    const auto y = steps.step(net, std::span(x).subspan(5 * t, 5), state);
    REQUIRE(y.size() == 2);
    CHECK(y[0] == expected[2 * t]);
    CHECK(y[1] == expected[2 * t + 1]);
  }
  CHECK_THROWS_AS(StreamWorkspace(Sequential{Flatten<float>{}, Dense{30, 2}}, input, 1), ConfigError);
}
