// The last step that counts of each sample:   y = x_(used - 1), 0 for an empty sample
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct LastStep {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "last_step";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;

  struct StepCache {
    static void prepare(const LastStep&, Shape, Index) noexcept {}
  };

  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }
  [[nodiscard]] static Shape out_shape(Shape input) noexcept { return {input.channels, 1}; }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      T* to = y.sample(i).data();
      const Index used = x.length_of(i);
      if (used == 0) {
        std::fill_n(to, x.channels(), T(0));
      } else {
        std::copy_n(x.sample(i).data() + (used - 1) * x.channels(), x.channels(), to);
      }
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                LastStep&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      if (used == 0) continue;
      std::copy_n(dy.sample(i).data(), x.channels(), dx.sample(i).data() + (used - 1) * x.channels());
    }
  }

  [[nodiscard]] static Index state_size(Shape) noexcept { return 0; }
  static void start(T*, Shape) noexcept {}
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const>, std::span<unsigned char>,
            StepCache&) const {
    std::copy_n(x.data(), x.size(), y.data());
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}
};

}  // namespace weir::inline WEIR_ABI
