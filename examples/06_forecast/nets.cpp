#include "nets.hpp"

#include <weir/models/registry.hpp>
#include <weir/optimizers/adamw.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>

namespace forecast {

namespace {

/// A loss of our own, of one output: Huber's. e^2 / (2 b) up to the border b, |e| - b / 2 beyond, so that the
/// few steps at which traffic jumps do not decide what is learned about all others.
struct Huber {
  static constexpr weir::Link link = weir::Link::identity;
  double border = 0.2;

  template <class T>
  double operator()(const weir::LossBatch<T>& batch) const {
    const T b = static_cast<T>(border);
    double sum = 0.0;
    for (weir::Index i = 0; i < batch.outputs.count(); ++i) {
      const T weight = batch.weight_of(i);
      const T error = batch.outputs.data()[i] - batch.targets.values.data()[i];
      const T size = std::abs(error);
      sum += static_cast<double>(weight * (size < b ? error * error / (2 * b) : size - b / 2));
      if (!batch.gradient.absent())
        batch.gradient.data()[i] = weight * batch.scale * std::clamp(error / b, T(-1), T(1));
    }
    return sum;
  }
};

}  // namespace

std::vector<float> train_and_run(const NetPlan& plan, const Changes& data, std::uint64_t seed) {
  const weir::Dataset<float> training = data.training(plan.window);
  const weir::Dataset<float> test = data.test(plan.window);
  auto net = weir::build<float>(std::string_view(plan.layers), training.shape);
  weir::fit(net, training, Huber{},
            weir::AdamW{.learning_rate = plan.learning_rate, .weight_decay = plan.weight_decay},
            {.epochs = plan.epochs,
             .batch_size = plan.batch_size,
             .seed = seed,
             .clip_norm = 1.0,
             .schedule = weir::CosineSchedule{}});
  const weir::Matrix<float> outputs = weir::predict(net, test.inputs());
  return {outputs.span().begin(), outputs.span().end()};
}

}  // namespace forecast
