// Storage and views.
//
// `Tensor<T, Extents...>` owns 64-byte-aligned elements; each extent is a number known at compile time or
// `dyn`. With all extents known the elements lie inside the object and nothing is allocated. The first extent
// runs fastest (column-major, as in Eigen): `Tensor<float, dyn, dyn>` of shape {rows, columns} is a
// column-major matrix.
//
// `TensorView<T>` is a pointer with extents: what kernels, optimizers and files see of any tensor.
//
// Storage is never an Eigen or xsimd type, so that its layout does not change with -m flags;
// `weir/eigen/map.hpp` gives Eigen maps onto it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

using Index = std::ptrdiff_t;

/// An extent that is known only at run time.
inline constexpr Index dyn = -1;

inline constexpr std::size_t max_rank = 4;
inline constexpr std::size_t alignment = 64;

/// Extents of a tensor, rank 0 to 4.
class Extents {
 public:
  constexpr Extents() noexcept = default;
  constexpr Extents(std::initializer_list<Index> extents) : rank_(extents.size()) {
    if (rank_ > max_rank) fail(ErrorKind::shape, "a tensor has at most 4 extents");
    std::copy(extents.begin(), extents.end(), extents_.begin());
  }

  [[nodiscard]] constexpr std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] constexpr Index operator[](std::size_t i) const noexcept {
    assert(i < rank_);
    return extents_[i];
  }
  /// Product of the extents, 1 for rank 0. Throws ShapeError on a negative extent or overflow.
  [[nodiscard]] constexpr Index size() const {
    Index product = 1;
    for (std::size_t i = 0; i < rank_; ++i) {
      const Index extent = extents_[i];
      if (extent < 0 || (extent != 0 && product > std::numeric_limits<Index>::max() / extent)) {
        fail(ErrorKind::shape, "extents " + str() + " do not describe a tensor");
      }
      product *= extent;
    }
    return product;
  }
  [[nodiscard]] std::string str() const {
    std::string text = "[";
    for (std::size_t i = 0; i < rank_; ++i) text += (i == 0 ? "" : ", ") + std::to_string(extents_[i]);
    return text + "]";
  }
  friend constexpr bool operator==(const Extents&, const Extents&) = default;

 private:
  std::array<Index, max_rank> extents_{};
  std::size_t rank_ = 0;
};

/// Elements somewhere else, with extents; the first extent runs fastest.
template <class T>
class TensorView {
 public:
  constexpr TensorView() noexcept = default;
  constexpr TensorView(T* data, Extents extents) : data_(data), extents_(extents), size_(extents.size()) {}
  template <class U>
  requires(std::is_same_v<const U, T>) constexpr TensorView(
      const TensorView<U>& other) noexcept  // NOLINT: a view of const
      : data_(other.data()), extents_(other.extents()), size_(other.size()) {}

  [[nodiscard]] constexpr T* data() const noexcept { return data_; }
  [[nodiscard]] constexpr Index size() const noexcept { return size_; }
  [[nodiscard]] constexpr const Extents& extents() const noexcept { return extents_; }
  [[nodiscard]] constexpr std::span<T> span() const noexcept {
    return {data_, static_cast<std::size_t>(size_)};
  }
  [[nodiscard]] constexpr T& operator[](Index i) const noexcept {
    assert(i >= 0 && i < size_);
    return data_[i];
  }

 private:
  T* data_ = nullptr;
  Extents extents_;
  Index size_ = 0;
};

/// A fixed number of aligned elements on the heap, copied by value, zero at first.
template <class T>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  AlignedBuffer() noexcept = default;
  explicit AlignedBuffer(std::size_t size) : data_(allocate(size)), size_(size) {
    std::fill_n(data_, size_, T{});
  }
  AlignedBuffer(const AlignedBuffer& other) : data_(allocate(other.size_)), size_(other.size_) {
    std::copy_n(other.data_, size_, data_);
  }
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(const AlignedBuffer& other) {
    if (size_ == other.size_) {
      std::copy_n(other.data_, size_, data_);  // training copies weights to weights: no new memory
    } else {
      AlignedBuffer copy(other);
      *this = std::move(copy);
    }
    return *this;
  }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~AlignedBuffer() { ::operator delete[](data_, std::align_val_t{alignment}); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] const T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static T* allocate(std::size_t size) {
    if (size == 0) return nullptr;
    if (size > std::numeric_limits<std::size_t>::max() / sizeof(T) / 2)
      fail(ErrorKind::shape, "tensor too large");
    return static_cast<T*>(::operator new[](size * sizeof(T), std::align_val_t{alignment}));
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

template <class T, Index... E>
inline constexpr bool all_static = ((E != dyn) && ...);

template <class T, bool Static, Index... E>
class TensorStorage {  // static: inside the object
 public:
  static constexpr Extents extents() { return Extents{E...}; }
  [[nodiscard]] T* data() noexcept { return elements_.data(); }
  [[nodiscard]] const T* data() const noexcept { return elements_.data(); }

 protected:
  TensorStorage() noexcept = default;
  explicit TensorStorage(const Extents&) noexcept {}

 private:
  alignas(alignment) std::array<T, static_cast<std::size_t>((E * ... * 1))> elements_{};
};

template <class T, Index... E>
class TensorStorage<T, false, E...> {  // at least one extent at run time: on the heap
 public:
  [[nodiscard]] const Extents& extents() const noexcept { return extents_; }
  [[nodiscard]] T* data() noexcept { return elements_.data(); }
  [[nodiscard]] const T* data() const noexcept { return elements_.data(); }

 protected:
  TensorStorage() : extents_{(E == dyn ? Index{0} : E)...} {}
  explicit TensorStorage(const Extents& extents)
      : elements_(static_cast<std::size_t>(extents.size())), extents_(extents) {}

 private:
  AlignedBuffer<T> elements_;
  Extents extents_;
};

}  // namespace detail

/// See the head of this file. A new tensor is all zeros.
template <class T, Index... E>
class Tensor : public detail::TensorStorage<T, detail::all_static<T, E...>, E...> {
  static_assert(sizeof...(E) <= max_rank, "a tensor has at most 4 extents");
  using Base = detail::TensorStorage<T, detail::all_static<T, E...>, E...>;

 public:
  using Scalar = T;
  static constexpr bool is_static = detail::all_static<T, E...>;
  static constexpr std::size_t rank = sizeof...(E);

  Tensor() = default;
  /// Throws ShapeError if an extent differs from the one fixed at compile time.
  explicit Tensor(const Extents& extents) : Base(checked(extents)) {}
  template <class... I>
  requires(sizeof...(I) == sizeof...(E) && sizeof...(I) > 0 &&
           (std::is_integral_v<I> && ...)) explicit Tensor(I... extents)
      : Tensor(Extents{static_cast<Index>(extents)...}) {}

  [[nodiscard]] constexpr Index size() const {
    if constexpr (is_static) {
      return (E * ... * 1);
    } else {
      return Base::extents().size();
    }
  }
  [[nodiscard]] TensorView<T> view() { return {Base::data(), Base::extents()}; }
  [[nodiscard]] TensorView<const T> view() const { return {Base::data(), Base::extents()}; }
  [[nodiscard]] std::span<T> span() { return view().span(); }
  [[nodiscard]] std::span<const T> span() const { return view().span(); }

  [[nodiscard]] T& operator[](Index i) {
    assert(i >= 0 && i < size());
    return Base::data()[i];
  }
  [[nodiscard]] const T& operator[](Index i) const {
    assert(i >= 0 && i < size());
    return Base::data()[i];
  }
  /// Element by its indices; indices are checked in debug builds.
  template <class... I>
  requires(sizeof...(I) == sizeof...(E)) [[nodiscard]] T& operator()(I... indices) {
    return Base::data()[offset<false>(indices...)];
  }
  template <class... I>
  requires(sizeof...(I) == sizeof...(E)) [[nodiscard]] const T& operator()(I... indices) const {
    return Base::data()[offset<false>(indices...)];
  }
  /// Element by its indices; throws ShapeError when one is out of range.
  template <class... I>
  requires(sizeof...(I) == sizeof...(E)) [[nodiscard]] T& at(I... indices) {
    return Base::data()[offset<true>(indices...)];
  }
  template <class... I>
  requires(sizeof...(I) == sizeof...(E)) [[nodiscard]] const T& at(I... indices) const {
    return Base::data()[offset<true>(indices...)];
  }

  void fill(T value) { std::fill_n(Base::data(), size(), value); }

  friend bool operator==(const Tensor& a, const Tensor& b) {
    return a.extents() == b.extents() && std::equal(a.data(), a.data() + a.size(), b.data());
  }

 private:
  static const Extents& checked(const Extents& extents) {
    constexpr std::array<Index, sizeof...(E)> fixed{E...};
    bool fits = extents.rank() == sizeof...(E);
    for (std::size_t i = 0; fits && i < sizeof...(E); ++i) fits = fixed[i] == dyn || fixed[i] == extents[i];
    if (!fits) {
      fail(ErrorKind::shape, "extents " + extents.str() + " do not fit the tensor type, whose extents are " +
                                 Extents{E...}.str() + " (-1: any)");
    }
    return extents;
  }

  template <bool Checked, class... I>
  [[nodiscard]] Index offset(I... indices) const {
    const std::array<Index, sizeof...(I)> at{static_cast<Index>(indices)...};
    Index position = 0;
    for (std::size_t i = at.size(); i-- > 0;) {
      const Index extent = Base::extents()[i];
      const bool inside = at[i] >= 0 && at[i] < extent;
      if constexpr (Checked) {
        if (!inside) {
          fail(ErrorKind::shape,
               "index " + std::to_string(at[i]) + " is outside extent " + std::to_string(extent));
        }
      } else {
        assert(inside);
      }
      position = position * extent + at[i];
    }
    return position;
  }
};

/// Column-major matrix with extents known at run time: the type of whole data sets.
template <class T>
using Matrix = Tensor<T, dyn, dyn>;

}  // namespace weir::inline WEIR_ABI
