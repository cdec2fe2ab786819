// How far a sample lies from normal ones, in their own deviations (Mahalanobis 1936): the one-class baseline
// that a net has to beat.
//
//   score = (x - m)^T S^-1 (x - m)
//   S = (1 - a) C + a (trace C / d) I
//   C = 1/n sum (x - m)(x - m)^T
//
// The shrinkage a makes S invertible and takes out the noise of few samples; by default it is that of Ledoit
// and Wolf (2004), which minimises the expected squared error of S. For normal Gaussian samples the score is
// about chi-squared with d degrees of freedom, so its mean is about d. S = L L^T is factorised once, by
// Cholesky in double: score = |L^-1 (x - m)|^2.
//
//   auto detector = Mahalanobis::fit(normal);
//   detector.calibrate(further_normal, 0.01);        // alarms on one in a hundred normal samples at most
//   if (detector.alarm(detector.score(x))) ...
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/detect/score_threshold.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/sample_columns.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

class Mahalanobis {
 public:
  /// From at least two normal samples, with the shrinkage of Ledoit and Wolf. DataError when a value is not
  /// finite or all samples are the same.
  template <class D>
  [[nodiscard]] static Mahalanobis fit(const Eigen::DenseBase<D>& normal) {
    return Mahalanobis(detail::finite_samples(normal, 2, "Mahalanobis"), -1.0);
  }
  /// With a shrinkage of 0 to 1. ConfigError outside; DataError also when S is singular, as with shrinkage 0
  /// and a feature that follows from the others.
  template <class D>
  [[nodiscard]] static Mahalanobis fit(const Eigen::DenseBase<D>& normal, double shrinkage) {
    if (!(shrinkage >= 0.0 && shrinkage <= 1.0)) {
      fail(ErrorKind::config, "Mahalanobis: the shrinkage lies between 0 and 1");
    }
    return Mahalanobis(detail::finite_samples(normal, 2, "Mahalanobis"), shrinkage);
  }

  [[nodiscard]] Index features() const noexcept { return mean_.size(); }
  [[nodiscard]] const Eigen::VectorXd& mean() const noexcept { return mean_; }
  [[nodiscard]] double shrinkage() const noexcept { return shrinkage_; }

  /// Of each sample; NaN where a value is. ShapeError when they have another number of features.
  template <class D>
  [[nodiscard]] std::vector<double> scores(const Eigen::DenseBase<D>& x) const {
    const Eigen::MatrixXd away = detail::samples_like(x, features(), "Mahalanobis").colwise() - mean_;
    const Eigen::MatrixXd scaled = factor_.matrixL().solve(away);
    std::vector<double> result(static_cast<std::size_t>(scaled.cols()));
    Eigen::VectorXd::Map(result.data(), scaled.cols()) = scaled.colwise().squaredNorm();
    return result;
  }
  /// Of one sample, a vector of either orientation.
  template <class D>
  [[nodiscard]] double score(const Eigen::DenseBase<D>& sample) const {
    static_assert(D::IsVectorAtCompileTime, "weir: score takes one sample, a vector; scores takes many");
    return scores(sample.derived()).front();
  }

  /// Takes the threshold that a further normal sample reaches with probability `rate` at most, from normal
  /// samples that the detector was not fitted to. DataError when they are too few for the rate
  /// (`scores_needed`).
  template <class D>
  void calibrate(const Eigen::DenseBase<D>& normal, double rate) {
    threshold_ = alarm_threshold(scores(normal), rate);
  }
  /// Infinite before `calibrate`.
  [[nodiscard]] double threshold() const noexcept { return threshold_; }
  void set_threshold(double threshold) noexcept { threshold_ = threshold; }
  /// A score that is no number is no normal one.
  [[nodiscard]] bool alarm(double score) const noexcept { return !(score < threshold_); }

 private:
  Mahalanobis(Eigen::MatrixXd x, double shrinkage) {
    mean_ = x.rowwise().mean();
    x.colwise() -= mean_;
    const auto n = static_cast<double>(x.cols());
    Eigen::MatrixXd covariance = x * x.transpose() / n;
    const double variance = covariance.trace() / static_cast<double>(x.rows());
    if (!(variance > 0.0)) fail(ErrorKind::data, "Mahalanobis: all samples are the same");
    shrinkage_ = shrinkage < 0.0 ? ledoit_wolf(x, covariance, variance) : shrinkage;
    covariance *= 1.0 - shrinkage_;
    covariance.diagonal().array() += shrinkage_ * variance;
    factor_.compute(covariance);
    if (factor_.info() != Eigen::Success || !(factor_.rcond() > std::numeric_limits<double>::epsilon())) {
      fail(ErrorKind::data,
           "Mahalanobis: the covariance of these samples is singular, because a feature is constant or "
           "follows from the "
           "others; take a larger shrinkage, or principal components first");
    }
  }

  /// Ledoit and Wolf (2004), in the form of scikit-learn: the variance of C's elements over their distance
  /// from the multiple of I.
  [[nodiscard]] static double ledoit_wolf(const Eigen::MatrixXd& x, const Eigen::MatrixXd& covariance,
                                          double variance) {
    const auto d = static_cast<double>(x.rows()), n = static_cast<double>(x.cols());
    const double squares = covariance.squaredNorm();
    const double distance = (squares - d * variance * variance) / d;
    const double fourth = x.colwise().squaredNorm().array().square().sum();
    const double noise = std::min((fourth / n - squares) / (d * n), distance);
    return noise > 0.0 ? noise / distance : 0.0;
  }

  Eigen::VectorXd mean_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  double shrinkage_ = 0.0;
  double threshold_ = std::numeric_limits<double>::infinity();
};

}  // namespace weir::inline WEIR_ABI
