// Where the layers of a chain write.
//
// Layer i reads what layer i - 1 wrote. The last layer writes into the caller's memory. A layer that can run
// in place writes over its input, unless the layer before still needs its own output in the backward pass.
// Outside of training nothing has to stay, and two buffers are enough.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/layer_facts.hpp>

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// What the plan needs to know of one layer.
struct Hop {
  Shape out;
  bool in_place = false;
  bool reads_output = false;
  bool keeps_length = true;
};

template <class L>
[[nodiscard]] Hop hop_of(const L& layer, Shape input) {
  const LayerFacts facts = facts_of(layer);
  return {layer.out_shape(input), facts.in_place, facts.reads_output, facts.keeps_length};
}

/// Bytes of objects that one layer of a chain takes at most, besides its buffers: of the layer, its cache and
/// its place in the plan.
inline constexpr double layer_overhead = 2048.0;

/// Which buffer each layer of a chain writes to, and the values of one sample that each buffer holds. In
/// training every output is kept for the backward pass, but where a layer runs in place. Otherwise two
/// buffers serve in turns.
struct ChainPlan {
  static constexpr int external = -1;  ///< the caller's memory

  std::vector<int> owner;
  std::vector<double> sizes;

  ChainPlan(std::span<const Hop> hops, bool training) : owner(hops.size(), external) {
    int group = external;  // outputs that share their memory, from the last one on
    for (std::size_t i = hops.size(); i-- > 0;) {
      const bool last = i + 1 == hops.size();
      const bool shared = !last && hops[i + 1].in_place && !(training && hops[i].reads_output);
      if (!last && !shared) ++group;
      if (group == external) continue;
      owner[i] = training ? group : group % 2;
      const auto place = static_cast<std::size_t>(owner[i]);
      if (place == sizes.size()) sizes.push_back(0.0);
      sizes[place] = std::max(sizes[place], size_of(hops[i].out));
    }
  }
};

/// What ChainBuffers takes outside of training, and the objects of the layers.
template <class T>
[[nodiscard]] double chain_bytes(std::span<const Hop> hops, Index count) {
  double bytes = layer_overhead * static_cast<double>(hops.size());
  for (const Hop& hop : hops) bytes += hop.keeps_length ? 0.0 : bytes_of<Index>(count);
  for (const double size : ChainPlan(hops, false).sizes) bytes += bytes_of<T>(size, count);
  return bytes;
}

template <class T>
class ChainBuffers {
 public:
  void prepare(std::span<const Hop> hops, Index count, bool training) {
    hops_.assign(hops.begin(), hops.end());
    prepare_lengths(count);
    ChainPlan plan(hops, training);
    owner_ = std::move(plan.owner);
    buffers_.clear();
    for (const double size : plan.sizes)
      buffers_.emplace_back(static_cast<std::size_t>(size) * static_cast<std::size_t>(count));
    Index largest = 0;
    for (const Hop& hop : hops) largest = std::max(largest, hop.out.size() * count);
    for (AlignedBuffer<T>& gradient : gradients_) {
      gradient = AlignedBuffer<T>(training ? static_cast<std::size_t>(largest) : 0);
    }
    capacity_ = count;
  }

  /// Notes which steps of the output of `layer`, number i, count; to be called before output(i) in a forward
  /// pass.
  template <class L>
  void map_lengths(std::size_t i, const L& layer, std::span<const Index> input) {
    if (hops_[i].keeps_length) return;
    for (std::size_t k = 0; k < input.size(); ++k) lengths_[i][k] = weir::out_length(layer, input[k]);
  }

  /// What layer i writes for the batch x, of whose result y is the whole chain's.
  [[nodiscard]] BatchView<T> output(std::size_t i, BatchView<const T> x, BatchView<T> y) {
    assert(x.count() <= capacity_);
    T* data =
        owner_[i] == ChainPlan::external ? y.data() : buffers_[static_cast<std::size_t>(owner_[i])].data();
    std::span<const Index> lengths = x.lengths();
    if (!lengths.empty() && changed_by_[i] != nobody) {
      lengths = std::span<const Index>(lengths_[changed_by_[i]]).first(static_cast<std::size_t>(x.count()));
    }
    return {data, hops_[i].out, x.count(), lengths};
  }

  /// Where layer i puts the gradient of its input, given where the gradient of its output lies.
  [[nodiscard]] BatchView<T> gradient(std::size_t i, BatchView<const T> dy, BatchView<const T> layer_input) {
    const bool in_first = dy.data() == gradients_[0].data();
    const bool in_second = dy.data() == gradients_[1].data();
    const bool stay = hops_[i].in_place && (in_first || in_second);
    AlignedBuffer<T>& target = gradients_[in_first == stay ? 0 : 1];
    return {target.data(), layer_input.shape(), layer_input.count(), layer_input.lengths()};
  }

 private:
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  void prepare_lengths(Index count) {
    changed_by_.assign(hops_.size(), nobody);
    lengths_.assign(hops_.size(), {});
    std::size_t last = nobody;
    for (std::size_t i = 0; i < hops_.size(); ++i) {
      if (!hops_[i].keeps_length) {
        last = i;
        lengths_[i].resize(static_cast<std::size_t>(count));
      }
      changed_by_[i] = last;
    }
  }

  std::vector<Hop> hops_;
  std::vector<int> owner_;
  std::vector<std::size_t> changed_by_;      ///< the last layer up to i that changed the lengths
  std::vector<std::vector<Index>> lengths_;  ///< behind each layer that changes them
  std::vector<AlignedBuffer<T>> buffers_;
  AlignedBuffer<T> gradients_[2];
  Index capacity_ = 0;
};

/// `pass` for layer i of `count`: its own random numbers, and logits only for the last.
[[nodiscard]] inline Pass pass_for(const Pass& pass, std::size_t i, std::size_t count) noexcept {
  Pass inner = pass.fork(static_cast<Index>(i));
  inner.logits = pass.logits && i + 1 == count;
  return inner;
}

/// A left-out layer: y = x, where they are not the same memory anyway.
template <class T>
void pass_through(BatchView<const T> x, BatchView<T> y) {
  if (!y.absent() && x.data() != y.data()) std::copy_n(x.data(), x.size(), y.data());
}

#if defined(WEIR_COMPILED)
extern template class ChainBuffers<float>;
#endif

}  // namespace weir::inline WEIR_ABI::detail
