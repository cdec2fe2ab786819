// Every k-th item of a stream whose end is not known: k doubles as the stream grows, so that half of `most`, which is
// even, to `most` items are kept, evenly spread.
//
//   Thinned<double> kept(1'000);
//   for (...) kept.add(value);
//   kept.items(), kept.every(), kept.seen()
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T>
class Thinned {
 public:
  explicit Thinned(std::size_t most) : most_(most) {}

  void add(T item) {
    if (seen_++ % every_ != 0) return;
    if (items_.size() == most_) halve();
    if ((seen_ - 1) % every_ == 0) items_.push_back(std::move(item));
  }

  [[nodiscard]] const std::vector<T>& items() const noexcept { return items_; }
  [[nodiscard]] std::size_t every() const noexcept { return every_; }
  [[nodiscard]] std::size_t seen() const noexcept { return seen_; }

 private:
  void halve() {
    for (std::size_t i = 2; i < items_.size(); i += 2) items_[i / 2] = std::move(items_[i]);
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>((items_.size() + 1) / 2), items_.end());
    every_ *= 2;
  }

  std::size_t most_;
  std::size_t every_ = 1;
  std::size_t seen_ = 0;
  std::vector<T> items_{};
};

}  // namespace weir::inline WEIR_ABI
