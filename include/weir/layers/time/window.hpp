// The geometry of a window that slides along time: what convolution and pooling share.
//
// Window t covers the steps  t stride - left + k dilation,  k = 0 ... size - 1,  of a sample; steps before
// its first and behind its last are padding. For a sample of L steps:
//
//   valid      left = right = 0                      windows that lie inside
//   same       out = ceil(L / stride), total = max((out - 1) stride + extent - L, 0), left = total / 2
//              (Keras, TensorFlow; PyTorch's `same` is the case stride = 1)
//   causal     left = extent - 1, right = 0          no window sees a step behind its own
//   explicit   left and right as given
//
//   extent = (size - 1) dilation + 1        out = floor((L + left + right - extent) / stride) + 1
//
// `ceil` also counts a last window that begins inside the sample (or left of it) but reaches past its right
// end (PyTorch's ceil_mode). L is each sample's own length, so its place in a longer batch changes nothing. A
// sample of no steps gives none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/fields.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Padding : unsigned char { valid, same, causal, sides };

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(Padding) noexcept {
  return {"valid", "same", "causal", "explicit"};
}

struct Window {
  Index size = 1;
  Index stride = 1;
  Index dilation = 1;
  Padding padding = Padding::valid;
  Index pad_left = 0;   ///< with Padding::sides
  Index pad_right = 0;  ///< with Padding::sides
  bool ceil = false;

  /// Steps from the first to the last of one window.
  [[nodiscard]] constexpr Index extent() const noexcept { return (size - 1) * dilation + 1; }

  /// Windows on a sample of `used` steps.
  [[nodiscard]] constexpr Index out_length(Index used) const noexcept {
    if (used <= 0) return 0;
    if (padding == Padding::same || padding == Padding::causal) return (used + stride - 1) / stride;
    const Index room = used + left(used) + right(used) - extent();
    if (room < 0) return ceil && room > -stride ? 1 : 0;
    Index out = room / stride + 1;
    if (ceil && room % stride != 0 && out * stride < used + left(used)) ++out;
    return out;
  }
  /// Steps of padding before a sample of `used` steps.
  [[nodiscard]] constexpr Index left(Index used) const noexcept {
    switch (padding) {
      case Padding::valid: return 0;
      case Padding::same: return same_total(used) / 2;
      case Padding::causal: return extent() - 1;
      case Padding::sides: return pad_left;
    }
    return 0;
  }
  /// Steps of padding behind it.
  [[nodiscard]] constexpr Index right(Index used) const noexcept {
    if (padding == Padding::same) return same_total(used) - left(used);
    return padding == Padding::sides ? pad_right : 0;
  }
  /// Steps from the first of the first window to the last of the last one.
  [[nodiscard]] constexpr Index reach(Index used) const noexcept {
    const Index out = out_length(used);
    return out == 0 ? 0 : (out - 1) * stride + extent();
  }

  /// Whether window t can be told when its last step has come: nothing lies behind a sample's end.
  [[nodiscard]] constexpr bool streams() const noexcept {
    if (ceil) return false;
    if (padding == Padding::same) return extent() == 1;
    return padding != Padding::sides || (pad_right == 0 && pad_left < extent());
  }

  static constexpr Index limit = Index{1} << 24;  ///< of each number

 private:
  [[nodiscard]] constexpr Index same_total(Index used) const noexcept {
    return std::max<Index>((out_length(used) - 1) * stride + extent() - used, 0);
  }
};

namespace detail {

/// The complaint of a layer that gives `out` steps for a sample of `length` steps, where that is too short
/// for one window.
[[nodiscard]] inline std::string length_complaint(std::string_view owner, Index out, Index length) {
  if (out >= 1) return {};
  return std::string(owner) + " has no output for samples of " + std::to_string(length) + " steps";
}

/// The options of padding. A file with `pad_left` or `pad_right` need not say that they are explicit.
template <class Visitor, class Options>
void padding_fields(Visitor& visit, Options& o) {
  const bool sides = visit.given("pad_left") || visit.given("pad_right");
  if constexpr (Visitor::reads) {
    if (sides) o.padding = Padding::sides;
  }
  visit("padding", o.padding,
        "steps of zeros around a sample: none, as many as keep its length, all before it, or pad_left and "
        "pad_right");
  const bool chosen = o.padding == Padding::sides;
  visit.refuse(sides && !chosen, "padding", "must be explicit where pad_left or pad_right is given");
  visit.only_if(chosen, "pad_left", o.pad_left, IntegerRange{0, Window::limit}, "steps before a sample");
  visit.only_if(chosen, "pad_right", o.pad_right, IntegerRange{0, Window::limit}, "steps behind a sample");
}

/// Complains of an output that is empty or larger than any memory.
inline void check_output(ConfigReader& read, std::string_view name, Index channels, Index length) {
  constexpr double most = 1e12;
  if (length < 1) read.complain(name, "leaves no output for samples of this length");
  if (static_cast<double>(channels) * static_cast<double>(length) > most) {
    read.complain(name, "makes the output too large");
  }
}

/// Complains of a window out of all proportion to samples of `length` steps: a layer needs room for them.
inline void check_window(ConfigReader& read, std::string_view name, const Window& window, Index length) {
  const Index reach = window.extent() + window.pad_left + window.pad_right;
  if (reach > 64 * length + 16384) read.complain(name, "makes the windows too long for such samples");
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
