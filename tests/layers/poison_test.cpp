// One bad sample must not spoil its batch, nor pass unseen: NaN and infinity in one sample leave the others'
// bits alone, and NaN comes through.
#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/leaky_relu.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/regularisation/dropout.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace weir;

namespace {

struct Run {
  std::vector<float> y, dx;
};

template <class L>
Run run(const L& layer, Shape input, Index count, const std::vector<float>& x, const Pass& pass) {
  const Shape output = layer.out_shape(input);
  Run result{std::vector<float>(static_cast<std::size_t>(output.size() * count)),
             std::vector<float>(x.size())};
  std::vector<float> dy(result.y.size());
  Rng rng(3);
  for (float& v : dy) v = static_cast<float>(rng.normal());
  typename L::Cache cache;
  cache.prepare(layer, input, count, true);
  L grad = zeros_like(layer);
  layer.forward({x.data(), input, count}, {result.y.data(), output, count}, cache, pass);
  layer.backward({x.data(), input, count}, {result.y.data(), output, count}, {dy.data(), output, count},
                 {result.dx.data(), input, count}, cache, grad, pass);
  return result;
}

bool same_but_sample(const std::vector<float>& a, const std::vector<float>& b, Index size, Index sample) {
  for (Index i = 0; i < static_cast<Index>(a.size()); ++i) {
    if (i / size == sample) continue;
    if (std::memcmp(&a[static_cast<std::size_t>(i)], &b[static_cast<std::size_t>(i)], sizeof(float)) != 0) {
      return false;
    }
  }
  return true;
}

template <class L>
void check(L layer, Shape input, const Pass& pass = {}) {
  const Index count = 6;
  Rng rng(1);
  layer.init(rng);
  std::vector<float> x(static_cast<std::size_t>(input.size() * count));
  for (float& v : x) v = static_cast<float>(rng.normal());
  const Run clean = run(layer, input, count, x, pass);
  const Shape output = layer.out_shape(input);
  using Limits = std::numeric_limits<float>;
  for (const float bad :
       {Limits::quiet_NaN(), -Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    for (Index sample = 0; sample < count; ++sample) {
      INFO(std::string(L::kind), " on ", input.str(), ", ", bad, " in sample ", sample);
      std::vector<float> poisoned = x;
      for (Index i = 0; i < input.size(); ++i)
        poisoned[static_cast<std::size_t>(sample * input.size() + i)] = bad;
      const Run dirty = run(layer, input, count, poisoned, pass);
      CHECK(same_but_sample(clean.y, dirty.y, output.size(), sample));
      CHECK(same_but_sample(clean.dx, dirty.dx, input.size(), sample));
      if (!std::isnan(bad)) continue;
      Index lost = 0;
      for (Index i = 0; i < output.size(); ++i) {
        const auto at = static_cast<std::size_t>(sample * output.size() + i);
        const bool dropped = L::kind == "dropout" && clean.y[at] == 0.0F;
        if (!std::isnan(dirty.y[at]) && !dropped) ++lost;
      }
      CHECK(lost == 0);
    }
  }
}

}  // namespace

TEST_CASE("NaN and infinity stay in their sample") {
  for (const Shape input : {Shape{1}, Shape{17}, Shape{5, 3}, Shape{40}}) {
    for (const Index out : {1, 3, 20}) check(Dense<float>(input.channels, out), input);
    check(Relu<float>{}, input);
    check(LeakyRelu<float>{}, input);
    check(Sigmoid<float>{}, input);
    check(Tanh<float>{}, input);
    check(Gelu<float>{}, input);
    check(Softmax<float>{}, input);
    check(Dropout<float>{0.4}, input);
    check(Dropout<float>{0.4}, input, {.training = true, .key = RngKey{5}});
    check(BatchNorm<float>(input.channels), input);  // inference; in training samples depend on each other
  }
}

TEST_CASE("one NaN among a sample's features reaches every output of a dense layer") {
  for (const Index in : {1, 5, 33}) {
    for (const Index out : {1, 7, 64}) {
      Dense<float> layer(in, out);
      Rng rng(2);
      layer.init(rng);
      for (Index bad = 0; bad < in; ++bad) {
        std::vector<float> x(static_cast<std::size_t>(in), 1.0F), y(static_cast<std::size_t>(out));
        x[static_cast<std::size_t>(bad)] = std::numeric_limits<float>::quiet_NaN();
        NoCache cache;
        layer.forward({x.data(), Shape{in}, 1}, {y.data(), Shape{out}, 1}, cache, {});
        for (const float v : y) REQUIRE(std::isnan(v));
      }
    }
  }
}
