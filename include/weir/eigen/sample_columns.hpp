// Samples in double, one a column: what the decompositions work on.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>

#include <string>

namespace weir::inline WEIR_ABI::detail {

/// A copy of the samples of a matrix in either order. DataError when one is not finite, or when there are
/// fewer than `needed`.
template <class D>
[[nodiscard]] Eigen::MatrixXd finite_samples(const Eigen::DenseBase<D>& x, Index needed, const char* who) {
  if (samples_of(x) < needed || features_of(x) < 1) {
    fail(ErrorKind::data, std::string(who) + ": " + std::to_string(samples_of(x)) + " samples of " +
                              std::to_string(features_of(x)) + " features are too few; it needs at least " +
                              std::to_string(needed) + " of 1");
  }
  Eigen::MatrixXd samples;
  if constexpr (D::IsRowMajor) {
    samples = x.derived().transpose().template cast<double>();
  } else {
    samples = x.derived().template cast<double>();
  }
  if (!samples.allFinite()) {
    fail(ErrorKind::data,
         std::string(who) + ": a value is NaN or infinite; fill it in or leave the sample out");
  }
  return samples;
}

/// Samples of `features` numbers each, which may hold anything. ShapeError when they have another number.
template <class D>
[[nodiscard]] Eigen::MatrixXd samples_like(const Eigen::DenseBase<D>& x, Index features, const char* who) {
  if (features_of(x) != features) {
    fail(ErrorKind::shape,
         std::string(who) + ": fitted on " + std::to_string(features) + " features, asked about " +
             std::to_string(features_of(x)) +
             ": a sample is a column of a column-major matrix, and a row of a row-major one");
  }
  if constexpr (D::IsRowMajor) {
    return x.derived().transpose().template cast<double>();
  } else {
    return x.derived().template cast<double>();
  }
}

/// Back into the order and the scalar of a matrix like D.
template <class D>
[[nodiscard]] EigenMatrix<typename D::Scalar, order_of<D>> in_order_of(const Eigen::MatrixXd& samples) {
  if constexpr (D::IsRowMajor) {
    return samples.transpose().cast<typename D::Scalar>();
  } else {
    return samples.cast<typename D::Scalar>();
  }
}

}  // namespace weir::inline WEIR_ABI::detail
