// fit, evaluate and predict on Eigen matrices; a Scorer on Eigen vectors.
//
//   fit(net, x, labels, BinaryCrossEntropy{}, Adam{}, {.epochs = 10});
//   evaluate(net, x_test, labels_test, BinaryCrossEntropy{}).accuracy();
//   auto y = predict(net, x_test);       // in the order of x_test: one sample a column, or one a row
//
// A sample is a column of a column-major matrix and a row of a row-major one (eigen/matrix_batch.hpp). `predict`
// reads x where it lies and writes into its result; `fit` and `evaluate` make a Dataset, a copy of x.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>
#include <weir/eigen/matrix_dataset.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {
template <class D, class Net>
constexpr void same_scalar() {
  static_assert(std::is_same_v<typename D::Scalar, typename Net::Scalar>,
                "weir: the matrix has another scalar than the net; write .template cast<float>().eval()");
}
}  // namespace detail

/// The outputs of all samples, in the order of x: outputs x samples, or samples x outputs. ShapeError when
/// the net does not take samples of this shape, or x does not lie as `batch_of` needs it.
template <class Net, class D>
[[nodiscard]] EigenMatrix<typename D::Scalar, order_of<D>> predict(const Net& net,
                                                                   const Eigen::DenseBase<D>& x, Shape shape,
                                                                   ThreadPool* pool = nullptr) {
  detail::same_scalar<D, Net>();
  const BatchView<const typename D::Scalar> batch = batch_of(x.derived(), shape);
  const Index size = net.out_shape(batch.shape()).size();
  EigenMatrix<typename D::Scalar, order_of<D>> y;
  if constexpr (D::IsRowMajor) {
    y.resize(batch.count(), size);
  } else {
    y.resize(size, batch.count());
  }
  detail::predict_into(net, batch,
                       std::span<typename D::Scalar>(y.data(), static_cast<std::size_t>(y.size())), pool);
  return y;
}
template <class Net, class D>
[[nodiscard]] auto predict(const Net& net, const Eigen::DenseBase<D>& x, ThreadPool* pool = nullptr) {
  return predict(net, x, Shape{}, pool);
}

/// Trains on the samples of x and the labels or target values of y (`dataset_of`); an autoencoder on
/// fit(net, dataset_of(x), ...).
template <class Net, class D, class Y, class Loss, class Optimizer, class... Callbacks>
History fit(Net& net, const Eigen::DenseBase<D>& x, const Eigen::DenseBase<Y>& y, const Loss& loss,
            const Optimizer& optimizer, const FitOptions& options = {}, Callbacks&&... callbacks) {
  detail::same_scalar<D, Net>();
  return fit(net, dataset_of(x, y), loss, optimizer, options, callbacks...);
}

template <class Net, class D, class Y, class Loss>
[[nodiscard]] Evaluation evaluate(const Net& net, const Eigen::DenseBase<D>& x, const Eigen::DenseBase<Y>& y,
                                  const Loss& loss, ThreadPool* pool = nullptr, double threshold = 0.5) {
  detail::same_scalar<D, Net>();
  return evaluate(net, dataset_of(x, y), loss, pool, threshold);
}

/// The verdict on each sample of x, as the model's net sees it. ShapeError when samples are of another size.
/// Only the result is allocated.
template <class Net, class D>
[[nodiscard]] std::vector<Verdict> score(Scorer<Net>& scorer, const Eigen::DenseBase<D>& x) {
  detail::same_scalar<D, Net>();
  const BatchView<const typename D::Scalar> batch = batch_of(x.derived(), scorer.input());
  std::vector<Verdict> verdicts;
  verdicts.reserve(static_cast<std::size_t>(batch.count()));
  for (Index i = 0; i < batch.count(); ++i) verdicts.push_back(scorer.score(batch.sample(i)));
  return verdicts;
}

}  // namespace weir::inline WEIR_ABI
