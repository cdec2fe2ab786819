// A chain of layers whose kinds are known only at run time: built from a file, or from text as on the command
// line. It is a layer like any other, so `fit`, `evaluate`, `predict` and `save` take it as they take a
// Sequential.
//
// Only who includes this file pays for compiling every kind of layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_needs.hpp>
#include <weir/models/any_layer.hpp>
#include <weir/models/chain.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/step_buffers.hpp>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct AnyModel {
  using Scalar = T;
  static constexpr std::string_view kind = "sequential";
  static constexpr std::array<std::string_view, 0> arguments{};

  static constexpr bool along_time = true;  // as a rule; without looking, the safe answer

  std::vector<AnyLayer<T>> layers;

  struct Cache {
    std::vector<std::unique_ptr<typename AnyLayer<T>::Cache>> caches;
    detail::ChainBuffers<T> buffers;

    void prepare(const AnyModel& net, Shape input, Index n, bool training) {
      std::vector<detail::Hop> hops;
      caches.clear();
      for (const AnyLayer<T>& layer : net.layers) {
        caches.push_back(layer.make_cache());
        caches.back()->prepare(layer, input, n, training);
        hops.push_back(layer.hop(input));
        input = hops.back().out;
      }
      buffers.prepare(hops, n, training);
    }
  };

  [[nodiscard]] std::string complaint(Shape input) const {
    for (const AnyLayer<T>& layer : layers) {
      if (std::string text = layer.complaint(input); !text.empty()) return text;
      input = layer.out_shape(input);
    }
    return {};
  }
  [[nodiscard]] double work(Shape input) const {
    double total = 0.0;
    for (const AnyLayer<T>& layer : layers) {
      total += layer.work(input);
      input = layer.out_shape(input);
    }
    return total;
  }
  [[nodiscard]] double scratch(Shape input, Index n) const {
    std::vector<detail::Hop> hops;
    double bytes = 0.0;
    for (const AnyLayer<T>& layer : layers) {
      bytes += layer.scratch(input, n);
      hops.push_back(layer.hop(input));
      input = hops.back().out;
    }
    return bytes + detail::chain_bytes<T>(hops, n);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    for (const AnyLayer<T>& layer : layers) input = layer.out_shape(input);
    return input;
  }
  [[nodiscard]] Index out_length(Index used) const {
    for (const AnyLayer<T>& layer : layers) used = layer.out_length(used);
    return used;
  }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const { return {describe(*this)}; }
  [[nodiscard]] static Result<AnyModel> from_branches(const Config& config, std::vector<AnyModel> chains,
                                                      Shape) {
    if (chains.size() != 1) return Failure{ErrorKind::config, "sequential: one chain is expected"};
    return ConfigReader(kind, config).finish(std::move(chains[0]));
  }
  [[nodiscard]] Index flops(Shape input) const {
    Index total = 0;
    for (const AnyLayer<T>& layer : layers) {
      total += layer.flops(input);
      input = layer.out_shape(input);
    }
    return total;
  }
  [[nodiscard]] Link final_link() const { return layers.empty() ? Link::identity : layers.back().link(); }
  [[nodiscard]] bool couples_samples() const {
    for (const AnyLayer<T>& layer : layers) {
      if (layer.whole_batch()) return true;
    }
    return false;
  }

  /// Draws all weights; the same numbers as a Sequential of the same layers.
  void init(Rng& rng) {
    const RngKey key{rng.next64()};
    for (std::size_t i = 0; i < layers.size(); ++i) {
      Rng own(key.fork(i));
      layers[i].init(own);
    }
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    BatchView<const T> input = x;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      cache.buffers.map_lengths(i, layers[i], input.lengths());
      const BatchView<T> output = cache.buffers.output(i, x, y);
      const Pass inner = detail::pass_for(pass, i, layers.size());
      if (left_out(i, inner)) {
        detail::pass_through(input, output);
      } else {
        layers[i].forward(input, output, *cache.caches[i], inner);
      }
      input = output;
    }
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, AnyModel& grad, const Pass& pass) const {
    const BatchView<T> result(const_cast<T*>(y.data()), y.shape(), y.count(), y.lengths());  // only read
    BatchView<const T> gradient = dy;
    for (std::size_t i = layers.size(); i-- > 0;) {
      const Pass inner = detail::pass_for(pass, i, layers.size());
      if (left_out(i, inner)) {
        if (i == 0) detail::pass_through(gradient, dx);
        continue;
      }
      const BatchView<const T> input =
          i == 0 ? x : BatchView<const T>(cache.buffers.output(i - 1, x, result));
      const BatchView<T> target = i == 0 ? dx : cache.buffers.gradient(i, gradient, input);
      layers[i].backward(input, cache.buffers.output(i, x, result), gradient, target, *cache.caches[i],
                         grad.layers[i], inner);
      gradient = target;
    }
  }

  [[nodiscard]] bool streams() const {
    for (const AnyLayer<T>& layer : layers) {
      if (!layer.streams()) return false;
    }
    return true;
  }
  [[nodiscard]] Index state_size(Shape input) const {
    Index size = 0;
    for (const AnyLayer<T>& layer : layers) {
      size += layer.state_size(input);
      input = layer.out_shape(input);
    }
    return size;
  }
  void start(T* state, Shape input) const {
    for (const AnyLayer<T>& layer : layers) {
      layer.start(state, input);
      state += layer.state_size(input);
      input = layer.out_shape(input);
    }
  }

  struct StepCache {
    std::vector<std::unique_ptr<typename AnyLayer<T>::StepCache>> caches;
    detail::StepBuffers<T> buffers;

    void prepare(const AnyModel& net, Shape input, Index streams) {
      caches.clear();
      buffers.clear(streams);
      for (const AnyLayer<T>& layer : net.layers) {
        caches.push_back(layer.make_step_cache());
        caches.back()->prepare(layer, input, streams);
        const Index state = layer.state_size(input);
        input = layer.out_shape(input);
        buffers.add(input.channels, state);
      }
    }
  };

  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    cache.buffers.begin(x, states);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      cache.buffers.step(i, [&](auto... inputs) { layers[i].step(inputs..., *cache.caches[i]); });
    }
    cache.buffers.end(y, ready);
  }

  template <class F, class... M>
  static void visit(F&& f, M&... net) {
    const auto& first = std::get<0>(std::tie(net...));
    for (std::size_t i = 0; i < first.layers.size(); ++i) {
      AnyLayer<T>::visit(for_part(f, static_cast<Index>(i)), net.layers[i]...);
    }
  }

 private:
  [[nodiscard]] bool left_out(std::size_t i, const Pass& pass) const {
    return pass.logits && layers[i].link() != Link::identity;
  }
};

#if defined(WEIR_COMPILED)
extern template class AnyLayer<float>;
extern template class AnyLayer<double>;
extern template struct AnyModel<float>;
extern template struct AnyModel<double>;
#endif

}  // namespace weir::inline WEIR_ABI
