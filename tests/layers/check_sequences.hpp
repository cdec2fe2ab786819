// What a layer that looks along time promises, as doctest assertions: padding counts for nothing, a sample
// gets in a batch what it gets alone, and streaming gives what the whole sequence gives.
#pragma once

#include <weir/core/layer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weir_test {

using weir::BatchView;
using weir::Index;
using weir::Shape;

[[nodiscard]] inline std::vector<float> normal_numbers(Index count, weir::Rng& rng) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

/// A batch of samples of these lengths against each sample alone, cut to its length. y and dx have to be the
/// same to the bit; gradients of parameters are sums over the batch, and so only about the same. For layers
/// that keep the shape.
template <class L>
void check_padding(const L& layer, Shape shape, const std::vector<Index>& lengths, std::uint64_t seed = 1) {
  INFO(std::string(L::kind), " on ", shape.str());
  weir::Rng rng(seed);
  const auto n = static_cast<Index>(lengths.size());
  const weir::Pass pass{.training = true, .key = weir::RngKey{seed}};
  std::vector<float> x = normal_numbers(shape.size() * n, rng), dy = normal_numbers(shape.size() * n, rng);
  for (Index i = 0; i < n; ++i) {
    const Index used = lengths[static_cast<std::size_t>(i)] * shape.channels;
    std::fill(dy.begin() + i * shape.size() + used, dy.begin() + (i + 1) * shape.size(), 0.0F);
    std::fill(x.begin() + i * shape.size() + used, x.begin() + (i + 1) * shape.size(), 1e6F);
  }
  typename L::Cache cache;
  cache.prepare(layer, shape, n, true);
  std::vector<float> y(x.size(), 42.0F), dx(x.size(), 42.0F);
  L grad = zeros_like(layer), sum = zeros_like(layer);
  const std::span<const Index> all(lengths);
  layer.forward({x.data(), shape, n, all}, {y.data(), shape, n, all}, cache, pass);
  layer.backward({x.data(), shape, n, all}, {y.data(), shape, n, all}, {dy.data(), shape, n, all},
                 {dx.data(), shape, n, all}, cache, grad, pass);

  for (Index i = 0; i < n; ++i) {
    INFO("sample ", i);
    const Index used = lengths[static_cast<std::size_t>(i)];
    const Shape cut{shape.channels, used};
    const auto at = static_cast<std::size_t>(i * shape.size());
    std::vector<float> y1(static_cast<std::size_t>(cut.size())), dx1(y1.size());
    weir::Pass alone = pass;
    alone.first_sample = i;
    typename L::Cache own;
    own.prepare(layer, cut, 1, true);
    const BatchView<const float> x1(x.data() + at, cut, 1), dy1(dy.data() + at, cut, 1);
    layer.forward(x1, {y1.data(), cut, 1}, own, alone);
    layer.backward(x1, {y1.data(), cut, 1}, dy1, {dx1.data(), cut, 1}, own, sum, alone);
    bool same = true, zero = true;
    for (std::size_t k = 0; k < static_cast<std::size_t>(shape.size()); ++k) {
      if (k < y1.size()) {
        same = same && y[at + k] == y1[k] && dx[at + k] == dx1[k];
      } else {
        zero = zero && y[at + k] == 0.0F && dx[at + k] == 0.0F;
      }
    }
    CHECK(same);
    CHECK(zero);
  }
  L::visit(
      [&](weir::Role, const weir::ParamName& name, auto a, auto b) {
        INFO(name.str());
        double worst = 0.0, largest = 1e-3;
        for (Index k = 0; k < a.size(); ++k) {
          worst = std::max(worst, std::fabs(static_cast<double>(a[k] - b[k])));
          largest = std::max(largest, std::fabs(static_cast<double>(b[k])));
        }
        CHECK(worst <= 1e-5 * largest);
      },
      grad, sum);
}

/// Streams that start at different steps, run together, against whole sequences.
template <class L>
void check_streaming(const L& layer, Shape shape, Index streams, double tolerance = 1e-6) {
  INFO(std::string(L::kind), " on ", shape.str(), ", ", streams, " streams");
  weir::Rng rng(5);
  const std::vector<float> x = normal_numbers(shape.size() * streams, rng);
  std::vector<float> whole(x.size());
  typename L::Cache cache;
  cache.prepare(layer, shape, streams, false);
  layer.forward({x.data(), shape, streams}, {whole.data(), shape, streams}, cache, {});

  const Index size = layer.state_size(shape), c = shape.channels;
  std::vector<float> memory(static_cast<std::size_t>(size * streams), 7.0F);
  for (Index i = 0; i < streams; ++i) layer.start(memory.data() + i * size, shape);
  typename L::StepCache own;
  own.prepare(layer, shape, streams);
  double worst = 0.0;
  for (Index now = 0; now < shape.length + streams; ++now) {
    // Stream i begins at step i; so their numbers and order change from step to step.
    std::vector<Index> running;
    for (Index i = streams; i-- > 0;) {
      if (now >= i && now - i < shape.length) running.push_back(i);
    }
    std::vector<float> in, out(running.size() * static_cast<std::size_t>(c));
    std::vector<float*> states;
    std::vector<unsigned char> ready(running.size(), 1);
    for (const Index i : running) {
      const auto from = x.begin() + i * shape.size() + (now - i) * c;
      in.insert(in.end(), from, from + c);
      states.push_back(memory.data() + i * size);
    }
    const auto n = static_cast<Index>(running.size());
    layer.step({in.data(), {c, 1}, n}, {out.data(), {c, 1}, n}, states, ready, own);
    for (std::size_t k = 0; k < running.size(); ++k) {
      CHECK(ready[k] == 1);
      const Index at = running[k] * shape.size() + (now - running[k]) * c;
      for (Index j = 0; j < c; ++j) {
        const double expected = static_cast<double>(whole[static_cast<std::size_t>(at + j)]);
        const double actual =
            static_cast<double>(out[k * static_cast<std::size_t>(c) + static_cast<std::size_t>(j)]);
        worst = std::max(worst, std::fabs(actual - expected) / std::max(1.0, std::fabs(expected)));
      }
    }
  }
  CHECK(worst <= tolerance);
}

}  // namespace weir_test
