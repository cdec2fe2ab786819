// A layer of your own: nothing of weir needs to change.
//
//   Scaled SiLU      y = a_c x sigmoid(b_c x)          with a and b learned for each channel c
//
// (Swish with a learned slope: Ramachandran, Zoph, Le 2017.) A layer is a struct with parameters and these
// members; then it is checked against numerical derivatives, trained in a chain like any other, saved and
// loaded.
#include <weir/io/load.hpp>
#include <weir/io/save.hpp>
#include <weir/train.hpp>

#include <cmath>
#include <cstdio>

using namespace weir;

template <class T = float>
struct ScaledSilu {
  using Scalar = T;
  using Cache = NoCache;  // backward needs nothing but x
  static constexpr std::string_view kind = "scaled_silu";
  static constexpr bool keeps_shape = true;

  Tensor<T, dyn> a;
  Tensor<T, dyn> b;

  explicit ScaledSilu(Index channels) : a(channels), b(channels) {}

  [[nodiscard]] Shape out_shape(Shape input) const {
    if (input.channels != a.size()) fail(ErrorKind::shape, "scaled_silu: wrong number of channels");
    return input;
  }
  void init(Rng&) {
    a.fill(T(1));
    b.fill(T(1));
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) {
      const Index c = i % x.channels();
      y.data()[i] = a[c] * x.data()[i] * sigmoid(b[c] * x.data()[i]);
    }
  }

  /// Writes dx, unless nobody wants it, and adds to the gradients of a and b.
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                ScaledSilu& grad, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) {
      const Index c = i % x.channels();
      const T v = x.data()[i], g = dy.data()[i];
      const T s = sigmoid(b[c] * v);
      const T slope = s * (T(1) - s);
      grad.a[c] += g * v * s;
      grad.b[c] += g * a[c] * v * v * slope;
      if (!dx.absent()) dx.data()[i] = g * a[c] * (s + b[c] * v * slope);
    }
  }

  /// One function for optimizer, file, gradient check and printing.
  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "a", layer.a.view()...);
    f(Role::weight, "b", layer.b.view()...);
  }

 private:
  static T sigmoid(T z) { return T(1) / (T(1) + std::exp(-z)); }
};

/// Two moons, one a class.
Dataset<float> moons(Index rows, std::uint64_t seed) {
  Dataset<float> data;
  data.shape = Shape{2};
  data.x = Matrix<float>(2, rows);
  Rng rng(seed);
  for (Index i = 0; i < rows; ++i) {
    const Label label = i % 2 == 0 ? 0 : 1;
    const double angle = 3.14159265 * rng.uniform(), side = label == 0 ? 1.0 : -1.0;
    data.x(0, i) =
        static_cast<float>(side * std::cos(angle) + (label == 0 ? 0.0 : 1.0) + 0.15 * rng.normal());
    data.x(1, i) =
        static_cast<float>(side * std::sin(angle) + (label == 0 ? 0.0 : 0.5) + 0.15 * rng.normal());
    data.labels.push_back(label);
  }
  return data;
}

int main() {
  const GradientReport check = gradient_check(ScaledSilu<double>(5), Shape{.channels = 5, .length = 3});
  std::printf("gradient check: %s\n", check.passed() ? "passed" : check.str().c_str());

  const auto untrained = Sequential{Dense{2, 16}, ScaledSilu<float>{16}, Dense{16, 1}};
  Pipeline<std::remove_const_t<decltype(untrained)>> pipeline{
      {.input = Shape{2}, .labels = {.classes = {"left", "right"}}}, untrained};
  const History history =
      fit(pipeline.net, moons(2'000, 1), BinaryCrossEntropy{}, Adam{.learning_rate = 0.01}, {.epochs = 20});
  const Dataset<float> test = moons(1'000, 2);
  const double accuracy = evaluate(pipeline.net, test, BinaryCrossEntropy{}).accuracy();
  std::printf("loss %.2f in the first epoch, %.2f in the last\n", history.epochs.front().loss,
              history.epochs.back().loss);
  std::printf("accuracy on new rows: %s (%.3f)\n", accuracy > 0.97 ? "above 0.97" : "too low", accuracy);

  save("moons.weir", pipeline);
  const auto loaded = load("moons.weir", untrained);
  const bool same = predict(loaded.net, test.x) == predict(pipeline.net, test.x);
  std::printf("saved and loaded: %s\n", same ? "the same predictions" : "other predictions");
  return check.passed() && accuracy > 0.97 && same ? 0 : 1;
}
