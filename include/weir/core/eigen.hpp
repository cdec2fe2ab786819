// Eigen maps onto weir's storage: the bridge to everything else that Eigen can do (decompositions,
// expressions).
//
//   weir::Matrix<float> x(100, 32);
//   auto mean = weir::as_matrix(x).rowwise().mean();
//
// The only file that includes Eigen. weir's own products are in simd/gemm.hpp, because Eigen's symbols would
// be shared between translation units compiled with different -m flags, and because they are faster
// (docs/performance.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/tensor.hpp>

#include <Eigen/Core>

#include <type_traits>

namespace weir::inline WEIR_ABI {

namespace detail {
template <class T>
using EigenMatrix = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using EigenMap = Eigen::Map<std::conditional_t<std::is_const_v<T>, const EigenMatrix<T>, EigenMatrix<T>>>;
}  // namespace detail

/// rows = the first extent, columns = all the others.
template <class T>
[[nodiscard]] detail::EigenMap<T> as_matrix(TensorView<T> view) {
  const Index rows = view.extents().rank() == 0 ? 1 : view.extents()[0];
  return {view.data(), rows, rows == 0 ? 0 : view.size() / rows};
}
template <class T, Index... E>
[[nodiscard]] auto as_matrix(Tensor<T, E...>& tensor) {
  return as_matrix(tensor.view());
}
template <class T, Index... E>
[[nodiscard]] auto as_matrix(const Tensor<T, E...>& tensor) {
  return as_matrix(tensor.view());
}

/// rows = channels, columns = time steps of all samples.
template <class T>
[[nodiscard]] detail::EigenMap<T> as_matrix(BatchView<T> batch) {
  return {batch.data(), batch.channels(), batch.columns()};
}

}  // namespace weir::inline WEIR_ABI
