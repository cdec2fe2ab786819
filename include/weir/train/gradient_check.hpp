// Checks the gradients of a layer or of a loss, of weir or of your own, against numerical derivatives.
//
//   GradientReport report = gradient_check(MyLayer<double>{}, Shape{.channels = 5, .length = 3});
//   report.passed()      report.where      report.error      ...
//
// For L = sum of dy_i y_i with random x, parameters and dy, each dL/dx and dL/dp of `backward` is compared
// with
//
//   (45 (L(+h) - L(-h)) - 9 (L(+2h) - L(-2h)) + L(+3h) - L(-3h)) / (60 h) = dL/dp + O(h^6)
//
// in double, from a large step h downwards until two of them agree: so a kink (relu at 0) beside the point is
// stepped around, and a point on a kink is counted as unresolved instead of being taken for an error. The
// relative error is
//
//   |analytic - numeric| / max(|analytic|, |numeric|, rms of the gradient of that tensor, 1e-4)
//
// Also checked is what the layer contract asks of `backward` beside its numbers: that it adds to `grad`,
// fills all of dx, gives the same `grad` when dx is absent, and the same bits in place where the layer says
// it can.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace weir::inline WEIR_ABI {

struct GradientCheckOptions {
  Index count = 3;               ///< samples in the batch
  std::vector<Index> lengths{};  ///< of each sample; empty: all full
  bool training = true;
  bool logits = false;            ///< leave out a final sigmoid or softmax
  bool random_parameters = true;  ///< false: check at the parameters that the layer has
  Index entries = 100;  ///< checked of each tensor: all of a small one, a random choice of a larger one
  double tolerance = 1e-9;
  std::uint64_t seed = 1;
};

struct GradientReport {
  double error = 0.0;  ///< the worst relative error
  std::string where;   ///< the tensor of that entry: "input", or the path of a parameter
  Index index = 0;     ///< the entry
  double analytic = 0.0;
  double numeric = 0.0;
  Index checked = 0;     ///< entries compared
  Index unresolved = 0;  ///< entries whose numerical derivative did not settle: they lie on a kink
  std::string broken;    ///< which other rule of the contract does not hold; empty when all do
  double tolerance = 0.0;

  /// A check of hardly anything does not pass.
  [[nodiscard]] bool passed() const noexcept {
    return error <= tolerance && broken.empty() && checked > 0 && 10 * unresolved <= checked;
  }
  [[nodiscard]] std::string str() const {
    return "relative error " + std::to_string(error / 1e-9) + "e-9 at " + where + "[" +
           std::to_string(index) + "]: analytic " + std::to_string(analytic) + ", numeric " +
           std::to_string(numeric) + "; " + std::to_string(checked) + " checked, " +
           std::to_string(unresolved) + " unresolved" + (broken.empty() ? "" : "; " + broken);
  }
};

namespace detail {

/// Derivative along one variable. `difference(a, b)` is L with the variable at a minus L with it at b.
struct NumericDerivative {
  double value = 0.0;
  double uncertainty = std::numeric_limits<double>::infinity();

  template <class F>
  NumericDerivative(double at, double good_enough, F difference) {
    double coarser = stencil(at, 0x1p-4, difference);
    for (double h = 0x1p-6; h >= 0x1p-16; h /= 4.0) {
      const double finer = stencil(at, h, difference);
      const double change = std::fabs(finer - coarser);
      if (change < uncertainty) {
        uncertainty = change;
        value = finer;
      }
      if (uncertainty <= good_enough) return;
      coarser = finer;
    }
  }

 private:
  template <class F>
  static double stencil(double at, double h, F& difference) {
    constexpr std::array<double, 3> factors{45.0, -9.0, 1.0};
    double sum = 0.0;
    for (std::size_t i = 0; i < factors.size(); ++i) {
      const double reach = h * static_cast<double>(i + 1);
      sum += factors[i] * difference(at + reach, at - reach);
    }
    return sum / (60.0 * h);
  }
};

/// Compares the entries of one tensor; `difference(entry, a, b)` as above.
template <class F>
void check_tensor(const std::string& name, std::span<const double> values, std::span<const double> gradient,
                  const GradientCheckOptions& options, Rng& rng, F difference, GradientReport& report) {
  double squares = 0.0;
  for (const double g : gradient) squares += g * g;
  const double rms = gradient.empty() ? 0.0 : std::sqrt(squares / static_cast<double>(gradient.size()));
  std::vector<std::size_t> entries(gradient.size());
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = i;
  if (static_cast<Index>(entries.size()) > options.entries) {
    shuffle(std::span(entries), rng);
    entries.resize(static_cast<std::size_t>(options.entries));
  }
  for (const std::size_t i : entries) {
    const double analytic = gradient[i];
    const double floor = std::max({std::fabs(analytic), rms, 1e-4});
    const NumericDerivative numeric(values[i], 0.01 * options.tolerance * floor,
                                    [&](double a, double b) { return difference(i, a, b); });
    if (numeric.uncertainty > options.tolerance * std::max(floor, std::fabs(numeric.value))) {
      ++report.unresolved;
      continue;
    }
    ++report.checked;
    double error = std::fabs(analytic - numeric.value) / std::max(floor, std::fabs(numeric.value));
    if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
    if (error > report.error) {
      report.error = error;
      report.where = name;
      report.index = static_cast<Index>(i);
      report.analytic = analytic;
      report.numeric = numeric.value;
    }
  }
}

/// A layer with its batch and its upstream gradient.
template <class L>
class GradientChecker {
 public:
  GradientChecker(const L& layer, Shape input, const GradientCheckOptions& options)
      : options_(options), rng_(options.seed), layer_(layer), input_(input), output_(layer.out_shape(input)) {
    for (const Index used : options.lengths) output_lengths_.push_back(out_length(layer, used));
    if (options.random_parameters) draw_parameters();
    pass_ = {.training = options.training, .logits = options.logits, .key = rng_.key().fork(7)};
    cache_.prepare(layer_, input_, options_.count, true);
    x_ = normal(input_);
    dy_ = normal(output_);
    const BatchView<double> dy = out(dy_);
    for (Index i = 0; i < dy.count(); ++i) {  // no loss has a gradient in padding
      const auto used = dy.length_of(i) * dy.channels();
      std::fill(dy.sample(i).begin() + used, dy.sample(i).end(), 0.0);
    }
  }

  [[nodiscard]] GradientReport run() {
    GradientReport report;
    report.tolerance = options_.tolerance;
    L grad = layer_;
    const Buffer dx = backward(grad, report);
    check_contract(grad, dx, report);

    Buffer above(dy_.size()), below(dy_.size());
    const auto difference = [&](double& variable, double a, double b) {
      const double at = variable;
      variable = a;
      forward(above);
      variable = b;
      forward(below);
      variable = at;
      double sum = 0.0;
      for (std::size_t i = 0; i < dy_.size(); ++i) {
        if (dy_[i] != 0.0) sum += dy_[i] * (above[i] - below[i]);
      }
      return sum;
    };
    L::visit(
        [&](Role role, const ParamName& name, TensorView<double> p, TensorView<const double> g) {
          if (role == Role::buffer) return;  // not trained: `grad` holds something else there
          check_tensor(
              name.str(), p.span(), g.span(), options_, rng_,
              [&](std::size_t i, double a, double b) { return difference(p.data()[i], a, b); }, report);
        },
        layer_, std::as_const(grad));
    check_tensor(
        "input", x_, dx, options_, rng_,
        [&](std::size_t i, double a, double b) { return difference(x_[i], a, b); }, report);
    return report;
  }

 private:
  using Buffer = std::vector<double>;

  void draw_parameters() {
    layer_.init(rng_);
    L::visit(
        [&](Role role, const ParamName&, TensorView<double> p) {
          // Away from zero, where a wrong gradient may hide. Buffers may be variances: they only grow.
          for (double& v : p.span()) v += role == Role::buffer ? rng_.uniform(0.1, 0.6) : 0.2 * rng_.normal();
        },
        layer_);
  }
  [[nodiscard]] Buffer normal(Shape shape) {
    Buffer values(static_cast<std::size_t>(shape.size() * options_.count));
    for (double& v : values) v = rng_.normal();
    return values;
  }
  template <class B>
  [[nodiscard]] auto in(B& values) const {
    using T = std::remove_pointer_t<decltype(values.data())>;
    return BatchView<T>(values.data(), input_, options_.count, options_.lengths);
  }
  template <class B>
  [[nodiscard]] auto out(B& values) const {
    using T = std::remove_pointer_t<decltype(values.data())>;
    return BatchView<T>(values.data(), output_, options_.count, output_lengths_);
  }

  void forward(Buffer& y) { layer_.forward(in(std::as_const(x_)), out(y), cache_, pass_); }

  /// dx; fills grad, in which every entry starts at a half to see that backward adds.
  [[nodiscard]] Buffer backward(L& grad, GradientReport& report) {
    fill(grad, 0.5);
    Buffer y(dy_.size());
    Buffer dx(x_.size(), std::numeric_limits<double>::quiet_NaN());
    forward(y);
    layer_.backward(in(std::as_const(x_)), out(std::as_const(y)), out(std::as_const(dy_)), in(dx), cache_,
                    grad, pass_);
    L::visit(
        [](Role role, const ParamName&, TensorView<double> g) {
          if (role == Role::buffer) return;
          for (double& v : g.span()) v -= 0.5;
        },
        grad);
    if (std::any_of(dx.begin(), dx.end(), [](double v) { return std::isnan(v); })) {
      report.broken = "backward leaves part of dx unwritten, or NaN";
    }
    return dx;
  }

  void check_contract(const L& grad, const Buffer& dx, GradientReport& report) {
    L without = layer_;
    fill(without, 0.0);
    Buffer y(dy_.size());
    forward(y);
    layer_.backward(in(std::as_const(x_)), out(std::as_const(y)), out(std::as_const(dy_)),
                    BatchView<double>{}, cache_, without, pass_);
    L::visit(
        [&](Role role, const ParamName& name, TensorView<const double> a, TensorView<const double> b) {
          if (role == Role::buffer) return;
          for (Index i = 0; i < a.size(); ++i) {
            if (!(std::fabs(a[i] - b[i]) <= 1e-12 * (1.0 + std::fabs(a[i])))) {
              report.broken = "gradient of " + name.str() + " differs when dx is absent";
            }
          }
        },
        grad, std::as_const(without));
    if constexpr (in_place<L>) {
      Buffer both = x_;
      layer_.forward(in(std::as_const(both)), out(both), cache_, pass_);
      if (both != y) report.broken = "forward in place gives another result";
      Buffer gradient = dy_;
      layer_.backward({}, out(std::as_const(both)), out(std::as_const(gradient)), in(gradient), cache_,
                      without, pass_);
      if (gradient != dx) report.broken = "backward in place gives another result";
    }
  }

  static void fill(L& layer, double value) {
    L::visit([&](Role, const ParamName&, TensorView<double> p) { std::fill_n(p.data(), p.size(), value); },
             layer);
  }

  const GradientCheckOptions& options_;
  Rng rng_;
  L layer_;
  Shape input_;
  Shape output_;
  std::vector<Index> output_lengths_;
  Pass pass_;
  typename L::Cache cache_;
  Buffer x_;
  Buffer dy_;
};

}  // namespace detail

/// Checks dL/dx and dL/dp of a layer over double; see the head of this file.
template <class L>
requires(std::is_same_v<typename L::Scalar, double>) [[nodiscard]] GradientReport
    gradient_check(const L& layer, Shape input, const GradientCheckOptions& options = {}) {
  static_assert(LayerContract<L>::kept);
  return detail::GradientChecker<L>(layer, input, options).run();
}

/// Checks the gradient of a loss at the outputs of a batch, whose scale and gradient are set here. Only
/// `entries`, `tolerance` and `seed` of the options count.
template <class Loss>
[[nodiscard]] GradientReport gradient_check_loss(const Loss& loss, const LossBatch<double>& batch,
                                                 const GradientCheckOptions& options = {}) {
  GradientReport report;
  report.tolerance = options.tolerance;
  Rng rng(options.seed);
  const BatchView<const double>& outputs = batch.outputs;
  const double scale = 1.0 / total_weight(outputs, batch.weights);
  std::vector<double> values(outputs.span().begin(), outputs.span().end());
  std::vector<double> gradient(values.size(), std::numeric_limits<double>::quiet_NaN());
  const BatchView<const double> y(values.data(), outputs.shape(), outputs.count(), outputs.lengths());
  const BatchView<double> dy(gradient.data(), outputs.shape(), outputs.count(), outputs.lengths());
  const auto run = [&](BatchView<double> slope) {
    return scale * loss(LossBatch<double>{y, batch.targets, batch.weights, scale, slope});
  };
  const auto value = [&] { return run({}); };
  const double with_gradient = run(dy);
  if (!(std::fabs(value() - with_gradient) <= 1e-12 * (1.0 + std::fabs(with_gradient)))) {
    report.broken = "the value differs when no gradient is asked for";
  }
  detail::check_tensor(
      "outputs", values, gradient, options, rng,
      [&](std::size_t i, double a, double b) {
        const double at = values[i];
        values[i] = a;
        const double above = value();
        values[i] = b;
        const double below = value();
        values[i] = at;
        return above - below;
      },
      report);
  return report;
}

}  // namespace weir::inline WEIR_ABI
