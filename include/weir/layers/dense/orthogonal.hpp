// Orthogonal initial weights, for what multiplies a state again and again (Saxe, McClelland, Ganguli 2014).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/tensor.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// Random orthonormal columns (rows when the matrix is wider than high), as Keras's Orthogonal. Gram-Schmidt,
/// twice: that is enough (Giraud, Langou, Rozloznik 2005).
template <class T>
void initialize_orthogonal(TensorView<T> weights, Rng& rng) {
  const Index rows = weights.extents()[0], columns = weights.extents()[1];
  const Index length = std::max(rows, columns), count = std::min(rows, columns);
  std::vector<double> vectors(static_cast<std::size_t>(length * count));
  for (double& v : vectors) v = rng.normal();
  for (Index i = 0; i < count; ++i) {
    double* vector = vectors.data() + i * length;
    for (Index round = 0; round < 2; ++round) {
      for (Index j = 0; j < i; ++j) {
        const double* other = vectors.data() + j * length;
        simd::add_scaled(length, -simd::dot(length, vector, other), other, vector);
      }
      simd::scale(length, 1.0 / std::sqrt(simd::sum_of_squares(length, vector)), vector, vector);
    }
  }
  for (Index c = 0; c < columns; ++c) {
    for (Index r = 0; r < rows; ++r) {
      const Index from = rows >= columns ? r + c * length : c + r * length;
      weights[r + c * rows] = static_cast<T>(vectors[static_cast<std::size_t>(from)]);
    }
  }
}

}  // namespace weir::inline WEIR_ABI::detail
