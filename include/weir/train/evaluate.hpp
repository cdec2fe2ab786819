// Measures a net on labelled samples it was not trained on.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/parallel.hpp>
#include <weir/losses/target.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/softmax.hpp>
#include <weir/train/batches.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/metrics.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The outcome. Classification fills the confusion matrix, and for two classes the areas; class 1 is the
/// positive one.
struct Evaluation {
  Index rows = 0;
  double loss = 0.0;
  ConfusionMatrix confusion{0};
  double roc_auc = std::nan("");
  double pr_auc = std::nan("");

  [[nodiscard]] double accuracy() const { return confusion.accuracy(); }
};

namespace detail {

/// Whether the loss works on logits of this net; throws ConfigError when the net ends in another loss's
/// activation.
template <class Net, class Loss>
[[nodiscard]] bool takes_logits(const Net& net, const Loss& loss) {
  const Link wanted = final_link(loss);
  const Link found = final_link(net);
  if (wanted != Link::identity && found != Link::identity && found != wanted) {
    fail(ErrorKind::config,
         "the net ends in another activation than its loss expects: binary cross-entropy goes with "
         "sigmoid, categorical cross-entropy with softmax");
  }
  return wanted != Link::identity;
}

/// Throws ShapeError when labels or targets do not fit what the net gives.
template <class T, class Loss>
void check_targets(const Dataset<T>& data, Shape output, const Loss& loss) {
  const bool softmax = final_link(loss) == Link::softmax;
  if (data.has_labels()) {
    const Index classes = softmax ? output.channels : 2;
    if (!softmax && output.channels != 1) {
      fail(ErrorKind::shape,
           "labels need one output or categorical cross-entropy; the net gives " + output.str());
    }
    if (class_count(data.labels) > classes) {
      fail(ErrorKind::shape, "label " + std::to_string(class_count(data.labels) - 1) +
                                 " is too large for a net with " + std::to_string(output.channels) +
                                 " outputs");
    }
    if (static_cast<Index>(data.labels.size()) != data.rows() * output.length) {
      fail(ErrorKind::shape,
           "the net gives " + output.str() + " a sample, which does not fit the number of labels");
    }
    return;
  }
  const Index size = data.has_targets() ? data.targets.extents()[0] : data.shape.size();
  if (size != output.size()) {
    fail(ErrorKind::shape, "the net gives " + std::to_string(output.size()) +
                               " values a sample, the targets have " + std::to_string(size));
  }
}

/// The loss over a whole data set without training.
template <class Net, class Loss, class Use>
[[nodiscard]] double loss_over(const Net& net, const Dataset<typename Net::Scalar>& data, const Loss& loss,
                               ThreadPool* pool, Use use) {
  using T = typename Net::Scalar;
  const Shape output = net.out_shape(data.shape);
  Batch<T> all{data.inputs(), {}, data.weights};
  if (data.has_labels()) {
    all.targets.labels = data.labels;
  } else {
    all.targets.values =
        data.has_targets() ? BatchView<const T>(data.targets.data(), output, data.rows()) : all.x;
  }
  Pass pass;
  pass.logits = takes_logits(net, loss);
  const Index parts = (data.rows() + predict_part - 1) / predict_part;
  std::vector<double> sums(static_cast<std::size_t>(parts), 0.0);
  std::vector<double> weights(static_cast<std::size_t>(parts), 0.0);
  for_outputs(net, all.x, pass, pool, [&](Index first, BatchView<const T> y) {
    const Batch<T> part = all.slice(first, y.count(), output.length);
    const auto at = static_cast<std::size_t>(first / predict_part);
    sums[at] = loss(y, part.targets, part.weights, T(1), BatchView<T>{});
    weights[at] = total_weight(y, part.weights);
    use(first, y);
  });
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sum += sums[i];
    weight += weights[i];
  }
  return weight == 0.0 ? 0.0 : sum / weight;
}

}  // namespace detail

/// Loss and metrics of `net` on `data`. `threshold` decides between two classes where the net has one output.
template <class Net, class Loss>
[[nodiscard]] Evaluation evaluate(const Net& net, const Dataset<typename Net::Scalar>& data, const Loss& loss,
                                  ThreadPool* pool = nullptr, double threshold = 0.5) {
  using T = typename Net::Scalar;
  data.check();
  const Shape output = net.out_shape(data.shape);
  detail::check_targets(data, output, loss);
  const bool classify = data.has_labels() && output.length == 1;
  const Index classes = output.channels == 1 ? 2 : output.channels;

  Evaluation result;
  result.rows = data.rows();
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<Label> predicted(classify ? rows : 0);
  std::vector<T> scores(classify && classes == 2 ? rows : 0);
  const T decision = static_cast<T>(threshold);
  result.loss = detail::loss_over(net, data, loss, pool, [&](Index first, BatchView<const T> y) {
    if (!classify) return;
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
  if (!classify) return result;
  result.confusion = ConfusionMatrix(classes);
  for (std::size_t i = 0; i < rows; ++i) result.confusion.add(data.labels[i], predicted[i]);
  if (classes == 2) {
    result.roc_auc = roc_auc(std::span<const T>(scores), data.labels);
    result.pr_auc = pr_auc(std::span<const T>(scores), data.labels);
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
