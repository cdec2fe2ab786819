// What every chain of layers does, once: Sequential keeps its layers in a tuple, AnyModel in a vector.
//
//   x -> layer 0 -> layer 1 -> ... -> y
//
// A chain is itself a layer, so that chains nest. The losses take over the activation that it ends in
// (Pass::logits): that layer is left out.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/chain_buffers.hpp>
#include <weir/models/each.hpp>
#include <weir/models/layer_facts.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/step_buffers.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Layers>
struct Chain {
  static_assert(detail::AreLayers<Layers>::kept);

  using Scalar = detail::ScalarOfParts<Layers>;
  static constexpr std::string_view kind = "sequential";
  static constexpr std::array<std::string_view, 0> arguments{};

  Layers layers;

  struct Cache {
    detail::PartsOf<detail::CacheOfPart, Layers> caches;
    detail::ChainBuffers<Scalar> buffers;

    void prepare(const Chain& net, Shape input, Index n, bool training) {
      detail::resize_like(caches, net.layers);
      std::vector<detail::Hop> hops;
      const auto one = [&](std::size_t, const auto& layer, auto& own) {
        own.prepare(layer, input, n, training);
        hops.push_back(detail::hop_of(layer, input));
        input = hops.back().out;
      };
      detail::each(one, net.layers, caches);
      buffers.prepare(hops, n, training);
    }
  };

  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text;
    const auto one = [&](std::size_t, const auto& layer) {
      if (text.empty()) text = weir::complaint(layer, input);
      if (text.empty()) input = layer.out_shape(input);
    };
    detail::each(one, layers);
    return text;
  }
  [[nodiscard]] double work(Shape input) const {
    double total = 0.0;
    walk(input, [&](const auto& layer, Shape shape) { total += weir::work(layer, shape); });
    return total;
  }
  [[nodiscard]] double scratch(Shape input, Index n) const {
    std::vector<detail::Hop> hops;
    double bytes = 0.0;
    walk(input, [&](const auto& layer, Shape shape) {
      bytes += weir::scratch(layer, shape, n);
      hops.push_back(detail::hop_of(layer, shape));
    });
    return bytes + detail::chain_bytes<Scalar>(hops, n);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    return walk(input, [](const auto&, Shape) {});
  }
  [[nodiscard]] Index out_length(Index used) const {
    detail::each([&](std::size_t, const auto& layer) { used = weir::out_length(layer, used); }, layers);
    return used;
  }
  /// Floating-point operations of one sample in inference; activations are not counted.
  [[nodiscard]] Index flops(Shape input) const {
    Index total = 0;
    walk(input, [&](const auto& layer, Shape shape) { total += weir::flops(layer, shape); });
    return total;
  }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const { return {describe(*this)}; }
  [[nodiscard]] Link final_link() const {
    Link last = Link::identity;
    detail::each([&](std::size_t, const auto& layer) { last = weir::final_link(layer); }, layers);
    return last;
  }
  [[nodiscard]] bool couples_samples() const {
    bool any = false;
    detail::each([&](std::size_t, const auto& layer) { any = any || weir::couples_samples(layer); }, layers);
    return any;
  }

  /// Draws all weights; each layer from its own stream.
  void init(Rng& rng) {
    const RngKey key{rng.next64()};
    const auto one = [&](std::size_t i, auto& layer) {
      Rng own(key.fork(i));
      layer.init(own);
    };
    detail::each(one, layers);
  }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    BatchView<const Scalar> input = x;
    const auto one = [&](std::size_t i, const auto& layer, auto& own) {
      cache.buffers.map_lengths(i, layer, input.lengths());
      const BatchView<Scalar> output = cache.buffers.output(i, x, y);
      const Pass inner = detail::pass_for(pass, i, detail::count_of(layers));
      if (left_out(layer, inner)) {
        detail::pass_through(input, output);
      } else {
        layer.forward(input, output, own, inner);
      }
      input = output;
    };
    detail::each(one, layers, cache.caches);
  }

  void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, Chain& grad, const Pass& pass) const {
    const BatchView<Scalar> result(const_cast<Scalar*>(y.data()), y.shape(), y.count(),
                                   y.lengths());  // only read
    BatchView<const Scalar> gradient = dy;
    const auto one = [&](std::size_t i, const auto& layer, auto& own, auto& own_grad) {
      const Pass inner = detail::pass_for(pass, i, detail::count_of(layers));
      if (left_out(layer, inner)) {
        if (i == 0) detail::pass_through(gradient, dx);
        return;
      }
      const BatchView<const Scalar> input =
          i == 0 ? x : BatchView<const Scalar>(cache.buffers.output(i - 1, x, result));
      const BatchView<Scalar> target = i == 0 ? dx : cache.buffers.gradient(i, gradient, input);
      layer.backward(input, cache.buffers.output(i, x, result), gradient, target, own, own_grad, inner);
      gradient = target;
    };
    detail::each_backwards(one, layers, cache.caches, grad.layers);
  }

  [[nodiscard]] bool streams() const {
    bool all = true;
    detail::each([&](std::size_t, const auto& layer) { all = all && weir::streams(layer); }, layers);
    return all;
  }
  [[nodiscard]] Index state_size(Shape input) const {
    Index size = 0;
    walk(input, [&](const auto& layer, Shape shape) { size += weir::state_size(layer, shape); });
    return size;
  }
  void start(Scalar* state, Shape input) const {
    walk(input, [&](const auto& layer, Shape shape) {
      start_stream(layer, state, shape);
      state += weir::state_size(layer, shape);
    });
  }

  struct StepCache {
    detail::PartsOf<detail::StepCacheOfPart, Layers> caches;
    detail::StepBuffers<Scalar> buffers;

    void prepare(const Chain& net, Shape input, Index streams) {
      detail::resize_like(caches, net.layers);
      buffers.clear(streams);
      const auto one = [&](std::size_t, const auto& layer, auto& own) {
        own.prepare(layer, input, streams);
        const Index state = weir::state_size(layer, input);
        input = layer.out_shape(input);
        buffers.add(input.channels, state);
      };
      detail::each(one, net.layers, caches);
    }
  };

  void step(BatchView<const Scalar> x, BatchView<Scalar> y, std::span<Scalar* const> states,
            std::span<unsigned char> ready, StepCache& cache, const Pass& pass = {}) const {
    cache.buffers.begin(x, states);
    const auto one = [&](std::size_t i, const auto& layer, auto& own) {
      cache.buffers.step(i, [&](auto... inputs) { weir::step(layer, inputs..., own, pass); });
    };
    detail::each(one, layers, cache.caches);
    cache.buffers.end(y, ready);
  }

  template <class F, class First, class... More>
  static void visit(F&& f, First& first, More&... more) {
    const auto one = [&](std::size_t i, auto& layer, auto&... others) {
      std::remove_cvref_t<decltype(layer)>::visit(for_part(f, static_cast<Index>(i)), layer, others...);
    };
    detail::each(one, first.layers, more.layers...);
  }

 private:
  /// f(layer, shape of its input) for each; the shape of the output.
  template <class F>
  Shape walk(Shape input, F f) const {
    const auto one = [&](std::size_t, const auto& layer) {
      f(layer, input);
      input = layer.out_shape(input);
    };
    detail::each(one, layers);
    return input;
  }

  /// A chain within the chain leaves out its own last layer.
  template <class L>
  [[nodiscard]] static bool left_out(const L& layer, const Pass& pass) {
    return pass.logits && detail::own_link(layer) != Link::identity;
  }
};

}  // namespace weir::inline WEIR_ABI
