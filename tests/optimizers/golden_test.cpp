// A hundred steps of every optimizer on a net of two layers, against PyTorch.
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/builtin_optimizers.hpp>
#include <weir/simd/reduce.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

using Net = Sequential<Dense<float>, Tanh<float>, Dense<float>>;

const weir_test::Golden& golden() {
  static const weir_test::Golden file = weir_test::read_golden("optimizers.txt");
  return file;
}

/// "0.weight" -> "w0", "2.bias" -> "b1"
std::string golden_name(const ParamName& name) {
  const std::string path = name.str();
  std::string golden = path.find("weight") != std::string::npos ? "w" : "b";
  golden += path[0] == '0' ? '0' : '1';
  return golden;
}

template <class Optimizer>
Net check(const GoldenCase& expected, const Optimizer& optimizer) {
  const GoldenCase& data = golden().at("data");
  const double clip = expected.has("clip") ? expected["clip"][0] : 0.0;
  Net net{Dense<float>{6, 8}, Tanh<float>{}, Dense<float>{8, 3}};
  Net::visit([&](Role, const ParamName& path, TensorView<float> p) { data.fill(golden_name(path), p); }, net);

  const std::vector<float> x = data.get("x");
  const std::vector<Label> labels = data.get<Label>("labels");
  Workspace<Net> workspace(net, Shape{6}, 16, true);
  Net gradient = zeros_like(net);
  OptimizerState<Net> state = start_optimizer(optimizer, net);
  const BatchView<const float> batch(x.data(), Shape{6}, 16);
  const Pass pass{.training = true};
  for (int step = 1; step <= 100; ++step) {
    const BatchView<const float> y = workspace.forward(net, batch, pass);
    const BatchView<float> dy = workspace.gradient_of(y);
    static_cast<void>(CategoricalCrossEntropy{}(LossBatch<float>{y, {labels, {}}, {}, 1.0F / 16.0F, dy}));
    set_zero(gradient);
    net.backward(batch, y, dy, {}, workspace.cache(), gradient, pass);
    double scale = 1.0;
    if (clip > 0.0) {
      double squares = 0.0;
      Net::visit(
          [&](Role, const ParamName&, TensorView<float> g) {
            squares += static_cast<double>(simd::sum_of_squares(g.size(), g.data()));
          },
          gradient);
      scale = std::min(1.0, clip / (std::sqrt(squares) + 1e-6));
    }
    optimizer_step(optimizer, net, gradient, state, {.rate_factor = 1.0, .scale = scale});
    if (step != 1 && step != 10 && step != 100) continue;
    Net::visit(
        [&](Role, const ParamName& path, TensorView<const float> p) {
          INFO("step ", step, " ", path.str());
          CHECK(distance(p.span(), expected[golden_name(path) + "_" + std::to_string(step)]) <= 1e-6);
        },
        std::as_const(net));
  }
  CHECK(state.steps == 100);
  return net;
}

/// Known at compile time and at run time, to the same bits.
template <class Optimizer>
void check_both(const GoldenCase& expected) {
  const Config options = weir_test::options_in(expected, options_of<Optimizer>());
  const Optimizer optimizer = from_config<Optimizer>(options, Shape{}).value();
  const Net net = check(expected, optimizer), other = check(expected, AnyOptimizer(optimizer));
  bool same = true;
  Net::visit(
      [&](Role, const ParamName&, auto a, auto b) { same = same && std::ranges::equal(a.span(), b.span()); },
      net, other);
  CHECK(same);
}

}  // namespace

TEST_CASE("optimizers equal PyTorch's, and each has cases") {
  std::map<std::string, int> cases;
  for (const auto& entry : golden()) {
    if (entry.first == "data") continue;
    CAPTURE(entry.first);
    const std::string kind = weir_test::kind_of_case(entry.first, kind_names(BuiltinOptimizers{}));
    [&]<class... O>(KindList<O...>) {
      ((O::kind == kind ? check_both<O>(entry.second) : void()), ...);
    }(BuiltinOptimizers{});
    ++cases[kind];
  }
  CHECK(cases["sgd"] == 5);
  CHECK(cases["adam"] == 3);
  for (const std::string& kind : kind_names(BuiltinOptimizers{})) {
    CAPTURE(kind);
    CHECK(cases[kind] >= 1);
  }
}
