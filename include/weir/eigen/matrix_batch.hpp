// Eigen matrices as batches, without a copy.
//
// A sample is a run of numbers that lie side by side in memory. So the order of a matrix says what its
// samples are:
//
//   column-major   features x samples: a sample is a column      (weir's own layout)
//   row-major      samples x features: a sample is a row         (that of numpy, and of tables)
//
// Eigen's default is column-major: a MatrixXf with one sample a row has to be transposed (which copies), or
// be declared Eigen::RowMajor.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/eigen/map.hpp>

#include <string>
#include <type_traits>

namespace weir::inline WEIR_ABI {

/// The order of a matrix, of a map or of an expression.
template <class D>
inline constexpr int order_of = D::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor;

/// Numbers of one sample.
template <class D>
[[nodiscard]] Index features_of(const Eigen::DenseBase<D>& x) noexcept {
  return D::IsRowMajor ? x.cols() : x.rows();
}
template <class D>
[[nodiscard]] Index samples_of(const Eigen::DenseBase<D>& x) noexcept {
  return D::IsRowMajor ? x.rows() : x.cols();
}

namespace detail {

/// The shape of a sample that was asked for; none: plain features.
template <class D>
[[nodiscard]] Shape checked_shape(const Eigen::DenseBase<D>& x, Shape shape) {
  if (shape == Shape{}) return {features_of(x)};
  if (shape.size() != features_of(x)) {
    fail(ErrorKind::shape,
         "samples of shape " + shape.str() + " have " + std::to_string(shape.size()) + " numbers; the " +
             (D::IsRowMajor ? "rows" : "columns") + " of this " +
             (D::IsRowMajor ? "row-major" : "column-major") + " matrix have " +
             std::to_string(features_of(x)) +
             ": a sample is a column of a column-major matrix, and a row of a row-major one");
  }
  return shape;
}

}  // namespace detail

/// The samples of a matrix, vector, Map, Ref or Block, with their shape: {channels, length}, by default plain
/// features. Valid while the matrix is. ShapeError when they do not lie side by side (a block of some of the
/// features, every second sample): copy such a block first, `.eval()`.
template <class D>
[[nodiscard]] BatchView<const typename D::Scalar> batch_of(const Eigen::DenseBase<D>& x, Shape shape = {}) {
  static_assert((static_cast<unsigned>(D::Flags) & Eigen::DirectAccessBit) != 0,
                "weir: a batch needs a matrix that lies in memory; make one of the expression with .eval()");
  const D& matrix = x.derived();
  const bool dense = (matrix.innerStride() == 1 || features_of(x) <= 1) &&
                     (matrix.outerStride() == features_of(x) || samples_of(x) <= 1);
  if (!dense) {
    fail(ErrorKind::shape, "the samples of this block do not lie side by side in memory: its strides are " +
                               std::to_string(matrix.innerStride()) + " and " +
                               std::to_string(matrix.outerStride()) + ", not 1 and " +
                               std::to_string(features_of(x)) + "; copy it with .eval() first");
  }
  return {matrix.data(), detail::checked_shape(x, shape), samples_of(x)};
}
template <class D>
void batch_of(const Eigen::PlainObjectBase<D>&&, Shape = {}) = delete;  // its memory would be gone

}  // namespace weir::inline WEIR_ABI
