// All values of a sample as the channels of one time step:   channels x length  ->  (channels * length) x 1
//
// Values keep their order: channels fastest, then time. Padding behind a sample's length becomes zeros.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// What layers share that give the same values another shape.
template <class T>
struct SameValues {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr bool along_time = true;

  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

 protected:
  /// Copies the values; those that are padding in `shaped` become zeros.
  static void copy(BatchView<const T> from, BatchView<T> to, BatchView<const T> shaped) {
    for (Index i = 0; i < from.count(); ++i) {
      const Index used = shaped.length_of(i) * shaped.channels();
      std::copy_n(from.sample(i).data(), used, to.sample(i).data());
      std::fill(to.sample(i).begin() + used, to.sample(i).end(), T(0));
    }
  }
};

}  // namespace detail

template <class T = float>
struct Flatten : detail::SameValues<T> {
  using typename detail::SameValues<T>::Cache;
  static constexpr std::string_view kind = "flatten";
  static constexpr std::array<std::string_view, 0> arguments{};

  [[nodiscard]] static Shape out_shape(Shape input) noexcept { return {input.size(), 1}; }
  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const { this->copy(x, y, x); }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Flatten&, const Pass&) const {
    if (!dx.absent()) this->copy(dy, dx, x);
  }
};

}  // namespace weir::inline WEIR_ABI
