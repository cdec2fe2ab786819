// Two layers over the same sequence, one forwards, the other over each sample's steps from last to first
// (Schuster, Paliwal 1997):
//
//   y = [F(x); reverse(B(reverse(x)))]        merge concat
//   y =  F(x) + reverse(B(reverse(x)))        merge add
//
// A sample is reversed within its own length. Of a layer that collapses time (a recurrent one that returns
// its last output) y has one step, and B's is that at the beginning of the sequence. Any layer may stand
// inside.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/merge.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

using BidirectionalOptions = MergeOptions;

template <class Inner>
struct Bidirectional {
  static_assert(LayerContract<Inner>::kept);

  using Scalar = typename Inner::Scalar;
  using T = Scalar;
  static constexpr std::string_view kind = "bidirectional";
  static constexpr std::array<std::string_view, 1> arguments{"merge"};
  static constexpr bool along_time = true;
  static constexpr bool copies_branch = true;  ///< one chain in a text is both directions

  Inner forwards;
  Inner backwards;
  BidirectionalOptions options;

  Bidirectional() requires std::default_initializable<Inner>
  = default;
  /// Two copies of one layer; `init` draws their weights apart.
  explicit Bidirectional(Inner inner, BidirectionalOptions chosen = {})
      : forwards(inner), backwards(std::move(inner)), options(chosen) {}
  Bidirectional(Inner forward_layer, Inner backward_layer, BidirectionalOptions chosen = {})
      : forwards(std::move(forward_layer)), backwards(std::move(backward_layer)), options(chosen) {}

  struct Cache {
    typename Inner::Cache forwards;
    typename Inner::Cache backwards;
    Shape output;                    ///< of one layer
    AlignedBuffer<T> x, y, other_y;  ///< x reversed; what the two layers give
    AlignedBuffer<T> dx, dy, other_dy;

    void prepare(const Bidirectional& layer, Shape input, Index count, bool training) {
      forwards.prepare(layer.forwards, input, count, training);
      backwards.prepare(layer.backwards, input, count, training);
      output = layer.forwards.out_shape(input);
      const auto in = static_cast<std::size_t>(input.size() * count);
      const auto out = static_cast<std::size_t>(output.size() * count);
      x = AlignedBuffer<T>(in);
      y = AlignedBuffer<T>(out);
      other_y = AlignedBuffer<T>(out);
      dx = AlignedBuffer<T>(training ? in : 0);
      dy = AlignedBuffer<T>(training ? out : 0);
      other_dy = AlignedBuffer<T>(training ? out : 0);
    }
  };

  [[nodiscard]] Index out_length(Index used) const { return weir::out_length(forwards, used); }
  /// Why the two layers do not take the input or do not fit together; empty if they do.
  [[nodiscard]] std::string complaint(Shape input) const {
    for (const Inner* layer : {&forwards, &backwards}) {
      if (std::string text = weir::complaint(*layer, input); !text.empty()) return text;
    }
    return unequal(forwards.out_shape(input), backwards.out_shape(input));
  }
  [[nodiscard]] double work(Shape input) const {
    return weir::work(forwards, input) + weir::work(backwards, input);
  }
  [[nodiscard]] double scratch(Shape input, Index count) const {
    const double in = detail::size_of(input), out = detail::size_of(forwards.out_shape(input));
    return weir::scratch(forwards, input, count) + weir::scratch(backwards, input, count) +
           detail::bytes_of<T>(in + 2.0 * out, count);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    const Shape one = forwards.out_shape(input);
    if (const std::string text = unequal(one, backwards.out_shape(input)); !text.empty()) {
      fail(ErrorKind::shape, text);
    }
    return {options.merge == Merge::concat ? 2 * one.channels : one.channels, one.length};
  }
  [[nodiscard]] Index flops(Shape input) const {
    return weir::flops(forwards, input) + weir::flops(backwards, input);
  }

  [[nodiscard]] bool couples_samples() const {
    return weir::couples_samples(forwards) || weir::couples_samples(backwards);
  }

  void init(Rng& rng) {
    const RngKey key{rng.next64()};
    Rng first(key.fork(0)), second(key.fork(1));
    forwards.init(first);
    backwards.init(second);
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    const BatchView<T> reversed(cache.x.data(), x.shape(), x.count(), x.lengths());
    const BatchView<T> one = part(cache.y, y, cache), other = part(cache.other_y, y, cache);
    reverse(x, reversed);
    forwards.forward(x, one, cache.forwards, inner_pass(pass, 0));
    backwards.forward(reversed, other, cache.backwards, inner_pass(pass, 1));
    each_step(y, [&](Index here, Index there) { merge(one, other, here, there, y); });
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, Bidirectional& grad, const Pass& pass) const {
    const BatchView<const T> reversed(cache.x.data(), x.shape(), x.count(), x.lengths());
    const BatchView<T> d_one = part(cache.dy, y, cache), d_other = part(cache.other_dy, y, cache);
    each_step(dy, [&](Index here, Index there) { split(dy, here, there, d_one, d_other); });
    forwards.backward(x, part(cache.y, y, cache), d_one, dx, cache.forwards, grad.forwards,
                      inner_pass(pass, 0));
    BatchView<T> d_reversed;
    if (!dx.absent()) d_reversed = {cache.dx.data(), x.shape(), x.count(), x.lengths()};
    backwards.backward(reversed, part(cache.other_y, y, cache), d_other, d_reversed, cache.backwards,
                       grad.backwards, inner_pass(pass, 1));
    if (dx.absent()) return;
    const Index channels = dx.channels();
    each_step(dx, [&](Index here, Index there) {
      simd::add(channels, d_reversed.data() + there * channels, dx.data() + here * channels);
    });
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    Inner::visit(for_part(f, 0), layer.forwards...);
    Inner::visit(for_part(f, 1), layer.backwards...);
  }

  using Settings = BidirectionalOptions;
  [[nodiscard]] Settings settings() const { return options; }

  /// Both layers as data (models/layer_spec.hpp).
  [[nodiscard]] auto branches() const { return std::vector{describe(forwards), describe(backwards)}; }
  /// From one chain of layers, for both directions, or from two.
  [[nodiscard]] static Result<Bidirectional> from_branches(const Config& config, std::vector<Inner> chains,
                                                           Shape input) {
    ConfigReader read(kind, config);
    BidirectionalOptions chosen;
    read_fields(read, chosen);
    if (chains.empty() || chains.size() > 2)
      return Failure{ErrorKind::config, "bidirectional: needs one or two branches"};
    if (chains.size() == 1) chains.push_back(chains.front());
    Bidirectional layer(std::move(chains[0]), std::move(chains[1]), chosen);
    if (const std::string text = layer.complaint(input); !text.empty())
      return Failure{ErrorKind::config, text};
    return read.finish(std::move(layer));
  }

 private:
  [[nodiscard]] static std::string unequal(Shape one, Shape other) {
    if (one == other) return {};
    return "bidirectional: its layers give " + one.str() + " and " + other.str();
  }
  static Pass inner_pass(const Pass& pass, Index direction) noexcept {
    Pass inner = pass.fork(direction);
    inner.logits = false;
    return inner;
  }

  /// Scratch as the batch of one layer's output.
  template <class V>
  static BatchView<T> part(AlignedBuffer<T>& buffer, BatchView<V> like, const Cache& cache) {
    return {buffer.data(), cache.output, like.count(), like.lengths()};
  }

  /// f(column, its mirror image) for each step of `batch`; in padding both are the column itself.
  template <class V, class F>
  static void each_step(BatchView<V> batch, F f) {
    for (Index i = 0; i < batch.count(); ++i) {
      const Index first = i * batch.length(), used = batch.length_of(i);
      for (Index t = 0; t < batch.length(); ++t) f(first + t, first + (t < used ? used - 1 - t : t));
    }
  }

  static void reverse(BatchView<const T> from, BatchView<T> to) {
    const Index channels = from.channels();
    each_step(from, [&](Index here, Index there) {
      std::copy_n(from.data() + here * channels, channels, to.data() + there * channels);
    });
  }

  void merge(BatchView<const T> one, BatchView<const T> other, Index here, Index there,
             BatchView<T> y) const {
    const Index channels = one.channels();
    const T* left = one.data() + here * channels;
    const T* right = other.data() + there * channels;
    T* to = y.data() + here * y.channels();
    if (options.merge == Merge::concat) {
      std::copy_n(left, channels, to);
      std::copy_n(right, channels, to + channels);
    } else {
      simd::transform(channels, left, right, to,
                      [](const simd::Simd<T>& a, const simd::Simd<T>& b) { return a + b; });
    }
  }

  void split(BatchView<const T> dy, Index here, Index there, BatchView<T> d_one, BatchView<T> d_other) const {
    const Index channels = d_one.channels();
    const T* from = dy.data() + here * dy.channels();
    std::copy_n(from, channels, d_one.data() + here * channels);
    std::copy_n(options.merge == Merge::concat ? from + channels : from, channels,
                d_other.data() + there * channels);
  }
};

}  // namespace weir::inline WEIR_ABI
