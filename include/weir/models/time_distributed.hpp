// One net applied to each time step by itself:   y_t = inner(x_t)
//
// inner takes the channels of one step as a sample of one step, and gives one step:
// `time_distributed[reshape:1:100,conv1d:32:5,relu,global_max_pool1d]` looks at each packet's 100 bytes.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/layer_spec.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Inner>
struct TimeDistributed {
  static_assert(LayerContract<Inner>::kept);

  using Scalar = typename Inner::Scalar;
  static constexpr std::string_view kind = "time_distributed";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool reads_output = weir::reads_output<Inner>;

  Inner inner{};

  TimeDistributed() = default;
  explicit TimeDistributed(Inner net) : inner(std::move(net)) {}

  struct Cache {
    typename Inner::Cache inner;
    Index block = 0;  ///< steps at a time
    void prepare(const TimeDistributed& net, Shape input, Index count, bool training) {
      block = training ? input.length * count : steps_at_a_time(input, count);
      inner.prepare(net.inner, {input.channels, 1}, block, training);
    }
  };

  /// Why the inner net does not take a step or does not give one; empty if it does.
  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text = weir::complaint(inner, Shape{input.channels, 1});
    return text.empty() ? step_complaint(inner.out_shape({input.channels, 1})) : text;
  }
  [[nodiscard]] double work(Shape input) const {
    return static_cast<double>(input.length) * weir::work(inner, Shape{input.channels, 1});
  }
  [[nodiscard]] double scratch(Shape input, Index count) const {
    return weir::scratch(inner, Shape{input.channels, 1}, steps_at_a_time(input, count));
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    const Shape step = inner.out_shape({input.channels, 1});
    if (const std::string text = step_complaint(step); !text.empty()) fail(ErrorKind::shape, text);
    return {step.channels, input.length};
  }
  [[nodiscard]] Index flops(Shape input) const {
    return input.length * weir::flops(inner, Shape{input.channels, 1});
  }
  [[nodiscard]] bool couples_samples() const { return weir::couples_samples(inner); }
  void init(Rng& rng) { inner.init(rng); }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    const BatchView<const Scalar> from = steps(x);
    const BatchView<Scalar> to = steps(y);
    for (Index first = 0; first < from.count(); first += cache.block) {
      const Index count = std::min(cache.block, from.count() - first);
      Pass own = inner_pass(pass, x.length());
      own.first_sample += first;
      inner.forward(from.slice(first, count), to.slice(first, count), cache.inner, own);
    }
  }
  void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, TimeDistributed& grad, const Pass& pass) const {
    inner.backward(steps(x), steps(y), steps(dy), dx.absent() ? dx : steps(dx), cache.inner, grad.inner,
                   inner_pass(pass, x.length()));
  }

  template <class F, class... N>
  static void visit(F&& f, N&... net) {
    Inner::visit(for_part(f, 0), net.inner...);
  }

  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const { return {describe(inner)}; }
  /// The chain must have been built for samples of one step: see `branch_input`.
  [[nodiscard]] static Result<TimeDistributed> from_branches(const Config& config, std::vector<Inner> chains,
                                                             Shape input) {
    if (chains.size() != 1) return Failure{ErrorKind::config, "time_distributed: one chain is expected"};
    TimeDistributed layer(std::move(chains[0]));
    if (const std::string text = layer.complaint(input); !text.empty())
      return Failure{ErrorKind::config, text};
    return ConfigReader(kind, config).finish(std::move(layer));
  }
  /// What the inner net gets when the layer gets `input`.
  [[nodiscard]] static Shape branch_input(Shape input, const std::vector<Inner>&) noexcept {
    return {input.channels, 1};
  }

 private:
  /// Outside of training, so that the inner net's memory does not grow with the sequence.
  [[nodiscard]] static Index steps_at_a_time(Shape input, Index count) noexcept {
    return std::clamp<Index>(input.length * count, 1, 32);
  }
  [[nodiscard]] static std::string step_complaint(Shape step) {
    if (step.length == 1) return {};
    return "time_distributed: the inner net must give one step, but gives " + step.str();
  }
  /// Each step as a sample of its own.
  template <class S>
  [[nodiscard]] static BatchView<S> steps(BatchView<S> batch) noexcept {
    return {batch.data(), {batch.channels(), 1}, batch.columns()};
  }
  /// Random numbers belong to steps now.
  [[nodiscard]] static Pass inner_pass(Pass pass, Index length) noexcept {
    pass.logits = false;
    pass.first_sample *= length;
    return pass;
  }
};

}  // namespace weir::inline WEIR_ABI
