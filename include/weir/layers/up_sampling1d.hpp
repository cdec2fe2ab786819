// Repeats each time step:   y(:, t) = x(:, t / factor)        dx(:, t) = sum of dy over its copies
//
// x: channels x L, y: channels x (L factor).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/bounds.hpp>
#include <weir/core/layer.hpp>
#include <weir/layers/window.hpp>
#include <weir/simd/pool.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct UpSampling1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "up_sampling1d";
  static constexpr std::array<std::string_view, 1> arguments{"factor"};
  static constexpr bool along_time = true;
  static constexpr IntegerBounds factor_bounds{"factor", 1, Window::limit};

  Index factor = 2;

  UpSampling1D() = default;
  explicit UpSampling1D(Index times) : factor(factor_bounds.checked(kind, times)) {}

  [[nodiscard]] Index out_length(Index used) const noexcept { return used * factor; }
  [[nodiscard]] Shape out_shape(Shape input) const noexcept {
    return {input.channels, out_length(input.length)};
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      const Index n = out_length(x.length_of(i));
      for (Index t = 0; t < n; ++t)
        std::copy_n(x.sample(i).data() + t / factor * channels, channels, to.data() + t * channels);
      std::fill(to.begin() + n * channels, to.end(), T(0));
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                UpSampling1D&, const Pass&) const {
    if (dx.absent()) return;
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = dx.sample(i);
      const Index used = x.length_of(i);
      for (Index t = 0; t < used; ++t) {
        simd::mean_columns(channels, factor, T(1), dy.sample(i).data() + t * factor * channels,
                           to.data() + t * channels);
      }
      std::fill(to.begin() + used * channels, to.end(), T(0));
    }
  }

  [[nodiscard]] Config config() const { return {{"factor", static_cast<std::int64_t>(factor)}}; }
  [[nodiscard]] static Result<UpSampling1D> from_config(const Config& config, Shape input) {
    ConfigReader read(kind, config);
    const Index times = factor_bounds.require(read);
    detail::check_output(read, "factor", input.channels, input.length * times);
    if (!read.ok()) return read.failure();
    return read.finish(UpSampling1D(times));
  }
};

UpSampling1D(Index)->UpSampling1D<float>;

}  // namespace weir::inline WEIR_ABI
