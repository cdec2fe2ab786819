// Checks of layers that look along time: padding changes nothing, nor do neighbours in the batch, and step by
// step gives what the whole sequence gives.
#pragma once

#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir_test {

[[nodiscard]] inline std::vector<float> normal_values(weir::Index count, std::uint64_t seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  weir::Rng rng(seed);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

template <class L>
[[nodiscard]] L with_random_parameters(L layer, std::uint64_t seed = 3) {
  weir::Rng rng(seed);
  layer.init(rng);
  L::visit(
      [&](weir::Role, const weir::ParamName&, weir::TensorView<float> p) {
        for (float& v : p.span()) v += static_cast<float>(0.2 * rng.normal());
      },
      layer);
  return layer;
}

/// A batch whose samples have these lengths and large numbers in their padding, against each sample alone and
/// as long as it is: y and dx have the same bits and zeros as padding, and the gradients are the samples'
/// sums.
template <class L>
void check_own_lengths(L layer, weir::Shape input, const std::vector<weir::Index>& lengths) {
  using weir::BatchView;
  using weir::Index;
  using weir::Shape;
  layer = with_random_parameters(std::move(layer));
  INFO(std::string(L::kind), " on ", input.str());
  const Index count = static_cast<Index>(lengths.size());
  const Shape output = layer.out_shape(input);
  CHECK(output.length == layer.out_length(input.length));
  std::vector<Index> out_lengths;
  for (const Index used : lengths) out_lengths.push_back(layer.out_length(used));

  std::vector<float> x = normal_values(input.size() * count, 5), dy = normal_values(output.size() * count, 6);
  for (Index i = 0; i < count; ++i) {
    const auto s = static_cast<std::size_t>(i);
    const auto behind = [&](std::vector<float>& values, Shape shape, Index used, float value) {
      std::fill(values.begin() + i * shape.size() + used * shape.channels,
                values.begin() + (i + 1) * shape.size(), value);
    };
    behind(x, input, lengths[s], 1e9F);
    behind(dy, output, out_lengths[s], 0.0F);
  }
  std::vector<float> y(dy.size(), 42.0F), dx(x.size(), 42.0F);
  L grad = zeros_like(layer), grad_alone = zeros_like(layer);
  typename L::Cache cache;
  cache.prepare(layer, input, count + 1, true);
  const weir::Pass pass{.training = true};
  layer.forward({x.data(), input, count, lengths}, {y.data(), output, count, out_lengths}, cache, pass);
  layer.backward({x.data(), input, count, lengths}, {y.data(), output, count, out_lengths},
                 {dy.data(), output, count, out_lengths}, {dx.data(), input, count, lengths}, cache, grad,
                 pass);

  for (Index i = 0; i < count; ++i) {
    const Index used = lengths[static_cast<std::size_t>(i)], n = out_lengths[static_cast<std::size_t>(i)];
    INFO("sample ", i, " of ", used, " steps");
    const Shape in_alone{input.channels, used}, out_alone{output.channels, n};
    std::vector<float> y_alone(static_cast<std::size_t>(out_alone.size())),
        dx_alone(static_cast<std::size_t>(in_alone.size()));
    if (used > 0 && n > 0) {
      typename L::Cache own;
      own.prepare(layer, in_alone, 1, true);
      const BatchView<const float> x_view(x.data() + i * input.size(), in_alone, 1);
      layer.forward(x_view, {y_alone.data(), out_alone, 1}, own, pass);
      layer.backward(x_view, {y_alone.data(), out_alone, 1}, {dy.data() + i * output.size(), out_alone, 1},
                     {dx_alone.data(), in_alone, 1}, own, grad_alone, pass);
    }
    const auto same = [&](const std::vector<float>& alone, const std::vector<float>& batch, Index size) {
      const float* sample = batch.data() + i * size;
      return std::equal(alone.begin(), alone.end(), sample) &&
             std::all_of(sample + alone.size(), sample + size, [](float v) { return v == 0.0F; });
    };
    CHECK(same(y_alone, y, output.size()));
    CHECK(same(dx_alone, dx, input.size()));
  }
  L::visit(
      [](weir::Role, const weir::ParamName& name, weir::TensorView<const float> a,
         weir::TensorView<const float> b) {
        INFO(name.str());
        for (weir::Index i = 0; i < a.size(); ++i)
          CHECK(std::fabs(a[i] - b[i]) <= 1e-5F * (1.0F + std::fabs(b[i])));
      },
      std::as_const(grad), std::as_const(grad_alone));
}

/// Runs several streams, the later ones beginning some steps after the first, and compares with whole
/// sequences: the same bits, or within a tolerance, relative from 1 on.
template <class L>
void check_step_by_step(L layer, weir::Shape input, float within = 0.0F) {
  using weir::Index;
  using weir::Shape;
  layer = with_random_parameters(std::move(layer));
  INFO(std::string(L::kind), " on ", input.str());
  REQUIRE(weir::streams(layer));
  const Index streams = 3, late = 2, size = layer.state_size(input);
  const Shape output = layer.out_shape(input);
  const bool collapses = layer.out_length(1) == 1 && layer.out_length(1000) == 1;
  const std::vector<float> x = normal_values(input.size() * streams, 8);

  std::vector<std::vector<float>> memory(static_cast<std::size_t>(streams)),
      results(static_cast<std::size_t>(streams));
  std::vector<Index> done(static_cast<std::size_t>(streams), 0);
  for (auto& state : memory) {
    state.assign(static_cast<std::size_t>(size) + 1, 77.0F);
    layer.start(state.data(), input);
  }
  typename L::StepCache cache;
  cache.prepare(layer, input, streams);
  for (Index now = 0; now < input.length + late * (streams - 1); ++now) {
    std::vector<float> from, to(static_cast<std::size_t>(output.channels * streams), 42.0F);
    std::vector<float*> states;
    std::vector<std::size_t> who;
    for (Index i = streams; i-- > 0;) {  // in another order than they began
      const Index t = now - late * i;
      if (t < 0 || t >= input.length) continue;
      const float* at = x.data() + i * input.size() + t * input.channels;
      from.insert(from.end(), at, at + input.channels);
      who.push_back(static_cast<std::size_t>(i));
      states.push_back(memory[who.back()].data());
    }
    const Index n = static_cast<Index>(who.size());
    std::vector<unsigned char> ready(who.size(), 1);
    layer.step({from.data(), Shape{input.channels, 1}, n}, {to.data(), Shape{output.channels, 1}, n}, states,
               ready, cache);
    for (std::size_t k = 0; k < who.size(); ++k) {
      if (ready[k] == 0) continue;
      std::vector<float>& result = results[who[k]];
      const auto* begin = to.data() + static_cast<Index>(k) * output.channels;
      if (collapses) result.clear();
      result.insert(result.end(), begin, begin + output.channels);
    }
  }
  for (Index i = 0; i < streams; ++i) {
    INFO("stream ", i);
    const std::vector<float>& result = results[static_cast<std::size_t>(i)];
    std::vector<float> y(static_cast<std::size_t>(output.size()));
    typename L::Cache whole;
    whole.prepare(layer, input, 1, false);
    layer.forward({x.data() + i * input.size(), input, 1}, {y.data(), output, 1}, whole, {});
    CHECK(memory[static_cast<std::size_t>(i)].back() == 77.0F);  // nothing behind its state was touched
    REQUIRE(result.size() == y.size());
    if (within == 0.0F) {
      CHECK(result == y);
    } else {
      for (std::size_t k = 0; k < y.size(); ++k) {
        CHECK(std::fabs(result[k] - y[k]) <= within * std::max(1.0F, std::fabs(y[k])));
      }
    }
  }
}

}  // namespace weir_test
