// The gradient check finds what it is there to find: one layer of each kind of mistake.
#include <weir/layers/activations/activation.hpp>
#include <weir/losses/loss.hpp>
#include <weir/train/gradient_check.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <string_view>

using namespace weir;

namespace {

enum class Mistake { none, slope, tiny, overwrites_grad, forgets_dx, needs_dx, reads_padding, kink };

/// y = a x^3, with one mistake in backward.
struct Cubic {
  using Scalar = double;
  using Cache = NoCache;
  static constexpr std::string_view kind = "cubic";
  Tensor<double, 1> a;
  Mistake mistake = Mistake::none;

  [[nodiscard]] static Shape out_shape(Shape input) { return input; }
  void init(Rng& rng) { a[0] = rng.uniform(1.0, 2.0); }
  void forward(BatchView<const double> x, BatchView<double> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) {
      const double v = x.data()[i];
      y.data()[i] = a[0] * (mistake == Mistake::kink ? std::fabs(v) : v * v * v);
    }
  }
  void backward(BatchView<const double> x, BatchView<const double>, BatchView<const double> dy,
                BatchView<double> dx, Cache&, Cubic& grad, const Pass&) const {
    if (mistake == Mistake::needs_dx && dx.absent()) return;
    double sum = 0.0;
    for (Index i = 0; i < x.size(); ++i) {
      const double v = x.data()[i];
      sum += dy.data()[i] * (mistake == Mistake::kink ? std::fabs(v) : v * v * v);
      if (dx.absent() || (mistake == Mistake::forgets_dx && i == 1)) continue;
      double slope = mistake == Mistake::kink ? (v > 0.0 ? 1.0 : -1.0) : 3.0 * v * v;
      if (mistake == Mistake::slope) slope = 2.0 * v * v;
      if (mistake == Mistake::tiny) slope *= 1.0 + 3e-9;
      dx.data()[i] = dy.data()[i] * a[0] * slope;
      if (mistake == Mistake::reads_padding) dx.data()[i] += 1e-3 * v;
    }
    grad.a[0] = sum + (mistake == Mistake::overwrites_grad ? 0.0 : grad.a[0]);
  }
  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "a", layer.a.view()...);
  }
};

GradientReport report(Mistake mistake, const GradientCheckOptions& options = {}) {
  return gradient_check(Cubic{{}, mistake}, Shape{3, 2}, options);
}

/// Says that it runs in place, but reads x in backward.
struct Square : Parameterless<double> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "square";
  static constexpr bool in_place = true;
  void forward(BatchView<const double> x, BatchView<double> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) y.data()[i] = x.data()[i] * x.data()[i];
  }
  void backward(BatchView<const double> x, BatchView<const double> y, BatchView<const double> dy,
                BatchView<double> dx, Cache&, Square&, const Pass&) const {
    if (dx.absent()) return;
    const double* from = x.absent() ? y.data() : x.data();  // after a pass in place, x is y
    for (Index i = 0; i < dy.size(); ++i) dx.data()[i] = dy.data()[i] * 2.0 * from[i];
  }
};

/// Squared error whose gradient lacks the factor two.
struct HalfGradient {
  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    double sum = 0.0;
    for (Index i = 0; i < batch.outputs.size(); ++i) {
      const T d = batch.outputs.data()[i] - batch.targets.values.data()[i];
      sum += d * d;
      if (!batch.gradient.absent()) batch.gradient.data()[i] = batch.scale * d;
    }
    return sum;
  }
};

}  // namespace

TEST_CASE("gradient_check: a right layer passes, and a user's layer needs nothing of weir's") {
  const GradientReport good = report(Mistake::none);
  INFO(good.str());
  CHECK(good.passed());
  CHECK(good.checked == 3 * 2 * 3 + 1);
  CHECK(report(Mistake::none, {.entries = 5}).checked == 5 + 1);
  CHECK(report(Mistake::none, {.lengths = {1, 2, 1}}).passed());
}

TEST_CASE("gradient_check: mistakes are found and located") {
  const GradientReport slope = report(Mistake::slope);
  CHECK_FALSE(slope.passed());
  CHECK(slope.where == "input");
  CHECK(slope.error == doctest::Approx(1.0 / 3.0).epsilon(0.01));
  CHECK_FALSE(report(Mistake::tiny).passed());
  CHECK(report(Mistake::tiny, {.tolerance = 1e-8}).passed());
  const GradientReport overwritten = report(Mistake::overwrites_grad);
  CHECK_FALSE(overwritten.passed());
  CHECK(overwritten.where == "a");
  CHECK_FALSE(report(Mistake::forgets_dx).passed());
  CHECK(report(Mistake::forgets_dx).broken.find("dx") != std::string::npos);
  CHECK_FALSE(report(Mistake::needs_dx).passed());
  CHECK(report(Mistake::needs_dx).broken.find("absent") != std::string::npos);
  CHECK_FALSE(report(Mistake::reads_padding, {.lengths = {1, 2, 1}}).passed());
}

TEST_CASE("gradient_check: kinks beside the point are stepped around") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const GradientReport kink = report(Mistake::kink, {.count = 20, .seed = seed});
    INFO(kink.str());
    CHECK(kink.passed());
    CHECK(kink.unresolved <= 1);
  }
}

TEST_CASE("gradient_check: a layer that cannot run in place although it says so") {
  const GradientReport square = gradient_check(Square{}, Shape{4});
  CHECK(square.error <= 1e-9);
  CHECK(square.broken.find("in place") != std::string::npos);
  CHECK_FALSE(square.passed());
}

TEST_CASE("gradient_check_loss: a wrong gradient is found") {
  const double y[] = {1.0, -0.5, 2.0}, t[] = {0.5, 0.5, 0.5};
  Targets<double> targets;
  targets.values = BatchView<const double>(t, Shape{1}, 3);
  const GradientReport loss =
      gradient_check_loss(HalfGradient{}, LossBatch<double>{{y, Shape{1}, 3}, targets, {}, 1.0, {}});
  CHECK_FALSE(loss.passed());
  CHECK(loss.error == doctest::Approx(0.5));
  CHECK(loss.where == "outputs");
}
