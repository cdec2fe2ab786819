// Rows with 100 numbers and a label that follows from ten of them, with noise. In place of your data.
#pragma once

#include <weir/core/rng.hpp>
#include <weir/train/dataset.hpp>

#include <cmath>
#include <cstdint>

inline weir::Dataset<float> made_up_data(weir::Index rows, std::uint64_t seed) {
  weir::Dataset<float> data;
  data.shape = weir::Shape{100};
  data.x = weir::Matrix<float>(100, rows);
  weir::Rng rng(seed);
  for (weir::Index i = 0; i < rows; ++i) {
    double evidence = 0.4 * rng.normal();
    for (weir::Index j = 0; j < 100; ++j) {
      const double x = rng.normal();
      data.x(j, i) = static_cast<float>(x);
      if (j < 5) evidence += x;
      if (j >= 5 && j < 10) evidence += std::fabs(x) - 0.8;  // no straight line separates the classes
    }
    data.labels.push_back(evidence > 0.0 ? 1 : 0);
  }
  return data;
}
