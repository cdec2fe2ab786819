// weir's memory as Eigen matrices, without a copy; and a tensor from an Eigen expression.
//
//   weir::Matrix<float> x(41, 1000);                    // 1,000 samples, one a column
//   auto mean = weir::as_matrix(x).rowwise().mean();    // features x samples, column-major
//   auto table = weir::as_rows(x);                      // samples x features, row-major: same memory
//   weir::assign(x, 2.0F * weir::as_matrix(other));     // sized anew and filled
//
// A Tensor begins at an address that is a multiple of 64 bytes, and Eigen is told so.
//
// Eigen's symbols are shared by all translation units of a program, whatever their -m flags; weir's are not.
// So these headers are for files whose flags agree (docs/eigen.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/tensor.hpp>

#include <Eigen/Core>

#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

/// A matrix of Eigen's with both extents known at run time.
template <class T, int Order = Eigen::ColMajor>
using EigenMatrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Order>;

namespace detail {

template <class T, class M, int Alignment>
using EigenMap = Eigen::Map<std::conditional_t<std::is_const_v<T>, const M, M>, Alignment>;
template <class T, int Order, int Alignment>
using EigenMatrixMap = EigenMap<T, EigenMatrix<std::remove_const_t<T>, Order>, Alignment>;
template <class T, int Alignment>
using EigenVectorMap = EigenMap<T, Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, 1>, Alignment>;

inline constexpr int tensor_alignment = Eigen::Aligned64;
static_assert(tensor_alignment == static_cast<int>(alignment));

/// First extent, and all the others.
template <int Alignment, class T>
[[nodiscard]] EigenMatrixMap<T, Eigen::ColMajor, Alignment> map_columns(TensorView<T> view) {
  const Index rows = view.extents().rank() == 0 ? 1 : view.extents()[0];
  return {view.data(), rows, rows == 0 ? 0 : view.size() / rows};
}
template <int Alignment, class T>
[[nodiscard]] EigenMatrixMap<T, Eigen::RowMajor, Alignment> map_rows(TensorView<T> view) {
  const auto columns = map_columns<Alignment>(view);
  return {view.data(), columns.cols(), columns.rows()};
}

}  // namespace detail

/// Column-major: rows = the first extent, columns = all the others.
template <class T>
[[nodiscard]] auto as_matrix(TensorView<T> view) {
  return detail::map_columns<Eigen::Unaligned>(view);
}
template <class T, Index... E>
[[nodiscard]] auto as_matrix(Tensor<T, E...>& tensor) {
  return detail::map_columns<detail::tensor_alignment>(tensor.view());
}
template <class T, Index... E>
[[nodiscard]] auto as_matrix(const Tensor<T, E...>& tensor) {
  return detail::map_columns<detail::tensor_alignment>(tensor.view());
}
template <class T, Index... E>
void as_matrix(const Tensor<T, E...>&&) = delete;  // its memory would be gone

/// Rows = channels, columns = time steps of all samples.
template <class T>
[[nodiscard]] auto as_matrix(BatchView<T> batch) {
  return detail::EigenMatrixMap<T, Eigen::ColMajor, Eigen::Unaligned>(batch.data(), batch.channels(),
                                                                      batch.columns());
}

/// Row-major: columns = the first extent, rows = all the others. Of one sample a column: one sample a row.
template <class T>
[[nodiscard]] auto as_rows(TensorView<T> view) {
  return detail::map_rows<Eigen::Unaligned>(view);
}
template <class T, Index... E>
[[nodiscard]] auto as_rows(Tensor<T, E...>& tensor) {
  return detail::map_rows<detail::tensor_alignment>(tensor.view());
}
template <class T, Index... E>
[[nodiscard]] auto as_rows(const Tensor<T, E...>& tensor) {
  return detail::map_rows<detail::tensor_alignment>(tensor.view());
}
template <class T, Index... E>
void as_rows(const Tensor<T, E...>&&) = delete;

/// All elements as one column.
template <class T>
[[nodiscard]] auto as_vector(TensorView<T> view) {
  return detail::EigenVectorMap<T, Eigen::Unaligned>(view.data(), view.size());
}
template <class T, Index... E>
[[nodiscard]] auto as_vector(Tensor<T, E...>& tensor) {
  return detail::EigenVectorMap<T, detail::tensor_alignment>(tensor.data(), tensor.size());
}
template <class T, Index... E>
[[nodiscard]] auto as_vector(const Tensor<T, E...>& tensor) {
  return detail::EigenVectorMap<const T, detail::tensor_alignment>(tensor.data(), tensor.size());
}
template <class T, Index... E>
void as_vector(const Tensor<T, E...>&&) = delete;

/// Makes `tensor` what the expression is, element (i, j) from element (i, j). Of rank 1 it takes vectors.
/// ShapeError when an extent that is fixed at compile time differs. The expression may read from the tensor
/// itself.
template <class T, Index... E, class D>
void assign(Tensor<T, E...>& tensor, const Eigen::DenseBase<D>& expression) {
  static_assert(sizeof...(E) == 1 || sizeof...(E) == 2, "weir: assign fills tensors of rank 1 or 2");
  static_assert(std::is_same_v<typename D::Scalar, T>,
                "weir: the expression has another scalar than the tensor; write .template cast<T>()");
  Extents extents;
  if constexpr (sizeof...(E) == 1) {
    static_assert(D::IsVectorAtCompileTime, "weir: a tensor of rank 1 takes a vector");
    extents = {expression.size()};
  } else {
    extents = {expression.rows(), expression.cols()};
  }
  Tensor<T, E...> result(extents);
  if constexpr (sizeof...(E) == 1 && D::RowsAtCompileTime == 1) {
    as_vector(result) = expression.derived().transpose();
  } else {
    as_matrix(result) = expression.derived();
  }
  tensor = std::move(result);
}

/// A Matrix of what the expression is.
template <class D>
[[nodiscard]] Matrix<typename D::Scalar> to_matrix(const Eigen::DenseBase<D>& expression) {
  Matrix<typename D::Scalar> result;
  assign(result, expression);
  return result;
}

}  // namespace weir::inline WEIR_ABI
