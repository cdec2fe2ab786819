// A layer of your own in Eigen expressions: its gradient checked, then trained on Eigen matrices that have
// one sample a row, beside a linear model and a Mahalanobis distance on the same matrices.
#include "radial_basis.hpp"

#include <weir/eigen.hpp>

#include <cmath>
#include <cstdio>
#include <tuple>

using namespace weir;

namespace {

using Rows = EigenMatrix<float, Eigen::RowMajor>;

struct Points {
  Rows x;             ///< one sample a row
  Eigen::VectorXi y;  ///< 0: the disc, 1: the ring around it
};

Points disc_and_ring(Index count, std::uint64_t seed) {
  Points samples{Rows(count, 2), Eigen::VectorXi(count)};
  Rng rng(seed);
  for (Index i = 0; i < count; ++i) {
    samples.y(i) = i % 2 == 0 ? 0 : 1;
    const double angle = 6.28318531 * rng.uniform(), radius = samples.y(i) + 0.2 * rng.normal();
    samples.x.row(i) << static_cast<float>(radius * std::cos(angle)),
        static_cast<float>(radius * std::sin(angle));
  }
  return samples;
}

}  // namespace

int main() {
  const GradientReport check = gradient_check(RadialBasis<double>(3, 4), Shape{.channels = 3, .length = 2});
  std::printf("gradient check: %s\n", check.passed() ? "passed" : check.str().c_str());

  const Points training = disc_and_ring(2'000, 1), test = disc_and_ring(1'000, 2);
  auto net = Sequential{RadialBasis<float>{2, 12}, Dense{12, 1}, Sigmoid{}};
  fit(net, training.x, training.y, BinaryCrossEntropy{}, Adam{.learning_rate = 0.01}, {.epochs = 20});
  const double accuracy = evaluate(net, test.x, test.y, BinaryCrossEntropy{}).accuracy();
  std::printf("radial basis: accuracy %s (%.3f)\n", accuracy > 0.97 ? "above 0.97" : "too low", accuracy);

  const Ridge line = Ridge::fit(training.x, training.y, 1.0);
  const auto right = (line.predict(test.x).array() > 0.5F).cast<int>().col(0) == test.y.array();
  const double linear = static_cast<double>(right.count()) / static_cast<double>(test.y.size());
  std::printf("a straight line: accuracy %s (%.3f)\n", linear < 0.6 ? "near 0.5" : "too good", linear);

  const Eigen::RowVector2f far(40.0F, -30.0F);
  const auto normal = Mahalanobis::fit(training.x);
  std::printf("far away: score of Mahalanobis %s, outputs of the layer %s\n",
              normal.score(far) > 100.0 ? "above 100" : "too small",
              predict(std::get<0>(net.layers), far).maxCoeff() < 1e-6F ? "0" : "not 0");
  return check.passed() && accuracy > 0.97 && linear < 0.6 ? 0 : 1;
}
