// Whole nets step by step: equal to the whole sequence, alone and among many streams.
#include <weir/models/stream_workspace.hpp>
#include <weir/models/workspace.hpp>

#include <weir/models/registry.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace weir;

namespace {

/// What runs along time without the future.
const std::vector<std::string> causal_nets{
    "dense:5,tanh,dense:3",
    "conv1d:5:3:causal,relu,conv1d:4:2:causal:dilation=4,dense:2",
    "residual[conv1d:4:3:causal,relu],residual[conv1d:4:3:causal:dilation=2,relu],gru:5,dense:2",
    "conv1d:5:3,relu,max_pool1d:2,conv1d:3:2:valid:stride=2,lstm:4:return=sequence,dense:2",
    "conv1d:5:4:causal:stride=3,average_pool1d:2,simple_rnn:3:return=sequence",
    "gru:5:return=sequence,gru:4:reset_after=false:return=sequence,last_step,dense:3",
    "min_gru:5:return=sequence,min_gru:9:learned_state=true,dense:3",
    "lstm:4:peephole=true:learned_state=true,dense:2",
    "parallel[conv1d:3:2:causal|gru:2:return=sequence|identity],global_max_pool1d",
    "conv1d:5:3:causal,batch_norm,relu,global_average_pool1d,dense:2",
    "positional_encoding,multi_head_attention:2:causal=true,layer_norm,dense:2",
    "time_distributed[reshape:1:4,conv1d:3:2,relu,global_max_pool1d],gru:3",
    "conv1d:5:3,gem_pool1d,dense:2",
};
constexpr Shape input{4, 24};

AnyModel<float> drawn(const std::string& layers) {
  auto net = build<float>(layers, input);
  Rng rng(3);
  net.init(rng);
  AnyModel<float>::visit(
      [&](Role role, const ParamName&, auto p) {
        for (float& v : p.span())
          v += static_cast<float>(role == Role::buffer ? 0.5 * rng.uniform() : 0.1 * rng.normal());
      },
      net);
  return net;
}

std::vector<float> sequence(std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> x(static_cast<std::size_t>(input.size()));
  for (float& v : x) v = static_cast<float>(rng.normal());
  return x;
}

/// The outputs of one sequence, step by step, one behind the other.
std::vector<float> streamed(const AnyModel<float>& net, std::span<const float> x) {
  StreamWorkspace steps(net, input, 1);
  std::vector<float> state(static_cast<std::size_t>(steps.state_size()));
  steps.start(net, state);
  std::vector<float> outputs;
  for (std::size_t t = 0; t < static_cast<std::size_t>(input.length); ++t) {
    const auto y = steps.step(net, x.subspan(4 * t, 4), state);
    outputs.insert(outputs.end(), y.begin(), y.end());
  }
  return outputs;
}

}  // namespace

TEST_CASE("step by step is the whole sequence") {
  for (const std::string& layers : causal_nets) {
    CAPTURE(layers);
    const auto net = drawn(layers);
    const std::vector<float> x = sequence(1);
    Workspace whole(net, input, 1);
    const auto expected = whole.predict(net, x);
    std::vector<float> found = streamed(net, x);
    // A net that collapses time says at each step what it would for the sequence so far.
    REQUIRE(found.size() >= expected.size());
    if (net.out_shape(input).length == 1)
      found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(expected.size()));
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::fabs(found[i] - expected[i]) <= 2e-6F);
  }
}

TEST_CASE("what a net that collapses time says early is its answer to the shorter sequence") {
  const auto net = drawn("conv1d:5:3:causal,relu,gru:5,dense:2");
  const std::vector<float> x = sequence(2);
  const std::vector<float> found = streamed(net, x);
  Workspace whole(net, input, 1);
  for (Index used = 1; used <= input.length; ++used) {
    const Index lengths[1] = {used};
    const auto y = whole.forward(net, {x.data(), input, 1, lengths});
    for (std::size_t c = 0; c < 2; ++c) {
      CHECK(std::fabs(y.span()[c] - found[2 * static_cast<std::size_t>(used - 1) + c]) <= 2e-6F);
    }
  }
}

TEST_CASE("many streams at different places of their sequences do not disturb each other") {
  for (const std::string& layers : causal_nets) {
    CAPTURE(layers);
    const auto net = drawn(layers);
    constexpr std::size_t flows = 7;
    StreamWorkspace steps(net, input, static_cast<Index>(flows));
    const auto size = static_cast<std::size_t>(steps.state_size());
    std::vector<std::vector<float>> states(flows, std::vector<float>(size)), inputs, outputs(flows);
    for (std::size_t f = 0; f < flows; ++f) {
      steps.start(net, states[f]);
      inputs.push_back(sequence(10 + f));
    }
    // Flow f takes a step in rounds that are no multiple of f + 2: all are at other places.
    std::vector<std::size_t> at(flows);
    for (std::size_t round = 1; round < 200; ++round) {
      std::vector<float> x;
      std::vector<float*> active;
      std::vector<std::size_t> who;
      for (std::size_t f = 0; f < flows; ++f) {
        if (round % (f + 2) == 0 || at[f] == static_cast<std::size_t>(input.length)) continue;
        x.insert(x.end(), inputs[f].begin() + static_cast<std::ptrdiff_t>(4 * at[f]),
                 inputs[f].begin() + static_cast<std::ptrdiff_t>(4 * at[f] + 4));
        active.push_back(states[f].data());
        who.push_back(f);
        ++at[f];
      }
      if (who.empty()) continue;
      const auto y = steps.step_batch(net, {x.data(), {4, 1}, static_cast<Index>(who.size())}, active);
      for (std::size_t k = 0; k < who.size(); ++k) {
        if (!steps.ready(static_cast<Index>(k))) continue;
        const auto one = y.sample(static_cast<Index>(k));
        outputs[who[k]].insert(outputs[who[k]].end(), one.begin(), one.end());
      }
    }
    for (std::size_t f = 0; f < flows; ++f) {
      REQUIRE(at[f] == static_cast<std::size_t>(input.length));
      const std::vector<float> alone = streamed(net, inputs[f]);
      REQUIRE(outputs[f].size() == alone.size());
      for (std::size_t i = 0; i < alone.size(); ++i) CHECK(std::fabs(outputs[f][i] - alone[i]) <= 2e-6F);
    }
  }
}

TEST_CASE("nets that need the future are refused") {
  for (const char* layers :
       {"conv1d:4:3:same", "bidirectional[gru:4]", "flatten,dense:2", "multi_head_attention:2",
        "transformer_encoder:2:8", "residual[conv1d:4:3:same]", "zero_padding1d:0:2"}) {
    CAPTURE(layers);
    CHECK_THROWS_AS(StreamWorkspace(build<float>(layers, input), input, 1), ConfigError);
  }
}

TEST_CASE("100,000 streams on one net from two threads") {
  const auto net = drawn("conv1d:4:3:causal,relu,gru:8,dense:2");
  constexpr std::size_t flows = 100'000, batch = 64;
  const auto size = static_cast<std::size_t>(StreamWorkspace(net, input, 1).state_size());
  std::vector<float> states(flows * size);
  const std::vector<float> x = sequence(5);
  const std::vector<float> alone = streamed(net, x);
  std::atomic<int> wrong{0};
  const auto serve = [&](std::size_t first, std::size_t last) {
    StreamWorkspace steps(net, input, batch);
    std::vector<float> columns;
    std::vector<float*> active;
    for (std::size_t f = first; f < last; ++f) steps.start(net, std::span(states).subspan(f * size, size));
    for (std::size_t t = 0; t < 3; ++t) {
      const std::span<const float> now = std::span(x).subspan(4 * t, 4);
      columns.clear();
      for (std::size_t k = 0; k < batch; ++k) columns.insert(columns.end(), now.begin(), now.end());
      for (std::size_t f = first; f < last; f += batch) {
        const std::size_t count = std::min(batch, last - f);
        active.clear();
        for (std::size_t k = 0; k < count; ++k) active.push_back(states.data() + (f + k) * size);
        const auto y = steps.step_batch(net, {columns.data(), {4, 1}, static_cast<Index>(count)}, active);
        if (t < 2) continue;
        for (Index k = 0; k < y.count(); ++k) {
          if (std::fabs(y.sample(k)[0] - alone[4]) > 2e-6F) ++wrong;
        }
      }
    }
  };
  std::thread other(serve, 0, flows / 2);
  serve(flows / 2, flows);
  other.join();
  CHECK(wrong == 0);
}
