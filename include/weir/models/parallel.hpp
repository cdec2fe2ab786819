// Branches that all get the same input, and whose outputs are joined:
//
//   concat:   y = [b_1(x); b_2(x); ...]       channels one below the other
//   add:      y = b_1(x) + b_2(x) + ...       branches of equal shape
//
//   auto block = residual(Sequential{Conv1D{64, 64, 3, {.padding = Padding::same}}, Relu{}});   // f(x) + x
//   auto two   = Parallel{std::tuple{packets, statistics}};                // two inputs, with Slice
//
// Branches give the same number of time steps. They are a tuple of layers, or a vector of chains that come
// from a file.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/identity.hpp>
#include <weir/models/each.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/models/merge.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Branches>
struct Parallel {
  static_assert(detail::AreLayers<Branches>::kept);

  using Scalar = detail::ScalarOfParts<Branches>;
  static constexpr std::string_view kind = "parallel";
  static constexpr std::array<std::string_view, 1> arguments{"merge"};
  static constexpr bool along_time = true;

  Branches layers{};
  Merge merge = Merge::concat;

  Parallel() = default;
  explicit Parallel(Branches chains, Merge how = Merge::concat) : layers(std::move(chains)), merge(how) {}

  struct Cache {
    detail::PartsOf<detail::CacheOfPart, Branches> caches;
    std::vector<Shape> shapes;                   ///< of each branch's output
    std::vector<AlignedBuffer<Scalar>> outputs;  ///< of each branch
    AlignedBuffer<Scalar> slope;                 ///< dy of one branch
    AlignedBuffer<Scalar> input_slope;           ///< dx of one branch

    void prepare(const Parallel& net, Shape input, Index count, bool training) {
      detail::resize_like(caches, net.layers);
      shapes.clear();
      outputs.clear();
      Index largest = 0;
      const auto one = [&](std::size_t, const auto& branch, auto& cache) {
        cache.prepare(branch, input, count, training);
        shapes.push_back(branch.out_shape(input));
        largest = std::max(largest, shapes.back().size() * count);
        outputs.emplace_back(static_cast<std::size_t>(shapes.back().size() * count));
      };
      detail::each(one, net.layers, caches);
      slope = AlignedBuffer<Scalar>(training ? static_cast<std::size_t>(largest) : 0);
      input_slope = AlignedBuffer<Scalar>(training ? static_cast<std::size_t>(input.size() * count) : 0);
    }
  };

  /// Why the branches do not take the input or cannot be joined; empty if they do.
  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text;
    const auto one = [&](std::size_t, const auto& branch) {
      if (text.empty()) text = weir::complaint(branch, input);
    };
    detail::each(one, layers);
    Shape total{};
    return text.empty() ? join_shapes(input, total) : text;
  }
  [[nodiscard]] double work(Shape input) const {
    double total = 0.0;
    detail::each([&](std::size_t, const auto& branch) { total += weir::work(branch, input); }, layers);
    return total;
  }
  [[nodiscard]] double scratch(Shape input, Index count) const {
    double bytes = 0.0;
    detail::each(
        [&](std::size_t, const auto& branch) {
          bytes += weir::scratch(branch, input, count) +
                   detail::bytes_of<Scalar>(detail::size_of(branch.out_shape(input)), count);
        },
        layers);
    return bytes;
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    Shape total{};
    if (const std::string text = join_shapes(input, total); !text.empty()) fail(ErrorKind::shape, text);
    return total;
  }
  /// Steps that every branch has.
  [[nodiscard]] Index out_length(Index used) const {
    Index length = used;
    detail::each(
        [&](std::size_t i, const auto& branch) {
          const Index own = weir::out_length(branch, used);
          length = i == 0 ? own : std::min(length, own);
        },
        layers);
    return length;
  }
  [[nodiscard]] Index flops(Shape input) const {
    Index total = 0;
    detail::each([&](std::size_t, const auto& branch) { total += weir::flops(branch, input); }, layers);
    return total;
  }
  [[nodiscard]] bool couples_samples() const {
    bool any = false;
    detail::each([&](std::size_t, const auto& branch) { any = any || weir::couples_samples(branch); },
                 layers);
    return any;
  }

  void init(Rng& rng) {
    const RngKey key{rng.next64()};
    detail::each(
        [&](std::size_t i, auto& branch) {
          Rng own(key.fork(i));
          branch.init(own);
        },
        layers);
  }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    Index first = 0;
    const auto one = [&](std::size_t i, const auto& branch, auto& own) {
      const BatchView<Scalar> out = output(cache, i, y);
      branch.forward(x, out, own, inner_pass(pass, i));
      join(i, first, out, y);
      first += out.channels();
    };
    detail::each(one, layers, cache.caches);
  }

  void backward(BatchView<const Scalar> x, BatchView<const Scalar>, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, Parallel& grad, const Pass& pass) const {
    Index first = 0;
    const auto one = [&](std::size_t i, const auto& branch, auto& own, auto& own_grad) {
      const Shape shape = cache.shapes[i];
      const BatchView<const Scalar> slope = merge == Merge::add ? dy : part(cache, shape, first, dy);
      // The first branch writes dx itself, the others add to it.
      BatchView<Scalar> target = dx;
      if (i > 0 && !dx.absent()) target = {cache.input_slope.data(), x.shape(), x.count(), x.lengths()};
      branch.backward(x, output(cache, i, dy), slope, target, own, own_grad, inner_pass(pass, i));
      if (i > 0 && !dx.absent()) simd::add(dx.size(), target.data(), dx.data());
      first += shape.channels;
    };
    detail::each(one, layers, cache.caches, grad.layers);
  }

  [[nodiscard]] bool streams() const {
    bool all = true;
    detail::each([&](std::size_t, const auto& branch) { all = all && weir::streams(branch); }, layers);
    return all;
  }
  [[nodiscard]] Index state_size(Shape input) const {
    Index size = 0;
    detail::each([&](std::size_t, const auto& branch) { size += weir::state_size(branch, input); }, layers);
    return size;
  }
  void start(Scalar* state, Shape input) const {
    const auto one = [&](std::size_t, const auto& branch) {
      start_stream(branch, state, input);
      state += weir::state_size(branch, input);
    };
    detail::each(one, layers);
  }

  struct StepCache {
    detail::PartsOf<detail::StepCacheOfPart, Branches> caches;
    std::vector<Shape> shapes;
    std::vector<Index> state_offsets;
    std::vector<AlignedBuffer<Scalar>> outputs;
    std::vector<Scalar*> states;

    void prepare(const Parallel& net, Shape input, Index streams) {
      detail::resize_like(caches, net.layers);
      shapes.clear();
      state_offsets.clear();
      outputs.clear();
      states.resize(static_cast<std::size_t>(streams));
      Index offset = 0;
      const auto one = [&](std::size_t, const auto& branch, auto& cache) {
        cache.prepare(branch, input, streams);
        shapes.push_back({branch.out_shape(input).channels, 1});
        outputs.emplace_back(static_cast<std::size_t>(shapes.back().channels * streams));
        state_offsets.push_back(offset);
        offset += weir::state_size(branch, input);
      };
      detail::each(one, net.layers, caches);
    }
  };

  /// Branches skip the same steps, for they give equal numbers of them.
  void step(BatchView<const Scalar> x, BatchView<Scalar> y, std::span<Scalar* const> states,
            std::span<unsigned char> ready, StepCache& cache, const Pass& pass = {}) const {
    Index first = 0;
    const auto one = [&](std::size_t i, const auto& branch, auto& own) {
      for (std::size_t k = 0; k < states.size(); ++k) cache.states[k] = states[k] + cache.state_offsets[i];
      const BatchView<Scalar> out(cache.outputs[i].data(), cache.shapes[i], x.count());
      weir::step(branch, x, out, std::span<Scalar* const>(cache.states).first(states.size()), ready, own,
                 pass);
      join(i, first, out, y);
      first += out.channels();
    };
    detail::each(one, layers, cache.caches);
  }

  template <class F, class... P>
  static void visit(F&& f, P&... net) {
    const auto one = [&](std::size_t i, auto& branch, auto&... more) {
      using L = std::remove_cvref_t<decltype(branch)>;
      L::visit(for_part(f, static_cast<Index>(i)), branch, more...);
    };
    detail::each(one, net.layers...);
  }

  using Settings = MergeOptions;
  [[nodiscard]] Settings settings() const { return {merge}; }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const {
    std::vector<std::vector<LayerSpec>> specs;
    detail::each([&](std::size_t, const auto& branch) { specs.push_back(describe(branch)); }, layers);
    return specs;
  }
  /// From chains of any layers, an empty one standing for the identity.
  [[nodiscard]] static Result<Parallel> from_branches(const Config& config, Branches chains, Shape input) {
    ConfigReader read(kind, config);
    MergeOptions chosen;
    read_fields(read, chosen);
    Parallel layer(std::move(chains), chosen.merge);
    if (const std::string text = layer.complaint(input); !text.empty())
      return Failure{ErrorKind::config, text};
    return read.finish(std::move(layer));
  }

 private:
  /// The shape of all branches' outputs together, or why they cannot be joined. The branches take the input.
  [[nodiscard]] std::string join_shapes(Shape input, Shape& total) const {
    std::string text;
    Shape first{};
    const auto one = [&](std::size_t i, const auto& branch) {
      const Shape shape = branch.out_shape(input);
      if (i == 0) first = total = shape;
      if (text.empty() &&
          (shape.length != first.length || (merge == Merge::add && shape.channels != first.channels))) {
        text = "parallel: branch " + std::to_string(i) + " gives " + shape.str() + " where the first gives " +
               first.str();
      }
      if (i > 0 && merge == Merge::concat) total.channels += shape.channels;
    };
    detail::each(one, layers);
    return text;
  }

  [[nodiscard]] static Pass inner_pass(const Pass& pass, std::size_t branch) noexcept {
    Pass inner = pass.fork(static_cast<Index>(branch));
    inner.logits = false;
    return inner;
  }
  /// The memory of branch i, for the batch of which y, or its gradient, is the joined output.
  template <class Y>
  [[nodiscard]] static BatchView<Scalar> output(Cache& cache, std::size_t i, const Y& y) {
    return {cache.outputs[i].data(), cache.shapes[i], y.count(), y.lengths()};
  }
  void join(std::size_t i, Index first, BatchView<const Scalar> from, BatchView<Scalar> y) const {
    if (merge == Merge::add) {
      if (i == 0) {
        std::copy_n(from.data(), from.size(), y.data());
      } else {
        simd::add(y.size(), from.data(), y.data());
      }
      return;
    }
    for (Index c = 0; c < y.columns(); ++c) {
      std::copy_n(from.data() + c * from.channels(), from.channels(), y.data() + c * y.channels() + first);
    }
  }
  [[nodiscard]] static BatchView<const Scalar> part(Cache& cache, Shape shape, Index first,
                                                    BatchView<const Scalar> dy) {
    for (Index c = 0; c < dy.columns(); ++c) {
      std::copy_n(dy.data() + c * dy.channels() + first, shape.channels,
                  cache.slope.data() + c * shape.channels);
    }
    return {cache.slope.data(), shape, dy.count(), dy.lengths()};
  }
};

/// f(x) + shortcut(x).
template <class Inner, class Shortcut = Identity<typename Inner::Scalar>>
[[nodiscard]] auto residual(Inner inner, Shortcut shortcut = {}) {
  return Parallel<std::tuple<Inner, Shortcut>>(std::tuple(std::move(inner), std::move(shortcut)), Merge::add);
}

}  // namespace weir::inline WEIR_ABI
