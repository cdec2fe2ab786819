// Measures a net on labelled samples it was not trained on.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/losses/loss.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/train/batches.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/metrics.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The outcome. Classification fills the confusion matrix and its measures, for two classes also those of rankings;
/// class 1 is the positive one.
struct Evaluation {
  Index rows = 0;
  double loss = 0.0;
  ConfusionMatrix confusion{0};
  Measures measures{};

  /// Of the metric of this name, such as "f1" (train/metrics/builtin_metrics.hpp).
  [[nodiscard]] double value(std::string_view metric) const { return measures.value(metric); }
  [[nodiscard]] double accuracy() const { return confusion.accuracy(); }
};

namespace detail {

/// The loss over a whole data set without training; NaN when all rows together weigh nothing.
template <class Net, class Loss, class Use>
[[nodiscard]] double loss_over(const Net& net, const Dataset<typename Net::Scalar>& data, const Loss& loss,
                               ThreadPool* pool, Use use) {
  using T = typename Net::Scalar;
  const Shape output = net.out_shape(data.shape);
  const Against against = compared_with(data, loss, "");
  const Batch<T> all{data.inputs(), targets_of(data, against, output), data.weights};
  Pass pass;
  pass.logits = takes_logits(net, loss);
  const Index parts = (data.rows() + predict_part - 1) / predict_part;
  std::vector<double> sums(static_cast<std::size_t>(parts), 0.0);
  std::vector<double> weights(static_cast<std::size_t>(parts), 0.0);
  for_outputs(net, all.x, pass, pool, [&](Index first, BatchView<const T> y) {
    const Batch<T> part = all.slice(first, y.count(), output.length);
    const auto at = static_cast<std::size_t>(first / predict_part);
    sums[at] = loss(LossBatch<T>{y, part.targets, part.weights, T(1), {}});
    weights[at] = total_weight(y, part.weights);
    use(first, y);
  });
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sum += sums[i];
    weight += weights[i];
  }
  return sum / weight;
}

/// Fails because of the net's answer to this row.
template <class Net>
[[noreturn]] void refuse_answer(const Net& net, const Dataset<typename Net::Scalar>& data, Index row) {
  const std::string source = source_of_nan(net, data, std::span<const Index>(&row, 1));
  fail(ErrorKind::numeric,
       "evaluate: the net's answer to row " + std::to_string(row) +
           " is NaN or infinite, which is no class and has no rank; " +
           (source.empty() ? "its numbers overflow: its weights are far too large" : source));
}

}  // namespace detail

/// Loss and metrics of `net` on `data`. `threshold` decides between two classes where the net has one output.
/// Throws ShapeError or ConfigError when net, data and loss do not fit, and NumericError when the net's
/// answer to a row is NaN or infinite: such a row has no class and no rank.
template <class Net, class Loss>
[[nodiscard]] Evaluation evaluate(const Net& net, const Dataset<typename Net::Scalar>& data, const Loss& loss,
                                  ThreadPool* pool = nullptr, double threshold = 0.5) {
  using T = typename Net::Scalar;
  data.check();
  if (std::isnan(threshold)) fail(ErrorKind::config, "evaluate: the threshold is NaN");
  const Shape output = net.out_shape(data.shape);
  const detail::Against against = detail::check_targets(data, output, loss, "evaluate: ");
  const bool classify = against == detail::Against::labels && output.length == 1;
  const Index classes = output.channels == 1 ? 2 : output.channels;

  Evaluation result;
  result.rows = data.rows();
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<Label> predicted(classify ? rows : 0);
  std::vector<T> scores(classify && classes == 2 ? rows : 0);
  const T decision = static_cast<T>(threshold);
  std::vector<Index> senseless(rows / static_cast<std::size_t>(detail::predict_part) + 1, -1);
  result.loss = detail::loss_over(net, data, loss, pool, [&](Index first, BatchView<const T> y) {
    const Index bad = detail::first_not_finite(y);
    if (bad >= 0) senseless[static_cast<std::size_t>(first / detail::predict_part)] = first + bad;
    if (!classify || bad >= 0) return;
    for (Index i = 0; i < y.count(); ++i) {
      const std::span<const T> z = y.sample(i);
      const auto row = static_cast<std::size_t>(first + i);
      if (output.channels == 1) {
        scores[row] = T(1) / (T(1) + std::exp(-z[0]));
        predicted[row] = scores[row] >= decision ? 1 : 0;
      } else {
        predicted[row] = static_cast<Label>(std::max_element(z.begin(), z.end()) - z.begin());
        if (classes == 2) scores[row] = z[1] - z[0];
      }
    }
  });
  for (const Index row : senseless) {
    if (row >= 0) detail::refuse_answer(net, data, row);
  }
  if (!classify) return result;
  result.confusion = ConfusionMatrix(classes);
  for (std::size_t i = 0; i < rows; ++i) result.confusion.add(data.labels[i], predicted[i]);
  result.measures.add(result.confusion);
  if (classes == 2) result.measures.add(Ranking(std::span<const T>(scores), data.labels, "evaluate"));
  return result;
}

}  // namespace weir::inline WEIR_ABI
