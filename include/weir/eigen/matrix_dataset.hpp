// Data sets from Eigen matrices and expressions.
//
// A sample is a column of a column-major matrix and a row of a row-major one (eigen/matrix_batch.hpp). A Dataset
// owns its numbers: they are copied, once.
//
//   Dataset<float> data = dataset_of(x, labels);     // labels: a vector of whole numbers
//   Dataset<float> data = dataset_of(x, targets);    // targets: a vector, one number a sample; or a matrix
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>
#include <weir/losses/target.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// One sample a column, whatever the order.
template <class D>
[[nodiscard]] Matrix<typename D::Scalar> sample_columns(const Eigen::DenseBase<D>& x) {
  Matrix<typename D::Scalar> result(features_of(x), samples_of(x));
  if constexpr (D::IsRowMajor) {
    as_rows(result) = x.derived();
  } else {
    as_matrix(result) = x.derived();
  }
  return result;
}

inline void check_samples(Index of_y, Index of_x) {
  if (of_y == of_x) return;
  fail(ErrorKind::shape, "data set: x has " + std::to_string(of_x) + " samples, y " + std::to_string(of_y) +
                             ": a sample is a column of a column-major matrix, and a row of a row-major one");
}

template <class V>
[[nodiscard]] Label label_of(V value) {
  if constexpr (sizeof(V) > sizeof(Label) || std::is_unsigned_v<V>) {
    if (value < V(0) || static_cast<unsigned long long>(value) >
                            static_cast<unsigned long long>(std::numeric_limits<Label>::max())) {
      fail(ErrorKind::data, "data set: " + std::to_string(value) + " is no label: labels are 0, 1, ...");
    }
  }
  return static_cast<Label>(value);
}

/// A label a sample, or in a matrix one a time step.
template <class D>
[[nodiscard]] std::vector<Label> labels_of(const Eigen::DenseBase<D>& y, Index samples) {
  check_samples(D::IsVectorAtCompileTime ? y.size() : samples_of(y), samples);
  std::vector<Label> labels;
  const auto outer = D::IsRowMajor ? y.rows() : y.cols(), inner = D::IsRowMajor ? y.cols() : y.rows();
  for (Index o = 0; o < outer; ++o) {
    for (Index i = 0; i < inner; ++i)
      labels.push_back(label_of(D::IsRowMajor ? y.derived().coeff(o, i) : y.derived().coeff(i, o)));
  }
  return labels;
}

/// A vector has one number a sample.
template <class D>
[[nodiscard]] Matrix<typename D::Scalar> targets_of(const Eigen::DenseBase<D>& y, Index samples) {
  check_samples(D::IsVectorAtCompileTime ? y.size() : samples_of(y), samples);
  Matrix<typename D::Scalar> targets = sample_columns(y);
  if constexpr (!D::IsVectorAtCompileTime) return targets;
  Matrix<typename D::Scalar> row(1, samples);
  std::copy_n(targets.data(), samples, row.data());
  return row;
}

}  // namespace detail

/// Samples alone: an autoencoder's. `shape`: of one sample, {channels, length}; by default plain features.
/// ShapeError when they do not have as many numbers.
template <class D>
[[nodiscard]] Dataset<typename D::Scalar> dataset_of(const Eigen::DenseBase<D>& x, Shape shape = {}) {
  Dataset<typename D::Scalar> data;
  data.shape = detail::checked_shape(x, shape);
  data.x = detail::sample_columns(x);
  return data;
}

/// Samples with labels, when y holds whole numbers, or with target values. ShapeError when y is of another
/// number of samples, DataError when a number is no label.
template <class D, class Y>
[[nodiscard]] Dataset<typename D::Scalar> dataset_of(const Eigen::DenseBase<D>& x,
                                                     const Eigen::DenseBase<Y>& y, Shape shape = {}) {
  Dataset<typename D::Scalar> data = dataset_of(x, shape);
  if constexpr (std::is_integral_v<typename Y::Scalar>) {
    data.labels = detail::labels_of(y, data.rows());
  } else {
    static_assert(std::is_same_v<typename Y::Scalar, typename D::Scalar>,
                  "weir: targets have the scalar of the samples; write .template cast<T>()");
    data.targets = detail::targets_of(y, data.rows());
  }
  return data;
}

/// Labels that no matrix holds.
template <class D>
[[nodiscard]] Dataset<typename D::Scalar> dataset_of(const Eigen::DenseBase<D>& x,
                                                     std::span<const Label> labels, Shape shape = {}) {
  Dataset<typename D::Scalar> data = dataset_of(x, shape);
  detail::check_samples(static_cast<Index>(labels.size()), data.rows());
  data.labels.assign(labels.begin(), labels.end());
  return data;
}

}  // namespace weir::inline WEIR_ABI
