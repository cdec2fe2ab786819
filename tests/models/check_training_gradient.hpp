// Gradient checks of what `fit` minimises: the loss with the penalties that layers add to it.
#pragma once

#include <weir/losses/mean_squared_error.hpp>
#include <weir/train/gradient_check.hpp>

#include <doctest/doctest.h>

#include <span>
#include <utility>
#include <vector>

namespace weir_test {

/// Mean squared error against fixed targets plus the layers' penalties, as `fit` minimises it, against
/// the numerical derivatives of that. `of_input`: also by the input.
template <class Net>
void check_training_gradient(Net net, weir::Shape input, const std::vector<weir::Index>& lengths = {},
                             bool of_input = true) {
  using namespace weir;
  const Index n = lengths.empty() ? 4 : static_cast<Index>(lengths.size());
  const Shape output = net.out_shape(input);
  Rng rng(3);
  net.init(rng);
  Net::visit(
      [&](Role, const ParamName&, TensorView<double> p) {
        for (double& v : p.span()) v += 0.2 * rng.normal();
      },
      net);
  const auto draw = [&](Index size) {
    std::vector<double> values(static_cast<std::size_t>(size));
    for (double& v : values) v = rng.normal();
    return values;
  };
  std::vector<double> x = draw(input.size() * n);
  const std::vector<double> wanted = draw(output.size() * n);
  std::vector<double> y(wanted.size()), dy(wanted.size()), dx(x.size());
  const std::span<const Index> used(lengths);
  std::vector<Index> kept_lengths;
  for (const Index length : lengths) kept_lengths.push_back(out_length(net, length));
  const std::span<const Index> kept(kept_lengths);
  const BatchView<const double> outputs(y.data(), output, n, kept);
  const Targets<double> targets{{}, {wanted.data(), output, n, kept}};
  const double scale = 1.0 / total_weight(outputs, std::span<const double>{});
  typename Net::Cache cache;
  cache.prepare(net, input, n, true);
  const auto value = [&](BatchView<double> slope) {
    double penalty = 0.0;
    const Pass pass{.training = true, .key = RngKey{5}, .scale = scale, .penalty = &penalty};
    net.forward({x.data(), input, n, used}, {y.data(), output, n, kept}, cache, pass);
    return scale * (MeanSquaredError{}(LossBatch<double>{outputs, targets, {}, scale, slope}) + penalty);
  };
  value({dy.data(), output, n, kept});
  Net grad = zeros_like(net);
  const Pass pass{.training = true, .key = RngKey{5}, .scale = scale};
  net.backward({x.data(), input, n, used}, {y.data(), output, n, kept}, {dy.data(), output, n, kept},
               {dx.data(), input, n, used}, cache, grad, pass);

  const GradientCheckOptions options{.entries = 30};
  GradientReport report;
  const auto difference = [&](double& variable, double a, double b) {
    const double at = variable;
    variable = a;
    const double above = value({});
    variable = b;
    const double below = value({});
    variable = at;
    return above - below;
  };
  Net::visit(
      [&](Role, const ParamName& name, TensorView<double> p, TensorView<const double> g) {
        weir::detail::check_tensor(
            name.str(), p.span(), g.span(), options, rng,
            [&](std::size_t i, double a, double b) { return difference(p.data()[i], a, b); }, report);
      },
      net, std::as_const(grad));
  if (of_input)
    weir::detail::check_tensor(
        "input", x, dx, options, rng,
        [&](std::size_t i, double a, double b) { return difference(x[i], a, b); }, report);
  INFO(report.str());
  CHECK(report.error <= 1e-9);
  CHECK(report.checked > 10);
  CHECK(report.unresolved <= 1);
}

}  // namespace weir_test
