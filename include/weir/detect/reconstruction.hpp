// How unlike normal traffic a sample is, from the error e = x' - x with which an autoencoder that has learned
// normal traffic gives it back:
//
//   score = (1/n) sum_j ((e_j - mean_j) / max(deviation_j, floor))^2
//
// mean_j and deviation_j are those of feature j's error on normal rows. So a feature that is always given
// back exactly weighs more than one that never is: an unweighted squared error would drown the former.
// `floor` keeps features that hardly vary from deciding alone.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ReconstructionError {
  std::vector<double> mean;
  std::vector<double> deviation;  ///< not below the floor

  /// From normal rows and what the net made of them, one row a column. NumericError when an error is not
  /// finite: it would give no deviation.
  template <class T>
  [[nodiscard]] static ReconstructionError fit(const Matrix<T>& x, const Matrix<T>& reconstructed,
                                               double floor = 1e-2) {
    const Index features = x.extents()[0];
    const Index rows = x.extents()[1];
    ReconstructionError result;
    for (Index j = 0; j < features; ++j) {
      double sum = 0.0, squares = 0.0;
      for (Index i = 0; i < rows; ++i) sum += error(x, reconstructed, j, i);
      const double centre = sum / static_cast<double>(std::max<Index>(rows, 1));
      if (!std::isfinite(centre)) refuse(x, reconstructed, j);
      for (Index i = 0; i < rows; ++i) squares += std::pow(error(x, reconstructed, j, i) - centre, 2);
      result.mean.push_back(centre);
      result.deviation.push_back(
          std::max(floor, std::sqrt(squares / static_cast<double>(std::max<Index>(rows, 1)))));
    }
    return result;
  }

  /// The score of one sample.
  template <class T>
  [[nodiscard]] double operator()(std::span<const T> x, std::span<const T> reconstructed) const noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < x.size(); ++j) sum += part(x, reconstructed, j);
    return sum / static_cast<double>(x.size());
  }

  /// What feature j adds to n times the score: the reason for an alarm.
  template <class T>
  [[nodiscard]] double part(std::span<const T> x, std::span<const T> reconstructed,
                            std::size_t j) const noexcept {
    assert(x.size() == mean.size() && reconstructed.size() == mean.size());
    const double e = static_cast<double>(reconstructed[j]) - static_cast<double>(x[j]);
    const double z = (e - mean[j]) / deviation[j];
    return z * z;
  }

  friend bool operator==(const ReconstructionError&, const ReconstructionError&) = default;

 private:
  template <class T>
  static double error(const Matrix<T>& x, const Matrix<T>& reconstructed, Index j, Index i) {
    return static_cast<double>(reconstructed(j, i)) - static_cast<double>(x(j, i));
  }
  template <class T>
  [[noreturn]] static void refuse(const Matrix<T>& x, const Matrix<T>& reconstructed, Index j) {
    Index row = 0;
    while (std::isfinite(error(x, reconstructed, j, row))) ++row;
    fail(ErrorKind::numeric, "the reconstruction error of row " + std::to_string(row) + ", feature " +
                                 std::to_string(j) + ", is not finite: the row holds NaN, or the net does");
  }
};

#if defined(WEIR_COMPILED)
extern template ReconstructionError ReconstructionError::fit<float>(const Matrix<float>&,
                                                                    const Matrix<float>&, double);
#endif

}  // namespace weir::inline WEIR_ABI
