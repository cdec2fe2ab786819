#include <doctest/doctest.h>
#include <weir/core/error.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/matrix_batch.hpp>

#include <cstdint>
#include <type_traits>
#include <vector>

using namespace weir;

namespace {

using RowMajor = EigenMatrix<float, Eigen::RowMajor>;

/// 0, 1, 2, ... as they lie in memory.
template <class M>
M counted(Index rows, Index columns) {
  M m(rows, columns);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(i);
  return m;
}

template <class Map>
inline constexpr int alignment_of = Eigen::internal::traits<Map>::Alignment;
template <class T>
concept Mappable = requires(T&& t) {
  as_matrix(std::forward<T>(t));
};
template <class T>
concept Batchable = requires(T&& t) {
  batch_of(std::forward<T>(t));
};

}  // namespace

TEST_CASE("Eigen maps see the same elements") {
  Matrix<float> m(2, 3);
  for (Index i = 0; i < 6; ++i) m[i] = static_cast<float>(i);
  CHECK(as_matrix(m).rows() == 2);
  CHECK(as_matrix(m).cols() == 3);
  CHECK(as_matrix(m)(1, 2) == m(1, 2));
  as_matrix(m)(0, 1) = 42.0F;
  CHECK(m(0, 1) == 42.0F);
  const Matrix<float>& constant = m;
  CHECK(as_matrix(constant).sum() == 0.0F + 1.0F + 42.0F + 3.0F + 4.0F + 5.0F);
  const Tensor<float, dyn> row(4);
  CHECK(as_matrix(row).cols() == 1);
  const Tensor<float, dyn, dyn> empty(0, 4);
  CHECK(as_matrix(empty).size() == 0);
  std::vector<float> values(12, 1.0F);
  const BatchView<const float> batch(values.data(), Shape{2, 3}, 2);
  CHECK(as_matrix(batch).rows() == 2);
  CHECK(as_matrix(batch).cols() == 6);
}

TEST_CASE("Rows are the same memory, one sample a row") {
  Matrix<float> m(3, 4);
  for (Index i = 0; i < 12; ++i) m[i] = static_cast<float>(i);
  CHECK(as_rows(m).rows() == 4);
  CHECK(as_rows(m).cols() == 3);
  CHECK(as_rows(m).data() == m.data());
  CHECK(as_rows(m)(2, 1) == m(1, 2));
  as_rows(m)(3, 0) = -1.0F;
  CHECK(m(0, 3) == -1.0F);
  const Tensor<float, 3, 4> fixed;
  CHECK(as_rows(fixed).rows() == 4);
  CHECK(as_rows(m.view()).rows() == 4);
  Tensor<float, 2, 3, 4> cube;
  CHECK(as_matrix(cube).cols() == 12);
  CHECK(as_vector(cube).size() == 24);
}

TEST_CASE("Maps of tensors are aligned, maps of views are not") {
  Matrix<float> m(3, 5);
  static_assert(alignment_of<decltype(as_matrix(m))> == Eigen::Aligned64);
  static_assert(alignment_of<decltype(as_rows(m))> == Eigen::Aligned64);
  static_assert(alignment_of<decltype(as_vector(m))> == Eigen::Aligned64);
  static_assert(alignment_of<decltype(as_matrix(m.view()))> == Eigen::Unaligned);
  const Tensor<double, 5> inside;
  CHECK(reinterpret_cast<std::uintptr_t>(as_vector(inside).data()) % 64 == 0);
  static_assert(std::is_const_v<std::remove_pointer_t<decltype(as_vector(inside).data())>>);
  static_assert(Mappable<Matrix<float>&>);
  static_assert(!Mappable<Matrix<float>>);  // the memory of a temporary would be gone
}

TEST_CASE("A tensor is set from an expression, with the extents of the expression") {
  const Eigen::MatrixXf a = Eigen::MatrixXf::Random(3, 4);
  Matrix<float> m;
  assign(m, 2.0F * a);
  CHECK(m.extents() == Extents{3, 4});
  CHECK(as_matrix(m) == 2.0F * a);
  assign(m, as_matrix(m).transpose());  // reads what it writes
  CHECK(m.extents() == Extents{4, 3});
  CHECK(as_matrix(m) == (2.0F * a).transpose());
  const RowMajor b = a;
  CHECK(to_matrix(b)(1, 2) == a(1, 2));  // element (i, j) stays element (i, j)
  Tensor<float, dyn> vector;
  assign(vector, a.rowwise().sum());
  CHECK(vector.size() == 3);
  assign(vector, a.colwise().sum());
  CHECK(vector.size() == 4);
  CHECK(vector[1] == a.col(1).sum());
  Tensor<float, 3, dyn> three;
  assign(three, a);
  CHECK(as_matrix(three) == a);
  CHECK_THROWS_AS(assign(three, a.transpose()), ShapeError);
}

TEST_CASE("A batch is the memory of a matrix of either order") {
  const auto columns = counted<Eigen::MatrixXf>(3, 4);
  const auto rows = counted<RowMajor>(4, 3);
  for (const BatchView<const float> batch : {batch_of(columns), batch_of(rows)}) {
    CHECK(batch.shape() == Shape{3});
    CHECK(batch.count() == 4);
    CHECK(batch.sample(2)[1] == 7.0F);
  }
  CHECK(batch_of(columns).data() == columns.data());
  CHECK(batch_of(rows).data() == rows.data());
  const auto long_rows = counted<RowMajor>(2, 6);
  const BatchView<const float> series = batch_of(long_rows, Shape{3, 2});
  CHECK(series.shape() == Shape{3, 2});
}

TEST_CASE("Maps, references, blocks and vectors are batches when their samples lie side by side") {
  const auto columns = counted<Eigen::MatrixXf>(3, 4);
  const auto rows = counted<RowMajor>(4, 3);
  const Eigen::Map<const Eigen::MatrixXf> map(columns.data(), 3, 4);
  CHECK(batch_of(map).data() == columns.data());
  const Eigen::Ref<const Eigen::MatrixXf> reference = columns;
  CHECK(batch_of(reference).data() == columns.data());
  const auto block = columns.middleCols(1, 2);
  CHECK(batch_of(block).data() == columns.data() + 3);
  CHECK(batch_of(block).count() == 2);
  const auto some = rows.bottomRows(3);
  CHECK(batch_of(some).data() == rows.data() + 3);
  CHECK(batch_of(some).count() == 3);
  const Eigen::VectorXf one = columns.col(1);
  CHECK(batch_of(one).shape() == Shape{3});
  CHECK(batch_of(one).count() == 1);
  const Eigen::RowVectorXf row = rows.row(1);
  CHECK(batch_of(row).shape() == Shape{3});
  CHECK(batch_of(row).count() == 1);
  const auto row_of_rows = rows.row(2);
  CHECK(batch_of(row_of_rows).data() == rows.data() + 6);
  const auto transposed = columns.transpose();  // rows of a row-major one: the same samples
  CHECK(batch_of(transposed).data() == columns.data());
  CHECK(batch_of(transposed).shape() == Shape{3});
}

TEST_CASE("What does not lie side by side, or has other samples, is refused") {
  const auto columns = counted<Eigen::MatrixXf>(3, 4);
  const auto rows = counted<RowMajor>(4, 3);
  CHECK_THROWS_WITH_AS(static_cast<void>(batch_of(columns.topRows(2))),
                       doctest::Contains("strides are 1 and 3, not 1 and 2"), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(batch_of(rows.leftCols(2))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(batch_of(columns.row(1))), ShapeError);
  const Eigen::Map<const Eigen::MatrixXf, 0, Eigen::OuterStride<>> every_second(columns.data(), 3, 2,
                                                                                Eigen::OuterStride<>(6));
  CHECK_THROWS_AS(static_cast<void>(batch_of(every_second)), ShapeError);
  CHECK_THROWS_WITH_AS(static_cast<void>(batch_of(columns, Shape{2, 2})),
                       doctest::Contains("a sample is a column of a column-major matrix"), ShapeError);
  static_assert(Batchable<const Eigen::MatrixXf&>);
  static_assert(!Batchable<Eigen::MatrixXf>);  // the memory of a temporary would be gone
}
