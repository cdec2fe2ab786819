// The samples that tests/golden/eigen_golden.py gave to numpy and scikit-learn.
#pragma once

#include <weir/eigen/map.hpp>

#include <cmath>
#include <vector>

namespace weir_test {

/// 40 samples of 5 features, one a row.
inline weir::EigenMatrix<double, Eigen::RowMajor> golden_samples() {
  weir::EigenMatrix<double, Eigen::RowMajor> x(40, 5);
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 5; ++j)
      x(i, j) = ((7 * i + 13 * j + i * i * (j + 1)) % 23) / 4.0 - 2.0 + 0.05 * i * (j % 3);
  }
  return x;
}

/// Two targets a sample.
inline weir::EigenMatrix<double, Eigen::RowMajor> golden_targets() {
  const auto x = golden_samples();
  weir::EigenMatrix<double, Eigen::RowMajor> y(40, 2);
  for (int i = 0; i < 40; ++i) {
    y(i, 0) = 0.5 + std::cos(i);
    for (int j = 0; j < 5; ++j) y(i, 0) += x(i, j) * (j + 1) / 3.0;
    y(i, 1) = x(i, 0) * x(i, 1);
  }
  return y;
}

inline std::vector<double> golden_series() {
  std::vector<double> series;
  for (int t = 0; t < 60; ++t)
    series.push_back(3.0 + std::sin(0.7 * t) + 0.3 * std::cos(2.1 * t) + ((t * t) % 7) / 10.0);
  return series;
}

}  // namespace weir_test
