// Batches of a data set in a given order, gathered into memory of their own.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/losses/target.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A batch: inputs, what they should become, and weights.
template <class T>
struct Batch {
  BatchView<const T> x;
  Targets<T> targets;
  std::span<const T> weights;

  [[nodiscard]] Batch slice(Index first, Index count, Index output_length) const {
    Batch part{x.slice(first, count), targets.slice(first, count, output_length), weights};
    if (!weights.empty()) {
      part.weights = weights.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    }
    return part;
  }
};

template <class T>
class BatchMemory {
 public:
  /// For batches of up to `capacity` rows of `data` and what they are compared with; `class_weights` multiply
  /// the weights of rows by their label.
  BatchMemory(const Dataset<T>& data, detail::Against against, Index capacity,
              std::span<const double> class_weights)
      : data_(data),
        against_(against),
        class_weights_(class_weights),
        x_(static_cast<std::size_t>(capacity * data.shape.size())),
        per_row_(data.has_labels() ? static_cast<Index>(data.labels.size()) / data.rows() : 0) {
    const auto size = static_cast<std::size_t>(capacity);
    labels_.resize(size * static_cast<std::size_t>(per_row_));
    if (against == detail::Against::targets)
      targets_ = AlignedBuffer<T>(size * static_cast<std::size_t>(data.targets.extents()[0]));
    if (!data.weights.empty() || !class_weights.empty()) weights_.resize(size);
    if (!data.lengths.empty()) lengths_.resize(size);
  }

  /// Copies these rows; the result is valid until the next call. `target_shape`: of one sample of the net's
  /// output.
  [[nodiscard]] Batch<T> gather(std::span<const Index> rows, Shape target_shape) {
    const auto count = static_cast<Index>(rows.size());
    const Index size = data_.shape.size();
    const Index target_size = target_shape.size();
    for (Index i = 0; i < count; ++i) {
      const Index row = rows[static_cast<std::size_t>(i)];
      if (i + ahead < count)
        prefetch(data_.x.data() + rows[static_cast<std::size_t>(i + ahead)] * size, size);
      std::copy_n(data_.x.data() + row * size, size, x_.data() + i * size);
      std::copy_n(data_.labels.data() + row * per_row_, per_row_, labels_.data() + i * per_row_);
      if (against_ == detail::Against::targets) {
        std::copy_n(data_.targets.data() + row * target_size, target_size, targets_.data() + i * target_size);
      }
      if (!weights_.empty()) weights_[static_cast<std::size_t>(i)] = weight_of(row);
      if (!lengths_.empty())
        lengths_[static_cast<std::size_t>(i)] = data_.lengths[static_cast<std::size_t>(row)];
    }
    Batch<T> batch;
    batch.x = {x_.data(), data_.shape, count, std::span<const Index>(lengths_).first(used(lengths_, count))};
    batch.weights = std::span<const T>(weights_).first(used(weights_, count));
    switch (against_) {
      case detail::Against::labels:
        batch.targets.labels =
            std::span<const Label>(labels_).first(static_cast<std::size_t>(count * per_row_));
        break;
      case detail::Against::targets: batch.targets.values = {targets_.data(), target_shape, count}; break;
      case detail::Against::input: batch.targets.values = batch.x; break;
    }
    return batch;
  }

 private:
  /// Rows in random order are cache misses: so many of them are fetched ahead.
  static constexpr Index ahead = 8;

  static void prefetch(const T* from, Index size) noexcept {
#if defined(__GNUC__)
    constexpr Index line = static_cast<Index>(alignment / sizeof(T));
    for (Index i = 0; i < size; i += line) __builtin_prefetch(from + i);
#endif
  }

  template <class V>
  static std::size_t used(const std::vector<V>& values, Index count) {
    return values.empty() ? 0 : static_cast<std::size_t>(count);
  }
  [[nodiscard]] T weight_of(Index row) const {
    const auto r = static_cast<std::size_t>(row);
    T weight = data_.weights.empty() ? T(1) : data_.weights[r];
    if (!class_weights_.empty() && per_row_ == 1) {
      weight *= static_cast<T>(class_weights_[static_cast<std::size_t>(data_.labels[r])]);
    }
    return weight;
  }

  const Dataset<T>& data_;
  detail::Against against_;
  std::span<const double> class_weights_;
  AlignedBuffer<T> x_;
  Index per_row_;
  std::vector<Label> labels_;
  AlignedBuffer<T> targets_;
  std::vector<T> weights_;
  std::vector<Index> lengths_;
};

#if defined(WEIR_COMPILED)
extern template class BatchMemory<float>;
#endif

}  // namespace weir::inline WEIR_ABI
