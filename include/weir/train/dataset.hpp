// Samples to learn from, in memory: inputs, and labels or target values or neither (an autoencoder's target
// is its input).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/losses/target.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Dataset {
  Matrix<T> x;                 ///< shape.size() x rows, one sample a column: its steps one after the other
  Shape shape;                 ///< of one sample
  std::vector<Label> labels;   ///< classes 0, 1, ...; one a row (or one a time step)
  Matrix<T> targets;           ///< target values, one column a row
  std::vector<T> weights;      ///< sample weights; empty: all 1
  std::vector<Index> lengths;  ///< time steps that count; empty: all

  [[nodiscard]] Index rows() const { return x.extents()[1]; }
  [[nodiscard]] BatchView<const T> inputs() const { return {x.data(), shape, rows(), lengths}; }
  [[nodiscard]] bool has_labels() const noexcept { return !labels.empty(); }
  [[nodiscard]] bool has_targets() const noexcept { return targets.size() > 0; }

  /// Throws ShapeError when the parts do not fit each other.
  void check() const {
    const auto wrong = [](const std::string& what) { fail(ErrorKind::shape, "data set: " + what); };
    const auto n = static_cast<std::size_t>(rows());
    if (x.extents()[0] != shape.size()) {
      wrong("x has " + std::to_string(x.extents()[0]) + " rows and " + std::to_string(x.extents()[1]) +
            " columns; for samples of shape " + shape.str() + " it must have " +
            std::to_string(shape.size()) + " rows (channels * length), one sample a column");
    }
    if (has_labels() && (n == 0 || labels.size() % n != 0))
      wrong(std::to_string(labels.size()) + " labels do not fit " + std::to_string(n) + " rows");
    if (has_targets() && targets.extents()[1] != rows())
      wrong("targets and x have different numbers of rows");
    if (!weights.empty() && weights.size() != n) wrong("weights and x have different numbers of rows");
    if (!lengths.empty() && lengths.size() != n) wrong("lengths and x have different numbers of rows");
    for (const Label label : labels) {
      if (label < 0) wrong("a label is negative");
    }
    for (const T weight : weights) {
      if (!(weight >= T(0) && weight <= std::numeric_limits<T>::max()))
        wrong("a weight is negative or not finite");
    }
    for (const Index length : lengths) {
      if (length < 0 || length > shape.length)
        wrong("a length is outside 0 ... " + std::to_string(shape.length));
    }
  }

  /// A copy of some rows.
  [[nodiscard]] Dataset subset(std::span<const Index> chosen) const {
    Dataset part;
    part.shape = shape;
    part.x = columns_of(x, chosen);
    if (has_targets()) part.targets = columns_of(targets, chosen);
    const std::size_t per_row = has_labels() ? labels.size() / static_cast<std::size_t>(rows()) : 0;
    for (const Index row : chosen) {
      const auto r = static_cast<std::size_t>(row);
      for (std::size_t i = 0; i < per_row; ++i) part.labels.push_back(labels[r * per_row + i]);
      if (!weights.empty()) part.weights.push_back(weights[r]);
      if (!lengths.empty()) part.lengths.push_back(lengths[r]);
    }
    return part;
  }

 private:
  static Matrix<T> columns_of(const Matrix<T>& from, std::span<const Index> chosen) {
    const Index size = from.extents()[0];
    Matrix<T> to(size, static_cast<Index>(chosen.size()));
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      std::copy_n(from.data() + chosen[i] * size, size, to.data() + static_cast<Index>(i) * size);
    }
    return to;
  }
};

/// One more than the largest label.
[[nodiscard]] inline Index class_count(std::span<const Label> labels) {
  Label most = -1;
  for (const Label label : labels) most = std::max(most, label);
  return static_cast<Index>(most) + 1;
}

/// Weights that give every class the same say: rows / (classes * rows of the class), as scikit-learn's
/// "balanced".
[[nodiscard]] inline std::vector<double> balanced_class_weights(std::span<const Label> labels) {
  std::vector<double> counts(static_cast<std::size_t>(class_count(labels)), 0.0);
  for (const Label label : labels) counts[static_cast<std::size_t>(label)] += 1.0;
  for (double& count : counts) {
    if (count > 0.0)
      count = static_cast<double>(labels.size()) / (static_cast<double>(counts.size()) * count);
  }
  return counts;
}

#if defined(WEIR_COMPILED)
extern template struct Dataset<float>;
#endif

}  // namespace weir::inline WEIR_ABI
