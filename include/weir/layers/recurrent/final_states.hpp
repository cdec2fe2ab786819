// What bidirectional layers of `units` units each way end with, from the sequences that they gave:
//
//   x = [f_1; b_1; f_2; b_2; ...], blocks of `units` channels        y = [f_1(last); b_1(0); f_2(last); ...]
//
// The forward half ends at the sample's last step, the backward half at its first. An empty sample gives 0.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct FinalStates {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "final_states";
  static constexpr std::array<std::string_view, 1> arguments{"units"};
  static constexpr bool along_time = true;

  Index units = 1;

  FinalStates() = default;
  explicit FinalStates(Index of_one_way) : units(of_one_way) { checked_fields(kind, *this); }

  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }
  [[nodiscard]] std::string complaint(Shape input) const {
    if (input.channels % (2 * units) == 0) return {};
    return "final_states takes pairs of " + std::to_string(units) + " channels each way but gets " +
           std::to_string(input.channels);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels, 1};
  }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    std::fill_n(y.data(), y.size(), T(0));
    each_block(x, [&](Index from, Index to) { std::copy_n(x.data() + from, units, y.data() + to); });
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                FinalStates&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    each_block(x, [&](Index from, Index to) { std::copy_n(dy.data() + to, units, dx.data() + from); });
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}
  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("units", o.units, IntegerRange{1, Index{1} << 40}, "of one direction");
  }
  static void adapt(ConfigReader& read, const FinalStates& layer, Shape input) {
    if (input.channels % (2 * layer.units) != 0) read.complain("units", "times two must divide the channels");
  }

 private:
  /// f(place in x, place in y) of each block of each sample that has steps.
  template <class F>
  void each_block(BatchView<const T> x, F f) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      if (x.length_of(i) == 0) continue;
      const Index first = i * x.length(), last = first + x.length_of(i) - 1;
      for (Index c = 0; c < channels; c += units) {
        const bool forwards = c / units % 2 == 0;
        f((forwards ? last : first) * channels + c, i * channels + c);
      }
    }
  }
};

}  // namespace weir::inline WEIR_ABI
