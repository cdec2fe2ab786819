// Principal components, and whitening (Pearson 1901; Jolliffe 2002).
//
//   C = 1/(n-1) sum (x - m)(x - m)^T = V diag(variances) V^T
//   transform   z = V^T (x - m)     whitened: z_i / sqrt(variance_i), of variance 1
//   inverse     x' = V z + m        what the components left out is lost
//
//   auto pca = PrincipalComponents::fit(x, {.components = 10, .whiten = true});
//   auto z = pca.transform(x_test);     // in the order of x_test: one sample a column, or one a row
//
// Each axis is turned so that its largest number is positive; else its sign would be chance. Everything is
// computed in double.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/sample_columns.hpp>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <limits>
#include <string>

namespace weir::inline WEIR_ABI {

struct PrincipalComponentsOptions {
  Index components = 0;  ///< of largest variance; 0: all that have any
  bool whiten = false;
};

class PrincipalComponents {
 public:
  /// From at least two samples. DataError when a value is not finite or nothing varies; ConfigError when more
  /// components are asked for than have any variance.
  template <class D>
  [[nodiscard]] static PrincipalComponents fit(const Eigen::DenseBase<D>& x,
                                               const PrincipalComponentsOptions& options = {}) {
    return PrincipalComponents(detail::finite_samples(x, 2, "principal components"), options);
  }
  /// The same from the features that a preprocessor makes of training rows.
  [[nodiscard]] static PrincipalComponents fit(const TrainingRows& training, const Preprocessor& preprocessor,
                                               const PrincipalComponentsOptions& options = {}) {
    const Matrix<float> x = preprocessor.transform(training.table());
    return fit(as_matrix(x), options);
  }

  [[nodiscard]] Index features() const noexcept { return axes_.rows(); }
  [[nodiscard]] Index components() const noexcept { return axes_.cols(); }
  [[nodiscard]] const Eigen::VectorXd& mean() const noexcept { return mean_; }
  /// V: features x components, orthonormal columns.
  [[nodiscard]] const Eigen::MatrixXd& axes() const noexcept { return axes_; }
  /// Of the components, the largest first.
  [[nodiscard]] const Eigen::VectorXd& variances() const noexcept { return variances_; }
  /// The share of all variance that the components hold, 0 to 1.
  [[nodiscard]] double explained() const { return variances_.sum() / total_; }

  /// The components of samples: as many samples in the same order, of components() numbers. ShapeError when
  /// they have another number of features.
  template <class D>
  [[nodiscard]] auto transform(const Eigen::DenseBase<D>& x) const {
    Eigen::MatrixXd z =
        axes_.transpose() * (detail::samples_like(x, features(), "principal components").colwise() - mean_);
    if (whiten_) z.array().colwise() /= variances_.array().sqrt();
    return detail::in_order_of<D>(z);
  }

  /// Samples back from their components.
  template <class D>
  [[nodiscard]] auto inverse(const Eigen::DenseBase<D>& z) const {
    Eigen::MatrixXd components = detail::samples_like(z, this->components(), "principal components, inverse");
    if (whiten_) components.array().colwise() *= variances_.array().sqrt();
    return detail::in_order_of<D>((axes_ * components).colwise() + mean_);
  }

 private:
  PrincipalComponents(Eigen::MatrixXd x, const PrincipalComponentsOptions& options)
      : whiten_(options.whiten) {
    mean_ = x.rowwise().mean();
    x.colwise() -= mean_;
    const Eigen::MatrixXd covariance = x * x.transpose() / static_cast<double>(x.cols() - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    const Eigen::VectorXd variances = solver.eigenvalues().reverse();  // Eigen's first is the smallest
    const Index found = varying(variances);
    if (found == 0) fail(ErrorKind::data, "principal components: all samples are the same");
    if (options.components < 0 || options.components > found) {
      fail(ErrorKind::config, "principal components: " + std::to_string(options.components) +
                                  " components; these samples have variance along " + std::to_string(found));
    }
    const Index kept = options.components == 0 ? found : options.components;
    total_ = variances.head(found).sum();
    variances_ = variances.head(kept);
    axes_ = solver.eigenvectors().rowwise().reverse().leftCols(kept);
    for (auto axis : axes_.colwise()) {
      Index largest = 0;
      axis.cwiseAbs().maxCoeff(&largest);
      if (axis(largest) < 0.0) axis = -axis;
    }
  }

  /// Components whose variance is more than rounding.
  [[nodiscard]] static Index varying(const Eigen::VectorXd& variances) {
    const double rounding =
        variances(0) * static_cast<double>(variances.size()) * 4.0 * std::numeric_limits<double>::epsilon();
    return (variances.array() > std::max(rounding, 0.0)).count();
  }

  Eigen::VectorXd mean_;
  Eigen::MatrixXd axes_;
  Eigen::VectorXd variances_;
  double total_ = 0.0;
  bool whiten_ = false;
};

}  // namespace weir::inline WEIR_ABI
