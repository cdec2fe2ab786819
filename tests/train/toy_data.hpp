// Small made-up data sets for the tests of training.
#pragma once

#include <weir/core/rng.hpp>
#include <weir/train/dataset.hpp>

namespace toy {

/// Two or three classes that a small net can tell apart: sums of some features, with noise.
inline weir::Dataset<float> classes(weir::Index rows, weir::Index features, weir::Label count,
                                    std::uint64_t seed) {
  weir::Dataset<float> data;
  data.shape = {features};
  data.x = weir::Matrix<float>(features, rows);
  weir::Rng rng(seed);
  for (weir::Index i = 0; i < rows; ++i) {
    const auto label = static_cast<weir::Label>(rng.below(static_cast<std::uint64_t>(count)));
    data.labels.push_back(label);
    for (weir::Index j = 0; j < features; ++j) {
      data.x(j, i) = static_cast<float>(rng.normal() + (j % count == label ? 1.0 : 0.0));
    }
  }
  return data;
}

/// y = a linear function of x, plus a little noise.
inline weir::Dataset<float> line(weir::Index rows, weir::Index features, std::uint64_t seed) {
  weir::Dataset<float> data;
  data.shape = {features};
  data.x = weir::Matrix<float>(features, rows);
  data.targets = weir::Matrix<float>(1, rows);
  weir::Rng rng(seed);
  for (weir::Index i = 0; i < rows; ++i) {
    double y = 0.5;
    for (weir::Index j = 0; j < features; ++j) {
      data.x(j, i) = static_cast<float>(rng.normal());
      y += 0.3 * static_cast<double>(j + 1) * static_cast<double>(data.x(j, i));
    }
    data.targets(0, i) = static_cast<float>(y + 0.01 * rng.normal());
  }
  return data;
}

}  // namespace toy
