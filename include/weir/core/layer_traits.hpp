// What a layer may say of itself beyond what it must (core/layer.hpp): every optional member, and the
// function that asks for it, of layers with and without it alike. What is said under a wrong name or in a
// wrong form does not compile (core/layer_contract.hpp).
//
//   static constexpr bool in_place       y may be x, and dx may be dy; backward does not read x
//   static constexpr bool reads_output   backward reads y: the next layer must not overwrite it
//   static constexpr bool whole_batch    samples of a batch depend on each other (batch statistics): not to be
//                                        cut; bool couples_samples() const where options decide
//   static constexpr bool along_time     looks at more than one time step for one of its output, or changes
//                                        their number. Lets padding influence nothing, and fills the padding
//                                        of y and dx with zeros
//   Index out_length(Index used) const   steps of the output that count when `used` of the input's do, 1 of
//                                        what collapses time; out_shape(in).length == out_length(in.length)
//   static constexpr Link link           a final activation that its loss takes over; of a net, final_link()
//
//   std::string complaint(Shape) const   why samples of this shape do not fit; empty when they do. Without it
//                                        a layer takes all that out_shape does not throw for
//   double scratch(Shape, Index) const   bytes that Cache::prepare takes for so many samples to be run.
//                                        Without it a cache counts as nothing, right for NoCache only
//   double work(Shape) const             operations of one sample, where `flops` does not tell them
//   Index flops(Shape) const             floating-point operations of one sample, for reports
//
// A program asks the last four before it takes anything for a net whose shapes or options come from
// outside; doubles, so that no product overflows. A layer along time that can nevertheless run step by
// step, for streams that have no end, has
//
//   StepCache                            scratch of one thread; prepare(layer, input, streams) allocates
//   bool streams() const                 whether its options allow it (default: yes)
//   Index state_size(Shape) const        numbers of state a stream, which the caller keeps
//   void start(state, input) const       the state before the first step
//   void step(x, y, states, ready, cache) const        or with a Pass, which may have packed weights, behind
//
// `input` is the shape of a whole sequence. x holds one step of n streams, states[i] is the state of stream
// i. The layer sets ready[i] = 0 where a stream has no output at this step (a pooling window that is not
// yet full); column i of y is then ignored. A layer that collapses time gives at every step the value of
// the sequence so far. One that does not look along time needs nothing: its `forward` runs on the one step.
// Step by step gives what the whole sequence gives.
//
// Options are in core/layer_options.hpp, the extents that Sequential compares (in_channels, out_channels,
// keeps_shape) in models/sequential.hpp, layers made of layers (branches, from_branches) in
// models/layer_spec.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

// --- Memory and time

template <class L>
inline constexpr bool in_place = requires {
  requires L::in_place;
};
template <class L>
inline constexpr bool reads_output = requires {
  requires L::reads_output;
};
template <class L>
inline constexpr bool along_time = requires {
  requires L::along_time;
};
template <class L>
inline constexpr bool keeps_length = !requires(const L layer) {
  layer.out_length(Index{});
};

/// Steps of the layer's output that count when `used` of the input's do.
template <class L>
[[nodiscard]] Index out_length(const L& layer, Index used) {
  if constexpr (keeps_length<L>) {
    return used;
  } else {
    return layer.out_length(used);
  }
}

/// Whether samples of a batch depend on each other.
template <class L>
[[nodiscard]] bool couples_samples(const L& net) {
  if constexpr (requires { net.couples_samples(); }) {
    return net.couples_samples();
  } else {
    return requires { requires L::whole_batch; };
  }
}

// --- What a loss takes over

enum class Link : unsigned char { identity, sigmoid, softmax };
template <class L>
[[nodiscard]] constexpr Link link_of() noexcept {
  if constexpr (requires { L::link; }) {
    return L::link;
  } else {
    return Link::identity;
  }
}

/// The final link of a net, at run time.
template <class L>
[[nodiscard]] Link final_link(const L& net) {
  if constexpr (requires { net.final_link(); }) {
    return net.final_link();
  } else {
    return link_of<L>();
  }
}

// --- Before anything is taken

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

/// Whether the layer accounts for its cache.
template <class L>
inline constexpr bool says_scratch = std::is_same_v<typename L::Cache, NoCache> ||
                                     requires(const L layer, Shape input, Index count) {
  { layer.scratch(input, count) } -> std::same_as<double>;
};

/// Floating-point operations of one sample; 0 of a layer that does not tell.
template <class L>
[[nodiscard]] Index flops(const L& layer, Shape input) {
  if constexpr (requires { layer.flops(input); }) {
    return layer.flops(input);
  } else {
    return 0;
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

// --- Step by step

template <class L>
inline constexpr bool has_step = requires {
  typename L::StepCache;
};

/// Whether the layer can run step by step.
template <class L>
[[nodiscard]] bool streams(const L& layer) {
  if constexpr (requires { layer.streams(); }) {
    return layer.streams();
  } else {
    return has_step<L> || !along_time<L>;
  }
}

/// Numbers of state that one stream needs.
template <class L>
[[nodiscard]] Index state_size(const L& layer, Shape input) {
  if constexpr (has_step<L>) {
    return layer.state_size(input);
  } else {
    return 0;
  }
}

/// The state before the first step.
template <class L>
void start_stream(const L& layer, typename L::Scalar* state, Shape input) {
  if constexpr (has_step<L>) layer.start(state, input);
}

namespace detail {
template <class L>
struct StepCacheOf {
  typename L::Cache cache;
  void prepare(const L& layer, Shape input, Index streams) {
    cache.prepare(layer, {input.channels, 1}, streams, false);
  }
};
template <class L>
requires has_step<L>
struct StepCacheOf<L> {
  typename L::StepCache cache;
  void prepare(const L& layer, Shape input, Index streams) { cache.prepare(layer, input, streams); }
};
}  // namespace detail

/// Scratch for `step` of any layer.
template <class L>
using StepCache = detail::StepCacheOf<L>;

/// One step of x.count() streams; see the head of this file.
template <class L>
void step(const L& layer, BatchView<const typename L::Scalar> x, BatchView<typename L::Scalar> y,
          std::span<typename L::Scalar* const> states, std::span<unsigned char> ready, StepCache<L>& cache,
          const Pass& pass = {}) {
  if constexpr (!has_step<L>) {
    layer.forward(x, y, cache.cache, pass);
  } else if constexpr (requires { layer.step(x, y, states, ready, cache.cache, pass); }) {
    layer.step(x, y, states, ready, cache.cache, pass);
  } else {
    layer.step(x, y, states, ready, cache.cache);
  }
}

}  // namespace weir::inline WEIR_ABI
