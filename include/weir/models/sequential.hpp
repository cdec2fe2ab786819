// A chain of layers, each fed by the one before; itself a layer, so that chains nest.
//
//   auto net = Sequential{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
//
// The layers are a tuple: no virtual calls, and neighbours whose extents are known at compile time and do not
// fit are refused there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_needs.hpp>
#include <weir/core/stream.hpp>
#include <weir/models/chain.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/step_buffers.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class L>
[[nodiscard]] consteval Index in_channels_of() {
  if constexpr (requires { L::in_channels; }) {
    return L::in_channels;
  } else {
    return dyn;
  }
}

/// Channels behind layer L when `before` come in; dyn when unknown.
template <class L>
[[nodiscard]] consteval Index out_channels_of(Index before) {
  if constexpr (requires { L::out_channels; }) {
    return L::out_channels;
  } else if constexpr (requires { L::keeps_shape; }) {
    return before;
  } else {
    return dyn;
  }
}

/// Stands in the compiler's message with both numbers when two layers do not fit.
template <Index OutChannels, Index NextInChannels>
struct NeighboursFit {
  static_assert(OutChannels == dyn || NextInChannels == dyn || OutChannels == NextInChannels,
                "a layer of this Sequential gives another number of channels than the next one takes");
  static constexpr bool value = true;
};

template <Index Channels>
[[nodiscard]] consteval bool neighbours_fit() {
  return true;
}
template <Index Channels, class L, class... Rest>
[[nodiscard]] consteval bool neighbours_fit() {
  return NeighboursFit<Channels, in_channels_of<L>()>::value &&
         neighbours_fit<out_channels_of<L>(Channels), Rest...>();
}

}  // namespace detail

template <class... Ls>
struct Sequential {
  static_assert(sizeof...(Ls) > 0, "a Sequential needs a layer");
  static_assert(detail::neighbours_fit<dyn, Ls...>());

  static constexpr std::size_t count = sizeof...(Ls);
  using Layers = std::tuple<Ls...>;
  using Last = std::tuple_element_t<count - 1, Layers>;
  using Scalar = typename std::tuple_element_t<0, Layers>::Scalar;
  static_assert((std::is_same_v<Scalar, typename Ls::Scalar> && ...),
                "all layers must have the same scalar type");

  static constexpr std::string_view kind = "sequential";
  static constexpr bool whole_batch = (weir::whole_batch<Ls> || ...);
  static constexpr bool reads_output = weir::reads_output<Last>;
  static constexpr bool along_time = (weir::along_time<Ls> || ...);
  static constexpr Link link = link_of<Last>();
  static constexpr Index in_channels = detail::in_channels_of<std::tuple_element_t<0, Layers>>();

  Layers layers;

  Sequential() = default;
  explicit Sequential(Ls... chain) requires(sizeof...(Ls) > 0) : layers(std::move(chain)...) {}

  struct Cache {
    std::tuple<typename Ls::Cache...> caches;
    detail::ChainBuffers<Scalar> buffers;

    void prepare(const Sequential& net, Shape input, Index n, bool training) {
      std::array<detail::Hop, count> hops;
      each([&](auto i) {
        const auto& layer = std::get<i>(net.layers);
        std::get<i>(caches).prepare(layer, input, n, training);
        hops[i] = detail::hop_of(layer, input);
        input = hops[i].out;
      });
      buffers.prepare(hops, n, training);
    }
  };

  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text;
    each([&](auto i) {
      const auto& layer = std::get<i>(layers);
      if (text.empty()) text = weir::complaint(layer, input);
      if (text.empty()) input = layer.out_shape(input);
    });
    return text;
  }
  [[nodiscard]] double work(Shape input) const {
    double total = 0.0;
    each([&](auto i) {
      total += weir::work(std::get<i>(layers), input);
      input = std::get<i>(layers).out_shape(input);
    });
    return total;
  }
  [[nodiscard]] double scratch(Shape input, Index n) const {
    std::array<detail::Hop, count> hops;
    double bytes = 0.0;
    each([&](auto i) {
      const auto& layer = std::get<i>(layers);
      bytes += weir::scratch(layer, input, n);
      hops[i] = detail::hop_of(layer, input);
      input = hops[i].out;
    });
    return bytes + detail::chain_bytes<Scalar>(hops, n);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    std::apply([&](const Ls&... layer) { ((input = layer.out_shape(input)), ...); }, layers);
    return input;
  }

  [[nodiscard]] Index out_length(Index used) const {
    std::apply([&](const Ls&... layer) { ((used = weir::out_length(layer, used)), ...); }, layers);
    return used;
  }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const { return {describe(*this)}; }

  /// Floating-point operations of one sample in inference; activations are not counted.
  [[nodiscard]] Index flops(Shape input) const {
    Index total = 0;
    const auto add = [&](const auto& layer) {
      if constexpr (requires { layer.flops(input); }) total += layer.flops(input);
      input = layer.out_shape(input);
    };
    std::apply([&](const Ls&... layer) { (add(layer), ...); }, layers);
    return total;
  }

  /// Draws all weights; each layer from its own stream.
  void init(Rng& rng) {
    const RngKey key{rng.next64()};
    each([&](auto i) {
      Rng own(key.fork(i));
      std::get<i>(layers).init(own);
    });
  }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    BatchView<const Scalar> input = x;
    each([&](auto i) {
      cache.buffers.map_lengths(i, std::get<i>(layers), input.lengths());
      const BatchView<Scalar> output = cache.buffers.output(i, x, y);
      const Pass inner = detail::pass_for(pass, i, count);
      if (left_out<i>(inner)) {
        detail::pass_through(input, output);
      } else {
        std::get<i>(layers).forward(input, output, std::get<i>(cache.caches), inner);
      }
      input = output;
    });
  }

  void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, Sequential& grad, const Pass& pass) const {
    const BatchView<Scalar> result(const_cast<Scalar*>(y.data()), y.shape(), y.count(),
                                   y.lengths());  // only read
    BatchView<const Scalar> gradient = dy;
    each([&](auto reversed) {
      constexpr std::size_t i = count - 1 - reversed;
      const Pass inner = detail::pass_for(pass, i, count);
      BatchView<const Scalar> input = x;
      if constexpr (i > 0) input = cache.buffers.output(i - 1, x, result);
      BatchView<Scalar> target = dx;
      if (left_out<i>(inner)) {
        if constexpr (i == 0) detail::pass_through(gradient, dx);
        return;
      }
      if constexpr (i > 0) target = cache.buffers.gradient(i, gradient, input);
      std::get<i>(layers).backward(input, cache.buffers.output(i, x, result), gradient, target,
                                   std::get<i>(cache.caches), std::get<i>(grad.layers), inner);
      gradient = target;
    });
  }

  [[nodiscard]] bool streams() const {
    return std::apply([](const Ls&... layer) { return (weir::streams(layer) && ...); }, layers);
  }
  [[nodiscard]] Index state_size(Shape input) const {
    Index size = 0;
    each([&](auto i) {
      size += weir::state_size(std::get<i>(layers), input);
      input = std::get<i>(layers).out_shape(input);
    });
    return size;
  }
  void start(Scalar* state, Shape input) const {
    each([&](auto i) {
      const auto& layer = std::get<i>(layers);
      start_stream(layer, state, input);
      state += weir::state_size(layer, input);
      input = layer.out_shape(input);
    });
  }

  struct StepCache {
    std::tuple<weir::StepCache<Ls>...> caches;
    detail::StepBuffers<Scalar> buffers;

    void prepare(const Sequential& net, Shape input, Index streams) {
      buffers.clear(streams);
      each([&](auto i) {
        const auto& layer = std::get<i>(net.layers);
        std::get<i>(caches).prepare(layer, input, streams);
        const Index state = weir::state_size(layer, input);
        input = layer.out_shape(input);
        buffers.add(input.channels, state);
      });
    }
  };

  void step(BatchView<const Scalar> x, BatchView<Scalar> y, std::span<Scalar* const> states,
            std::span<unsigned char> ready, StepCache& cache) const {
    cache.buffers.begin(x, states);
    each([&](auto i) {
      cache.buffers.step(
          i, [&](auto... inputs) { weir::step(std::get<i>(layers), inputs..., std::get<i>(cache.caches)); });
    });
    cache.buffers.end(y, ready);
  }

  template <class F, class... S>
  static void visit(F&& f, S&... net) {
    each([&](auto i) {
      using L = std::tuple_element_t<i, Layers>;
      L::visit(for_part(f, static_cast<Index>(i.value)), std::get<i>(net.layers)...);
    });
  }

 private:
  /// f(index of each layer as a constant).
  template <class F>
  static void each(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (f(std::integral_constant<std::size_t, I>{}), ...); }
    (std::make_index_sequence<count>{});
  }

  template <std::size_t I>
  static bool left_out(const Pass& pass) noexcept {
    using L = std::tuple_element_t<I, Layers>;
    return link_of<L>() != Link::identity && !requires { typename L::Layers; }
    &&pass.logits;
  }
};

}  // namespace weir::inline WEIR_ABI
