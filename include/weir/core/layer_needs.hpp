// What a layer says before anything is taken for it: whether it takes samples of a shape, and how much memory
// and time they need. A program asks it of a net whose sample shape or options come from outside.
//
//   complaint(input) -> std::string      why samples of this shape do not fit; empty when they do
//   scratch(input, count) -> double      bytes that Cache::prepare takes for `count` samples, not in training
//   work(input) -> double                operations of one sample, where `flops` does not tell them
//
// Numbers are doubles, so that no product overflows. All are optional const members. Without `complaint` a
// layer takes all that out_shape does not throw for; without `scratch` its cache counts as nothing, which is
// right for NoCache only.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

/// Why the layer does not take samples of this shape; empty when it does.
template <class L>
[[nodiscard]] std::string complaint(const L& layer, Shape input) {
  if constexpr (requires { layer.complaint(input); }) {
    return layer.complaint(input);
  } else {
#if WEIR_EXCEPTIONS
    try {
      static_cast<void>(layer.out_shape(input));
    } catch (const ShapeError& error) {
      return error.what();
    }
#endif
    return {};
  }
}

/// Throws ShapeError when the layer does not take samples of this shape.
template <class L>
void require_fit(const L& layer, Shape input) {
  if (const std::string text = layer.complaint(input); !text.empty()) fail(ErrorKind::shape, text);
}

/// The shape of a sample of the output, or the layer's complaint.
template <class L>
[[nodiscard]] Result<Shape> try_out_shape(const L& layer, Shape input) {
  if (std::string text = complaint(layer, input); !text.empty())
    return Failure{ErrorKind::shape, std::move(text)};
  return layer.out_shape(input);
}

/// Bytes of the layer's cache for `count` samples, outside of training.
template <class L>
[[nodiscard]] double scratch(const L& layer, Shape input, Index count) {
  if constexpr (requires { layer.scratch(input, count); }) {
    return layer.scratch(input, count);
  } else {
    return 0.0;
  }
}

/// Operations of one sample, about.
template <class L>
[[nodiscard]] double work(const L& layer, Shape input) {
  if constexpr (requires { layer.work(input); }) {
    return layer.work(input);
  } else if constexpr (requires { layer.flops(input); }) {
    return static_cast<double>(layer.flops(input));
  } else {
    return static_cast<double>(input.channels) * static_cast<double>(input.length);
  }
}

/// Whether the layer accounts for its cache.
template <class L>
inline constexpr bool says_scratch = std::is_same_v<typename L::Cache, NoCache> ||
                                     requires(const L layer, Shape input, Index count) {
  { layer.scratch(input, count) } -> std::same_as<double>;
};

namespace detail {

/// Bytes of a buffer with these extents.
template <class T, class... Extents>
[[nodiscard]] constexpr double bytes_of(Extents... extents) noexcept {
  return (static_cast<double>(sizeof(T)) * ... * static_cast<double>(extents));
}

/// The values of a sample, where their number may be too large for an Index.
[[nodiscard]] constexpr double size_of(Shape shape) noexcept {
  return static_cast<double>(shape.channels) * static_cast<double>(shape.length);
}

/// The complaint of a layer that takes samples of `wanted` channels.
[[nodiscard]] inline std::string channels_complaint(std::string_view owner, Index wanted, Shape input) {
  if (input.channels == wanted) return {};
  return std::string(owner) + " takes " + std::to_string(wanted) + " channels but gets " +
         std::to_string(input.channels);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
