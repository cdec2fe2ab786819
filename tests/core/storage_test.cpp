// Tensors, buffers, extents, batches and their Eigen maps.
#include <weir/core/batch.hpp>
#include <weir/core/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace weir;

namespace {

bool aligned(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }

}  // namespace

TEST_CASE("extents: size, equality, text, and products that overflow") {
  CHECK(Extents{}.size() == 1);
  CHECK(Extents{3, 4, 5}.size() == 60);
  CHECK(Extents{3, 0, 5}.size() == 0);
  CHECK(Extents{3, 4}.str() == "[3, 4]");
  CHECK(Extents{3, 4} == Extents{3, 4});
  CHECK_FALSE(Extents{3, 4} == Extents{4, 3});
  CHECK_FALSE(Extents{3} == Extents{3, 0});
  const Index huge = Index{1} << 32;
  CHECK_THROWS_AS(static_cast<void>(Extents({huge, huge}).size()), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(Extents({std::numeric_limits<Index>::max(), 2}).size()), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(Extents({-1}).size()), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(Extents({2, -3}).size()), ShapeError);
  CHECK(Extents({std::numeric_limits<Index>::max(), 1}).size() == std::numeric_limits<Index>::max());
  CHECK_THROWS_AS(static_cast<void>(Extents{1, 2, 3, 4, 5}), ShapeError);
  static_assert(Extents{2, 3}.size() == 6);
}

TEST_CASE("tensors: storage is aligned, zero at first, inside the object when all extents are known") {
  Tensor<float, 3, 5> fixed;
  Tensor<float, dyn, dyn> free(3, 5);
  Tensor<float, dyn, 5> mixed(3, 5);
  static_assert(decltype(fixed)::is_static && !decltype(free)::is_static && !decltype(mixed)::is_static);
  const auto* begin = reinterpret_cast<const char*>(&fixed);
  const auto* data = reinterpret_cast<const char*>(fixed.data());
  CHECK((data >= begin && data < begin + sizeof(fixed)));
  CHECK(aligned(fixed.data()));
  CHECK(aligned(free.data()));
  CHECK(aligned(mixed.data()));
  for (const float v : fixed.span()) CHECK(v == 0.0F);
  for (const float v : free.span()) CHECK(v == 0.0F);
  CHECK(free.size() == 15);
  CHECK(Tensor<float, dyn>().size() == 0);
  CHECK(Tensor<float>().size() == 1);  // rank 0
}

TEST_CASE("tensors: the first extent runs fastest; at() checks") {
  Tensor<float, dyn, dyn, dyn> t(2, 3, 4);
  for (Index i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i);
  CHECK(t(1, 0, 0) == 1.0F);
  CHECK(t(0, 1, 0) == 2.0F);
  CHECK(t(0, 0, 1) == 6.0F);
  CHECK(t.at(1, 2, 3) == 23.0F);
  const auto& constant = t;
  CHECK(constant(1, 2, 3) == 23.0F);
  CHECK_THROWS_AS(static_cast<void>(t.at(2, 0, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(t.at(0, 3, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(constant.at(0, 0, 4)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(t.at(-1, 0, 0)), ShapeError);
  Tensor<float, 2, 2> fixed;
  fixed.at(1, 0) = 5.0F;
  CHECK(fixed[1] == 5.0F);
  CHECK_THROWS_AS(static_cast<void>(fixed.at(0, 2)), ShapeError);
}

TEST_CASE("tensors: extents that do not fit the type are refused") {
  using Mixed = Tensor<float, dyn, 5>;
  CHECK_NOTHROW(Mixed(7, 5));
  CHECK_THROWS_AS(Mixed(7, 4), ShapeError);
  CHECK_THROWS_AS(Mixed(Extents{7}), ShapeError);
  CHECK_THROWS_AS((Tensor<float, dyn>(-1)), ShapeError);
  CHECK_THROWS_AS((Tensor<float, dyn, dyn>(Index{1} << 40, Index{1} << 40)), ShapeError);
}

TEST_CASE("tensors are values; views are not") {
  Tensor<float, dyn> a(4);
  a.fill(2.0F);
  Tensor<float, dyn> b = a;
  b[0] = 7.0F;
  CHECK(a[0] == 2.0F);
  CHECK_FALSE(a == b);
  b = a;
  CHECK(a == b);
  CHECK_FALSE(a == Tensor<float, dyn>(5));
  const TensorView<float> view = a.view();
  view[3] = 9.0F;
  CHECK(a[3] == 9.0F);
  const TensorView<const float> constant = view;
  CHECK(constant.data() == a.data());
  CHECK(constant.extents() == Extents{4});
  static_assert(!std::is_convertible_v<TensorView<const float>, TensorView<float>>);
}

TEST_CASE("aligned buffers: copy, move, assignment to themselves") {
  AlignedBuffer<int> a(3);
  a.data()[0] = 1;
  a.data()[2] = 3;
  CHECK(aligned(a.data()));
  CHECK(a.data()[1] == 0);

  AlignedBuffer<int> copy(a);
  CHECK(copy.data() != a.data());
  CHECK(copy.data()[2] == 3);
  const int* place = copy.data();
  copy.data()[0] = 5;
  copy = a;  // the same size: no new memory
  CHECK(copy.data() == place);
  CHECK(copy.data()[0] == 1);
  AlignedBuffer<int> other(7);
  other = a;
  CHECK(other.size() == 3);
  CHECK(other.data()[2] == 3);

  place = copy.data();
  const AlignedBuffer<int> moved(std::move(copy));
  CHECK(moved.data() == place);
  CHECK(copy.data() == nullptr);  // NOLINT: what is left of a moved buffer
  CHECK(copy.size() == 0);
  copy = a;
  CHECK(copy.data()[2] == 3);

  AlignedBuffer<int>& self = a;
  a = self;
  CHECK(a.data()[2] == 3);
  a = std::move(self);
  CHECK(a.size() == 3);
  CHECK(a.data()[2] == 3);

  const AlignedBuffer<int> empty;
  CHECK(AlignedBuffer<int>(empty).size() == 0);
  a = empty;
  CHECK(a.data() == nullptr);
  CHECK_THROWS_AS(AlignedBuffer<double>(std::numeric_limits<std::size_t>::max() / 4), ShapeError);
}

TEST_CASE("batches: layout, samples, slices, lengths") {
  std::vector<float> values(2 * 3 * 4);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const std::vector<Index> lengths{3, 1, 2, 3};
  const BatchView<float> batch(values.data(), Shape{2, 3}, 4, lengths);
  CHECK(batch.columns() == 12);
  CHECK(batch.size() == 24);
  CHECK(batch.sample(2)[0] == 12.0F);  // channels, then time, then sample
  CHECK(batch.sample(2).size() == 6);
  CHECK(batch.length_of(1) == 1);
  const BatchView<float> part = batch.slice(1, 2);
  CHECK(part.count() == 2);
  CHECK(part.data() == values.data() + 6);
  CHECK(part.length_of(0) == 1);
  CHECK(part.length_of(1) == 2);
  CHECK(batch.slice(4, 0).count() == 0);
  const BatchView<const float> full(values.data(), Shape{2, 3}, 4);
  CHECK(full.length_of(1) == 3);
  CHECK(full.slice(2, 2).lengths().empty());
  CHECK(BatchView<float>{}.absent());
  CHECK_FALSE(batch.absent());
  CHECK(Shape{5}.str() == "5");
  CHECK(Shape{5, 2}.str() == "5 x 2");
  static_assert(std::is_convertible_v<BatchView<float>, BatchView<const float>>);
  static_assert(!std::is_convertible_v<BatchView<const float>, BatchView<float>>);
}
