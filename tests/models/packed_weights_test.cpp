// Weights packed once: the bits of the net that reads them where they lie, for whole sequences and steps, shared by
// threads; they stay as they were when they were packed.
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/stream_workspace.hpp>
#include <weir/models/workspace.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace weir;

namespace {

constexpr Shape input{4, 24};

const std::vector<std::string> nets{
    "flatten,dense:70,relu,dense:5,sigmoid",
    "dense:33,tanh,gru:40,dense:9",
    "gru:12:reset_after=false:return=sequence,lstm:33:peephole=true:learned_state=true,dense:2",
    "conv1d:20:5:same,relu,max_pool1d:3,flatten,dense:300,relu,dense:4,softmax",
    "bidirectional[gru:9],dense:8",
    "residual[dense:8,relu,dense:4],parallel[simple_rnn:20|lstm:6],dense:3",
    "time_distributed[reshape:1:4,conv1d:3:2,relu,global_max_pool1d],dense:17,simple_rnn:3",
    "transformer_encoder:2:8,global_average_pool1d,dense:19",
};

AnyModel<float> drawn(const std::string& layers) {
  auto net = build<float>(layers, input);
  Rng rng(3);
  net.init(rng);
  return net;
}

std::vector<float> samples(Index count) {
  Rng rng(5);
  std::vector<float> x(static_cast<std::size_t>(input.size() * count));
  for (float& v : x) v = static_cast<float>(rng.normal());
  return x;
}

std::vector<float> answers(const AnyModel<float>& net, Workspace<AnyModel<float>>& workspace, Index count) {
  const std::vector<float> x = samples(count);
  const auto y = workspace.forward(net, {x.data(), input, count}).span();
  return {y.begin(), y.end()};
}

std::vector<float> last_step(const AnyModel<float>& net, const PackedWeights& packed,
                             std::span<const float> x) {
  StreamWorkspace steps(net, input, 1, packed);
  std::vector<float> state(static_cast<std::size_t>(steps.state_size()));
  steps.start(net, state);
  std::vector<float> last;
  for (std::size_t t = 0; t < static_cast<std::size_t>(input.length); ++t) {
    const auto y = steps.step(net, x.subspan(4 * t, 4), state);
    last.assign(y.begin(), y.end());
  }
  return last;
}

}  // namespace

TEST_CASE("packed weights give the bits of those read where they lie") {
  for (const std::string& layers : nets) {
    CAPTURE(layers);
    const auto net = drawn(layers);
    const PackedWeights packed = pack_weights(net, input);
    for (const Index count : {1, 2, 13}) {
      Workspace plain(net, input, count), fixed(net, input, count, packed);
      CHECK(fixed.packed());
      CHECK(answers(net, plain, count) == answers(net, fixed, count));
    }
  }
}

TEST_CASE("with packed weights the steps of a recurrent net are the whole sequence, to the bit") {
  for (const char* layers : {"gru:40", "gru:12:reset_after=false", "lstm:64:peephole=true", "simple_rnn:33",
                             "dense:16,tanh,lstm:20,dense:9"}) {
    CAPTURE(layers);
    const auto net = drawn(layers);
    const PackedWeights packed = pack_weights(net, input);
    Workspace whole(net, input, 1, packed);
    const std::vector<float> x = samples(1);
    const auto y = whole.predict(net, x);
    CHECK(last_step(net, packed, x) == std::vector<float>(y.begin(), y.end()));
  }
}

TEST_CASE("packed weights are those of the time of packing, until they are packed again") {
  Sequential net{Dense{100, 50}};
  Rng rng(1);
  net.init(rng);
  const std::vector<float> x(100, 1.0F);
  const auto first_output = [&](const PackedWeights& packed) {
    Workspace workspace(net, Shape{100}, 1, packed);
    return workspace.predict(net, x)[0];
  };
  const PackedWeights before = pack_weights(net, Shape{100});
  const float first = first_output(before);
  std::get<0>(net.layers).weight.fill(1.0F);
  CHECK(first_output(before) == first);
  CHECK(first_output(pack_weights(net, Shape{100})) == 100.0F);
  CHECK(first_output({}) == 100.0F);
}

TEST_CASE("training never reads packed weights") {
  Sequential net{Dense{20, 30}};
  Rng rng(1);
  net.init(rng);
  const PackedWeights packed = pack_weights(net, Shape{20});
  std::get<0>(net.layers).weight.fill(1.0F);
  Workspace workspace(net, Shape{20}, 1, packed);
  const std::vector<float> x(20, 1.0F);
  CHECK(workspace.forward(net, {x.data(), Shape{20}, 1}, {.training = true}).span()[0] == 20.0F);
}

TEST_CASE("threads share packed weights") {
  const auto net = drawn(nets[2]);
  const PackedWeights packed = pack_weights(net, input);
  Workspace alone(net, input, 3, packed);
  const std::vector<float> expected = answers(net, alone, 3);
  std::vector<std::vector<float>> found(4);
  std::vector<std::thread> threads;
  for (auto& own : found) {
    threads.emplace_back([&] {
      Workspace workspace(net, input, 3, packed);
      for (int i = 0; i < 20; ++i) own = answers(net, workspace, 3);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& own : found) CHECK(own == expected);
}
