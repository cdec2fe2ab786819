// What a chain needs to run one time step of many streams: between its layers, the outputs of those streams
// that gave one. A stream whose layer has nothing to say yet drops out of the rest of this step, so every
// layer sees full columns only.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

template <class T>
class StepBuffers {
 public:
  void clear(Index streams) {
    layers_.clear();
    states_size_ = 0;
    const auto size = static_cast<std::size_t>(streams);
    active_.resize(size);
    states_.resize(size);
    ready_.resize(size);
  }
  /// A layer that gives `channels` a step and has `state` numbers of state a stream.
  void add(Index channels, Index state) {
    layers_.push_back(
        {channels, states_size_, AlignedBuffer<T>(static_cast<std::size_t>(channels) * active_.size())});
    states_size_ += state;
  }

  void begin(BatchView<const T> x, std::span<T* const> states) {
    assert(x.count() <= static_cast<Index>(active_.size()) && x.length() == 1);
    input_ = x;
    origin_ = states;
    for (Index i = 0; i < x.count(); ++i) active_[static_cast<std::size_t>(i)] = i;
  }

  /// Runs layer i: run(x, y, states, ready).
  template <class Run>
  void step(std::size_t i, Run run) {
    if (input_.count() == 0) return;
    const auto count = static_cast<std::size_t>(input_.count());
    Layer& layer = layers_[i];
    for (std::size_t k = 0; k < count; ++k) {
      states_[k] = origin_[static_cast<std::size_t>(active_[k])] + layer.state_offset;
      ready_[k] = 1;
    }
    const BatchView<T> y(layer.output.data(), {layer.channels, 1}, input_.count());
    run(input_, y, std::span<T* const>(states_).first(count), std::span<unsigned char>(ready_).first(count));
    input_ = keep_ready(y);
  }

  /// Gives the outputs back to their streams.
  void end(BatchView<T> y, std::span<unsigned char> ready) const {
    std::fill(ready.begin(), ready.end(), static_cast<unsigned char>(0));
    for (Index k = 0; k < input_.count(); ++k) {
      const Index stream = active_[static_cast<std::size_t>(k)];
      std::copy_n(input_.sample(k).data(), input_.channels(), y.sample(stream).data());
      ready[static_cast<std::size_t>(stream)] = 1;
    }
  }

 private:
  struct Layer {
    Index channels;
    Index state_offset;
    AlignedBuffer<T> output;
  };

  [[nodiscard]] BatchView<const T> keep_ready(BatchView<T> y) {
    Index kept = 0;
    for (Index k = 0; k < y.count(); ++k) {
      if (ready_[static_cast<std::size_t>(k)] == 0) continue;
      if (kept != k) {
        std::copy_n(y.sample(k).data(), y.channels(), y.sample(kept).data());
        active_[static_cast<std::size_t>(kept)] = active_[static_cast<std::size_t>(k)];
      }
      ++kept;
    }
    return y.slice(0, kept);
  }

  std::vector<Layer> layers_;
  Index states_size_ = 0;
  BatchView<const T> input_;
  std::span<T* const> origin_;
  std::vector<Index> active_;  ///< the stream of each column of the input
  std::vector<T*> states_;
  std::vector<unsigned char> ready_;
};

}  // namespace weir::inline WEIR_ABI::detail
