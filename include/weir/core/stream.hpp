// Running layers one time step at a time, for streams that have no end: one const layer serves any number of
// streams, and each stream owns a few numbers of state.
//
// A layer that looks along time and can nevertheless run step by step has
//
//   StepCache                                         scratch of one thread; prepare(layer, input, streams)
//   streams() const -> bool                           whether its options allow it (optional; default: yes)
//   state_size(input) const -> Index                  numbers of state a stream
//   start(state, input) const                         the state before the first step
//   step(x, y, states, ready, cache) const            one step of n streams
//
// `input` is the shape of a whole sequence. x holds one step of n streams, states[i] is the state of stream
// i. The layer sets ready[i] = 0 where a stream has no output at this step (a pooling window that is not yet
// full); column i of y is then ignored. A layer that collapses time gives at every step the value of the
// sequence so far. Nothing allocates but `prepare`.
//
// A layer that does not look along time needs nothing: its `forward` runs on the one step. The functions here
// treat both alike. Step by step gives what the whole sequence gives.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>

#include <span>
#include <string>

namespace weir::inline WEIR_ABI {

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
          std::span<typename L::Scalar* const> states, std::span<unsigned char> ready, StepCache<L>& cache) {
  if constexpr (has_step<L>) {
    layer.step(x, y, states, ready, cache.cache);
  } else {
    layer.forward(x, y, cache.cache, Pass{});
  }
}

}  // namespace weir::inline WEIR_ABI
