// Chains write over what is no longer needed. Here every pair and triple of layers, and random longer chains,
// are compared bit for bit with the same layers run one by one, each with memory of its own.
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/time_distributed.hpp>
#include <weir/models/workspace.hpp>

#include <weir/models/registry.hpp>
#include "models/training_step.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

namespace {

using Buffer = std::vector<float>;
using Net = AnyModel<float>;

struct Problem {
  Shape input;
  Index count;
  std::vector<Index> lengths;
  Pass pass;
  Buffer x, dy;

  [[nodiscard]] BatchView<const float> view(const Buffer& values, Shape shape) const {
    return {values.data(), shape, count, lengths};
  }
  [[nodiscard]] BatchView<float> view(Buffer& values, Shape shape) const {
    return {values.data(), shape, count, lengths};
  }
  [[nodiscard]] Buffer buffer(Shape shape) const {
    return Buffer(static_cast<std::size_t>(shape.size() * count), -77.0F);
  }
};

struct Outcome {
  Buffer y, dx, gradients;
};

Outcome run_chain(const Net& net, const Problem& p, bool want_dx) {
  Outcome result{p.buffer(net.out_shape(p.input)), want_dx ? p.buffer(p.input) : Buffer{}, {}};
  const Shape output = net.out_shape(p.input);
  Net::Cache cache;
  cache.prepare(net, p.input, p.count + 2, true);  // a batch smaller than the capacity
  Net grad = zeros_like(net);
  net.forward(p.view(p.x, p.input), p.view(result.y, output), cache, p.pass);
  net.backward(p.view(p.x, p.input), p.view(std::as_const(result.y), output), p.view(p.dy, output),
               want_dx ? p.view(result.dx, p.input) : BatchView<float>{}, cache, grad, p.pass);
  result.gradients = weir_test::parameters(grad);
  return result;
}

/// The definition: nothing in place, nothing shared.
Outcome run_naive(const Net& net, const Problem& p) {
  const std::size_t n = net.layers.size();
  std::vector<Shape> shapes{p.input};
  std::vector<Buffer> values{p.x};
  std::vector<AnyLayer<float>::Cache> caches(n);
  const auto pass_of = [&](std::size_t i) {
    Pass inner = p.pass.fork(static_cast<Index>(i));
    inner.logits = false;
    return inner;
  };
  const auto left_out = [&](std::size_t i) {
    return p.pass.logits && i + 1 == n && net.layers[i].link() != Link::identity;
  };
  for (std::size_t i = 0; i < n; ++i) {
    shapes.push_back(net.layers[i].out_shape(shapes[i]));
    values.push_back(p.buffer(shapes[i + 1]));
    caches[i].prepare(net.layers[i], shapes[i], p.count, true);
    if (left_out(i)) {
      values[i + 1] = values[i];
    } else {
      net.layers[i].forward(p.view(std::as_const(values[i]), shapes[i]), p.view(values[i + 1], shapes[i + 1]),
                            caches[i], pass_of(i));
    }
  }
  Net grad = zeros_like(net);
  Buffer gradient = p.dy;
  for (std::size_t i = n; i-- > 0;) {
    if (left_out(i)) continue;
    Buffer next = p.buffer(shapes[i]);
    net.layers[i].backward(p.view(std::as_const(values[i]), shapes[i]),
                           p.view(std::as_const(values[i + 1]), shapes[i + 1]),
                           p.view(std::as_const(gradient), shapes[i + 1]), p.view(next, shapes[i]), caches[i],
                           grad.layers[i], pass_of(i));
    gradient = next;
  }
  return {values.back(), gradient, weir_test::parameters(grad)};
}

void check(const std::string& text, Shape input, bool training, bool logits, bool padded, Rng& rng) {
  Net net = build<float>(text, input);
  net.init(rng);
  Problem p{input, 3, {}, {.training = training, .logits = logits, .key = RngKey{rng.next64()}}, {}, {}};
  if (padded) {
    for (Index i = 0; i < p.count; ++i) {
      p.lengths.push_back(1 + static_cast<Index>(rng.below(static_cast<std::uint64_t>(input.length))));
    }
  }
  p.x = p.buffer(input);
  p.dy = p.buffer(net.out_shape(input));
  for (float& v : p.x) v = static_cast<float>(rng.normal());
  for (float& v : p.dy) v = static_cast<float>(rng.normal());
  INFO(text, " on ", input.str(), " training ", training, " logits ", logits, " padded ", padded);
  const Outcome naive = run_naive(net, p), chain = run_chain(net, p, true), no_dx = run_chain(net, p, false);
  REQUIRE(chain.y == naive.y);
  REQUIRE(chain.dx == naive.dx);
  REQUIRE(chain.gradients == naive.gradients);
  REQUIRE(no_dx.y == naive.y);
  REQUIRE(no_dx.gradients == naive.gradients);
}

const std::vector<std::string> kinds{
    "dense:5", "dense:3:bias=false", "relu",      "leaky_relu:0.3", "sigmoid", "tanh", "gelu",
    "softmax", "dropout:0.4",        "batch_norm"};

}  // namespace

TEST_CASE("chains: every layer, pair and triple of layers equals the layers one by one") {
  Rng rng(1);
  for (const std::string& a : kinds) {
    check(a, Shape{4, 2}, true, true, false, rng);
    for (const std::string& b : kinds) {
      for (const bool logits : {false, true}) check(a + "," + b, Shape{4, 2}, true, logits, logits, rng);
      for (const std::string& c : kinds)
        check(a + "," + b + "," + c, Shape{4}, true, rng.chance(0.5), false, rng);
    }
  }
}

TEST_CASE("chains: random long ones equal the layers one by one") {
  Rng rng(2);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    const std::uint64_t length = 4 + rng.below(6);
    for (std::uint64_t k = 0; k < length; ++k) text += (k == 0 ? "" : ",") + kinds[rng.below(kinds.size())];
    check(text, Shape{1 + static_cast<Index>(rng.below(20)), 1 + static_cast<Index>(rng.below(4))},
          rng.chance(0.7), rng.chance(0.5), rng.chance(0.5), rng);
  }
}

TEST_CASE("chains: a layer in place leaves what layers of layers read of their output") {
  Rng rng(3);
  for (const char* inner : {"sequential[dense:5,tanh]", "time_distributed[dense:5,tanh]",
                            "sequence_autoencoder[last_step|dense:5,tanh]", "residual[dense:4,tanh]",
                            "bidirectional[simple_rnn:3:return=sequence,tanh]"}) {
    for (const bool padded : {false, true})
      check(std::string(inner) + ",leaky_relu:0.3,dense:2", Shape{4, 3}, true, true, padded, rng);
  }
}

TEST_CASE("chains: what a chain says of itself, it says within other layers, too") {
  const Shape input{4, 3};
  CHECK(final_link(build<float>("dense:2,sequential[dense:2,softmax]", input)) == Link::softmax);
  CHECK(final_link(Sequential{Dense{4, 2}, Sequential{Sigmoid{}}}) == Link::sigmoid);
  CHECK(final_link(build<float>("softmax,dense:2", input)) == Link::identity);
  CHECK(couples_samples(build<float>("sequence_autoencoder[last_step,batch_norm|dense:4]", input)));
  CHECK(couples_samples(build<float>("time_distributed[dense:3,sequential[batch_norm]]", input)));
  CHECK(couples_samples(Sequential{Dense{4, 3}, TimeDistributed{Sequential{BatchNorm<float>(3)}}}));
  CHECK_FALSE(couples_samples(Sequential{Dense{4, 3}, TimeDistributed{Sequential{Dense{3, 3}}}}));
}
