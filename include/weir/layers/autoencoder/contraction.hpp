// The contractive penalty (Rifai, Vincent, Muller, Glorot, Bengio 2011) of an encoder z = f(W x + b), the
// squared Frobenius norm of its Jacobian. It makes the code insensitive to small changes of x.
//
//   p(x) = weight sum_jk (dz_j / dx_k)^2 = weight sum_j s_j^2 r_j        s_j = f'(h_j), r_j = sum_k W_jk^2
//
//   dp/dW_jk += 2 weight W_jk sum over x of s_j^2            beside what goes through z
//   dp/dz_j  += 2 weight r_j s_j q_j,   q = ds/dz:   sigmoid s = z (1 - z), q = 1 - 2 z
//                                                    tanh    s = 1 - z^2,   q = -2 z
//
// For relu and identity s is constant where it has a slope at all, and the penalty is weight decay in
// disguise: these are refused.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/layers/activations/code_activation.hpp>

#include <cstddef>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

[[nodiscard]] constexpr bool can_contract(CodeActivation activation) noexcept {
  return activation == CodeActivation::sigmoid || activation == CodeActivation::tanh;
}

/// Slope f'(h) and its derivative after z, both from z = f(h).
template <class T>
struct CodeSlope {
  double s, q;
  CodeSlope(CodeActivation activation, T z) {
    const auto value = static_cast<double>(z);
    const bool sigmoid = activation == CodeActivation::sigmoid;
    s = sigmoid ? value * (1.0 - value) : 1.0 - value * value;
    q = sigmoid ? 1.0 - 2.0 * value : -2.0 * value;
  }
};

/// r_j: the squared norms of the rows of W (units x inputs, column-major).
template <class T>
void squared_rows(TensorView<const T> weight, std::vector<double>& rows) {
  const auto units = weight.extents()[0];
  rows.assign(static_cast<std::size_t>(units), 0.0);
  for (Index i = 0; i < weight.size(); ++i) {
    const auto w = static_cast<double>(weight[i]);
    rows[static_cast<std::size_t>(i % units)] += w * w;
  }
}

/// Calls f(unit, place of z_j) for each unit of each time step that counts.
template <class T, class F>
void each_unit(BatchView<const T> codes, F f) {
  for (Index i = 0; i < codes.count(); ++i) {
    const Index first = i * codes.shape().size();
    for (Index k = 0; k < codes.length_of(i) * codes.channels(); ++k) {
      f(static_cast<std::size_t>(k % codes.channels()), first + k);
    }
  }
}

/// The penalty summed over the items of a batch of codes z, without the weight. `rows` as scratch.
template <class T>
[[nodiscard]] double contraction(CodeActivation activation, TensorView<const T> weight,
                                 BatchView<const T> codes, std::vector<double>& rows) {
  squared_rows(weight, rows);
  double sum = 0.0;
  each_unit(codes, [&](std::size_t unit, Index at) {
    const double s = CodeSlope<T>(activation, codes.data()[at]).s;
    sum += s * s * rows[unit];
  });
  return sum;
}

/// Adds the penalty's gradients after z and, directly, after W. `factor`: the penalty's weight times the
/// loss's scale. `rows` and `squares` as scratch.
template <class T>
void add_contraction_gradient(CodeActivation activation, TensorView<const T> weight, BatchView<const T> codes,
                              double factor, BatchView<T> d_codes, TensorView<T> d_weight,
                              std::vector<double>& rows, std::vector<double>& squares) {
  squared_rows(weight, rows);
  squares.assign(rows.size(), 0.0);
  each_unit(codes, [&](std::size_t unit, Index at) {
    const CodeSlope<T> slope(activation, codes.data()[at]);
    squares[unit] += slope.s * slope.s;
    d_codes.data()[at] += static_cast<T>(2.0 * factor * rows[unit] * slope.s * slope.q);
  });
  for (Index i = 0; i < weight.size(); ++i) {
    const double square = squares[static_cast<std::size_t>(i) % squares.size()];
    d_weight[i] += static_cast<T>(2.0 * factor * square * static_cast<double>(weight[i]));
  }
}

}  // namespace weir::inline WEIR_ABI::detail
