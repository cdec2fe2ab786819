// What flows through a net: a batch of samples.
//
// Layout, once for all: channels fastest, then time, then sample. A batch of n samples with `length` time
// steps of `channels` values is a column-major channels x (length * n) matrix. Plain features have length 1.
//
// Samples shorter than `length` are padded behind their end; `lengths` then holds how many steps of each
// count. Empty lengths mean that all samples are full.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>

#include <cassert>
#include <span>
#include <string>
#include <type_traits>

namespace weir::inline WEIR_ABI {

/// Shape of one sample.
struct Shape {
  Index channels = 0;
  Index length = 1;

  [[nodiscard]] constexpr Index size() const noexcept { return channels * length; }
  [[nodiscard]] std::string str() const {
    return length == 1 ? std::to_string(channels) : std::to_string(channels) + " x " + std::to_string(length);
  }
  friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

template <class T>
class BatchView {
 public:
  constexpr BatchView() noexcept = default;
  constexpr BatchView(T* data, Shape shape, Index count, std::span<const Index> lengths = {}) noexcept
      : data_(data), shape_(shape), count_(count), lengths_(lengths) {
    assert(lengths.empty() || static_cast<Index>(lengths.size()) == count);
  }
  template <class U>
  requires(std::is_same_v<const U, T>) constexpr BatchView(
      const BatchView<U>& other) noexcept  // NOLINT: a view of const
      : data_(other.data()), shape_(other.shape()), count_(other.count()), lengths_(other.lengths()) {}

  [[nodiscard]] constexpr T* data() const noexcept { return data_; }
  [[nodiscard]] constexpr Shape shape() const noexcept { return shape_; }
  [[nodiscard]] constexpr Index channels() const noexcept { return shape_.channels; }
  [[nodiscard]] constexpr Index length() const noexcept { return shape_.length; }
  /// Samples.
  [[nodiscard]] constexpr Index count() const noexcept { return count_; }
  /// Columns of the matrix: time steps of all samples.
  [[nodiscard]] constexpr Index columns() const noexcept { return shape_.length * count_; }
  [[nodiscard]] constexpr Index size() const noexcept { return shape_.size() * count_; }
  [[nodiscard]] constexpr std::span<const Index> lengths() const noexcept { return lengths_; }
  /// Time steps of sample i that count.
  [[nodiscard]] constexpr Index length_of(Index i) const noexcept {
    return lengths_.empty() ? shape_.length : lengths_[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] constexpr std::span<T> span() const noexcept {
    return {data_, static_cast<std::size_t>(size())};
  }
  /// All values of sample i.
  [[nodiscard]] constexpr std::span<T> sample(Index i) const noexcept {
    assert(i >= 0 && i < count_);
    return {data_ + i * shape_.size(), static_cast<std::size_t>(shape_.size())};
  }
  /// Samples [first, first + count).
  [[nodiscard]] constexpr BatchView slice(Index first, Index count) const noexcept {
    assert(first >= 0 && first + count <= count_);
    return {data_ + first * shape_.size(), shape_, count,
            lengths_.empty()
                ? lengths_
                : lengths_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count))};
  }
  /// No batch at all: the gradient that nobody asked for.
  [[nodiscard]] constexpr bool absent() const noexcept { return data_ == nullptr; }

 private:
  T* data_ = nullptr;
  Shape shape_;
  Index count_ = 0;
  std::span<const Index> lengths_;
};

}  // namespace weir::inline WEIR_ABI
