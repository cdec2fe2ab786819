// Ridge regression: the linear baseline of a net with numbers as targets (Hoerl, Kennard 1970).
//
//   minimises   sum |y - W^T x - b|^2 + alpha |W|^2          the intercept b is not penalised
//
// With alpha > 0 by the normal equations of centred samples (Cholesky); with alpha = 0 by a complete
// orthogonal decomposition, whose answer is the shortest one where features follow from one another. In
// double.
//
//   auto model = Ridge::fit(x, y, 1.0);
//   auto forecast = model.predict(x_test);       // in the order of x_test
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>
#include <weir/eigen/sample_columns.hpp>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

class Ridge {
 public:
  /// Samples, and a target or a column (row-major: a row) of targets for each. ConfigError on a negative
  /// alpha, ShapeError when y has another number of samples, DataError when a value is not finite.
  template <class D, class Y>
  [[nodiscard]] static Ridge fit(const Eigen::DenseBase<D>& x, const Eigen::DenseBase<Y>& y,
                                 double alpha = 1.0) {
    if (!(alpha >= 0.0)) fail(ErrorKind::config, "ridge: alpha must not be negative");
    Eigen::MatrixXd targets = detail::finite_samples(y, 1, "ridge, targets");
    if constexpr (Y::IsVectorAtCompileTime) targets.resize(1, targets.size());  // one number a sample
    if (targets.cols() != samples_of(x)) {
      fail(ErrorKind::shape, "ridge: " + std::to_string(samples_of(x)) + " samples, " +
                                 std::to_string(targets.cols()) + " targets");
    }
    return Ridge(detail::finite_samples(x, 1, "ridge"), std::move(targets), alpha);
  }

  /// W: features x targets.
  [[nodiscard]] const Eigen::MatrixXd& coefficients() const noexcept { return coefficients_; }
  [[nodiscard]] const Eigen::VectorXd& intercept() const noexcept { return intercept_; }

  /// ShapeError when x has another number of features.
  template <class D>
  [[nodiscard]] auto predict(const Eigen::DenseBase<D>& x) const {
    const Eigen::MatrixXd samples = detail::samples_like(x, coefficients_.rows(), "ridge");
    return detail::in_order_of<D>((coefficients_.transpose() * samples).colwise() + intercept_);
  }

 private:
  Ridge(Eigen::MatrixXd x, Eigen::MatrixXd y, double alpha) {
    const Eigen::VectorXd x_mean = x.rowwise().mean();
    const Eigen::VectorXd y_mean = y.rowwise().mean();
    x.colwise() -= x_mean;
    y.colwise() -= y_mean;
    if (alpha > 0.0) {
      Eigen::MatrixXd normal = x * x.transpose();
      normal.diagonal().array() += alpha;
      coefficients_ = normal.llt().solve(x * y.transpose());
    } else {
      coefficients_ = x.transpose().completeOrthogonalDecomposition().solve(y.transpose());
    }
    intercept_ = y_mean - coefficients_.transpose() * x_mean;
  }

  Eigen::MatrixXd coefficients_;
  Eigen::VectorXd intercept_;
};

}  // namespace weir::inline WEIR_ABI
