// Runs a causal net step by step over many streams (flows) at once. The net is const and shared; a stream is
// `state_size()` plain numbers that the caller keeps where it likes; the memory of a step is this object's,
// one a thread. Running allocates nothing.
//
//   StreamWorkspace ws(net, Shape{8, 30}, 1);
//   std::vector<float> flow(ws.state_size());
//   ws.start(net, flow);
//   std::span<const float> y = ws.step(net, packet, flow);   // empty while there is no output yet
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/core/packed_weights.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Net>
class StreamWorkspace {
 public:
  using Scalar = typename Net::Scalar;

  /// For up to `capacity` streams a step. `input` is the shape of the sequences that the net was made for;
  /// the length matters only to layers that look back over all of it (attention). Throws ConfigError when a
  /// layer of the net needs the future, ShapeError when the net does not take such samples.
  /// `packed`: of `pack_weights`, for a net whose weights stay as they are.
  StreamWorkspace(const Net& net, Shape input, Index capacity, const PackedWeights& packed = {})
      : input_(input), output_{net.out_shape(input).channels, 1}, capacity_(capacity), packed_(packed) {
    if (!streams(net))
      fail(ErrorKind::config, "a layer of this net needs more than past steps: it cannot stream");
    cache_.prepare(net, input, capacity);
    state_size_ = weir::state_size(net, input);
    outputs_ = AlignedBuffer<Scalar>(static_cast<std::size_t>(output_.channels * capacity));
    ready_.resize(static_cast<std::size_t>(capacity));
  }

  /// Numbers of state that each stream needs.
  [[nodiscard]] Index state_size() const noexcept { return state_size_; }
  [[nodiscard]] Index capacity() const noexcept { return capacity_; }
  [[nodiscard]] Shape output_shape() const noexcept { return output_; }

  /// Begins a stream.
  void start(const Net& net, std::span<Scalar> state) const {
    assert(static_cast<Index>(state.size()) >= state_size_);
    start_stream(net, state.data(), input_);
  }

  /// One step of one stream; the result, empty while there is none, stays valid until the next call.
  std::span<const Scalar> step(const Net& net, std::span<const Scalar> x, std::span<Scalar> state) {
    Scalar* const states[1] = {state.data()};
    const BatchView<const Scalar> y = step_batch(net, {x.data(), {input_.channels, 1}, 1}, states);
    return ready_[0] != 0 ? y.span() : std::span<const Scalar>{};
  }

  /// One step of several different streams, one column of x each. Column i of the result counts if ready(i).
  BatchView<const Scalar> step_batch(const Net& net, BatchView<const Scalar> x,
                                     std::span<Scalar* const> states) {
    assert(x.count() <= capacity_ && x.channels() == input_.channels && x.length() == 1);
    const auto count = static_cast<std::size_t>(x.count());
    const BatchView<Scalar> y(outputs_.data(), output_, x.count());
    std::fill_n(ready_.begin(), count, static_cast<unsigned char>(1));
    const Pass pass{.packed = packed_ ? &packed_ : nullptr};
    weir::step(net, x, y, states, std::span<unsigned char>(ready_).first(count), cache_, pass);
    return y;
  }
  /// Whether stream i of the last step has an output.
  [[nodiscard]] bool ready(Index i) const noexcept { return ready_[static_cast<std::size_t>(i)] != 0; }

 private:
  Shape input_;
  Shape output_;
  Index capacity_;
  Index state_size_ = 0;
  PackedWeights packed_;
  StepCache<Net> cache_;
  AlignedBuffer<Scalar> outputs_;
  std::vector<unsigned char> ready_;
};

}  // namespace weir::inline WEIR_ABI
