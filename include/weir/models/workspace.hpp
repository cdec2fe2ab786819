// The memory of one thread that runs a net: caches, activations and the result. Everything is allocated when
// it is made; running allocates nothing.
//
//   Workspace ws(net, Shape{41}, 1);                    // once, for batches of up to 1 sample
//   std::span<const float> scores = ws.predict(net, features);   // in the packet loop
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/core/packed_weights.hpp>

#include <cassert>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Bytes that a Workspace for `capacity` samples of shape `input` takes, outside of training; to be asked
/// before one is made of a shape or a net that comes from outside. The net takes such samples.
template <class Net>
[[nodiscard]] double workspace_bytes(const Net& net, Shape input, Index capacity) {
  const double output = detail::size_of(net.out_shape(input));
  return scratch(net, input, capacity) + detail::bytes_of<typename Net::Scalar>(output, capacity) +
         detail::bytes_of<Index>(capacity);
}

template <class Net>
class Workspace {
  static_assert(LayerContract<Net>::kept);

 public:
  using Scalar = typename Net::Scalar;

  /// For batches of up to `capacity` samples of shape `input`. Throws ShapeError when the net does not take
  /// them.
  Workspace(const Net& net, Shape input, Index capacity, bool training = false)
      : Workspace(net, input, capacity, PackedWeights{}, training) {}

  /// The same for a net whose weights stay as they are, packed by `pack_weights`.
  Workspace(const Net& net, Shape input, Index capacity, const PackedWeights& packed)
      : Workspace(net, input, capacity, packed, false) {}

  [[nodiscard]] Shape input_shape() const noexcept { return input_; }
  [[nodiscard]] Shape output_shape() const noexcept { return output_shape_; }
  [[nodiscard]] Index capacity() const noexcept { return capacity_; }
  /// The packed weights, for the workspace of another thread.
  [[nodiscard]] const PackedWeights& packed() const noexcept { return packed_; }
  [[nodiscard]] typename Net::Cache& cache() noexcept { return cache_; }

  /// A place for the gradient of y, the result of a forward pass.
  [[nodiscard]] BatchView<Scalar> gradient_of(BatchView<const Scalar> y) noexcept {
    return {gradient_.data(), output_shape_, y.count(), y.lengths()};
  }

  /// y = net(x); the result stays valid until the next call.
  BatchView<const Scalar> forward(const Net& net, BatchView<const Scalar> x, const Pass& pass = {}) {
    assert(x.shape() == input_);
    assert(x.count() <= capacity_);
    const auto lengths = std::span<Index>(lengths_).first(x.lengths().size());
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = out_length(net, x.lengths()[i]);
    const BatchView<Scalar> y(output_.data(), output_shape_, x.count(), lengths);
    Pass packed = pass;
    packed.packed = packed_ && !pass.training ? &packed_ : nullptr;
    net.forward(x, y, cache_, packed);
    return y;
  }

  /// One sample.
  std::span<const Scalar> predict(const Net& net, std::span<const Scalar> sample) {
    assert(static_cast<Index>(sample.size()) == input_.size());
    return forward(net, {sample.data(), input_, 1}).span();
  }

 private:
  Workspace(const Net& net, Shape input, Index capacity, const PackedWeights& packed, bool training)
      : input_(input), output_shape_(net.out_shape(input)), capacity_(capacity), packed_(packed) {
    cache_.prepare(net, input, capacity, training);
    const auto size = static_cast<std::size_t>(output_shape_.size() * capacity);
    output_ = AlignedBuffer<Scalar>(size);
    if (training) gradient_ = AlignedBuffer<Scalar>(size);
    lengths_.resize(static_cast<std::size_t>(capacity));
  }

  Shape input_;
  Shape output_shape_;
  Index capacity_;
  PackedWeights packed_;
  typename Net::Cache cache_;
  AlignedBuffer<Scalar> output_;
  AlignedBuffer<Scalar> gradient_;
  std::vector<Index> lengths_;  ///< of the result
};

/// The forms that the layers of `net` like their weights in, for samples of shape `input`; they are made by running
/// one sample of zeros, and one step where the net streams. Good as long as `net` stays where it is and its weights
/// do not change. Throws ShapeError when the net does not take such samples.
template <class Net>
[[nodiscard]] PackedWeights pack_weights(const Net& net, Shape input) {
  PackedWeights packed = PackedWeights::open();
  Workspace<Net> workspace(net, input, 1, packed);
  const std::vector<typename Net::Scalar> zeros(static_cast<std::size_t>(input.size()));
  static_cast<void>(workspace.predict(net, zeros));
  packed.close();
  return packed;
}

}  // namespace weir::inline WEIR_ABI
