// Nets whose layers are types come back from the file that `save` wrote: every kind of layer that a file may
// name, with default options and with those at the ends of what is allowed.
#include <weir/io/load.hpp>
#include <weir/io/save.hpp>

#include <weir/models/sequential.hpp>

#include <weir/models/registry.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace weir;

namespace {

constexpr Shape input{6, 12};

/// Values of a sample of the layer's input, for those that take one step only.
template <class L>
constexpr Shape input_of = std::is_same_v<L, RepeatVector<float>> ? Shape{6, 1} : input;

/// Saved, loaded by `load` and by `load_net` into a net of the same options and other weights.
template <class Net>
void comes_back(Net net, Shape in = input) {
  Rng rng(3);
  net.init(rng);
  Pipeline<Net> pipeline;
  pipeline.input = in;
  pipeline.net = net;
  for (Index i = 0; i < net.out_shape(in).size(); ++i) {
    pipeline.labels.classes.push_back("class " + std::to_string(i));
  }
  if (pipeline.labels.classes.size() == 1) pipeline.labels.classes.emplace_back("another");
  CAPTURE(detail::layers_text(describe(net)));
  const auto bytes = try_serialize(pipeline);
  REQUIRE(bytes.ok());
  const Net like = zeros_like(net);
  const auto whole = try_parse(std::span<const std::byte>(bytes.value()), like);
  INFO((whole.ok() ? std::string() : whole.error().what));
  REQUIRE(whole.ok());
  CHECK(try_serialize(whole.value()).value() == bytes.value());
  const auto alone = try_parse_net(std::span<const std::byte>(bytes.value()), like);
  REQUIRE(alone.ok());
  CHECK(describe(alone.value()) == describe(net));
}

/// Each kind that can be made without options, or with the least there may be.
template <class L>
void least_options() {
  if constexpr (!requires(const L layer) { layer.branches(); }) {
    constexpr Shape in = input_of<L>;
    // clang-format off
    const std::vector<std::pair<std::string, std::int64_t>> required{
        {"units", 4}, {"filters", 4}, {"kernel", 3}, {"size", 2}, {"planes", 1}, {"length", 12}, {"factor", 2},
        {"left", 1}, {"vocabulary", 9}, {"dimension", 3}, {"heads", 2}, {"width", 5}, {"times", 3},
        {"channels", 6}, {"first", 1}};
    // clang-format on
    Config config;
    for (int i = 0; i < 8; ++i) {
      const auto made = from_config<L>(config, in);
      if (made.ok()) {
        CAPTURE(L::kind);
        return comes_back(Sequential<L>{made.value()}, in);
      }
      for (const auto& [name, value] : required) {
        if (made.error().what.find("'" + name + "' is missing") != std::string::npos) config.set(name, value);
      }
      if (std::is_same_v<L, FinalStates<float>>) config.set("units", std::int64_t{3});
    }
    FAIL_CHECK("no options found for ", L::kind);
  }
}

template <class... L>
void each_kind(KindList<L...>) {
  (least_options<L>(), ...);
}

}  // namespace

TEST_CASE("every kind of layer as a type, with the least options, comes back") {
  each_kind(detail::BuiltinLayers<float>{});
}

TEST_CASE("options at the ends of what is allowed, whole numbers among them, come back") {
  comes_back(Sequential{Gru{6, 4}, Dense{4, 2}});
  comes_back(Sequential{Lstm{6, 4, {.recurrent_dropout = 0.999999, .forget_bias = 1e6}}});
  comes_back(Sequential{Lstm{6, 4, {.truncate = Index{1} << 40, .forget_bias = 0.0}}});
  comes_back(Sequential{Elu{}, Elu{0.0}, Elu{1e6}, LeakyRelu{0.0}, LeakyRelu{1.0}, LeakyRelu{1e6}});
  comes_back(Sequential{Dropout{0.0}, Dropout{0.999999}, GemPool1D{GemPool1DOptions{.p = 1.0}}});
  comes_back(Sequential{MaskingNoise{0.0}, MaskingNoise{1.0}, GaussianNoise{0.0}, L1Activity{1e6}, Sigmoid{},
                        KlSparsity{1e-6, 0.0}, Variational{1.0}});
  comes_back(Sequential{BatchNorm{6, {.momentum = 1.0, .epsilon = 1e-12}}, LayerNorm{6, {.epsilon = 1.0}}});
  comes_back(Sequential{TransformerEncoder{6, 5, {.heads = 2, .dropout = 0.0, .epsilon = 1.0}}});
  comes_back(
      Sequential{TiedAutoencoder{6, 4, {.contraction = 1.0}}, ContractiveDense{6, 4, {.weight = 0.0}}});
}

TEST_CASE("layers of layers and extents known to the compiler come back") {
  comes_back(Sequential{Bidirectional{Gru{6, 4}}});
  comes_back(Sequential{TimeDistributed{Sequential{Dense{6, 3}, Elu{}}}});
  comes_back(Sequential{SupervisedAutoencoder{
      Sequential{Dense{6, 3}, LeakyRelu{0.0}}, Sequential{Dense{3, 6}}, {.weight = 1.0}}});
  comes_back(Sequential<Dense<float, 6, 5>, Elu<>, Lstm<float, 5, 4>, Dense<float, 4, 2>, Softmax<>>{});
  comes_back(Sequential<Gru<float, 6, 4>, Dropout<>>{Gru<float, 6, 4>{}, Dropout<>{0.0}});
}

TEST_CASE("an option that differs is named with both values") {
  Pipeline<Sequential<Dense<>, Elu<>>> pipeline;
  pipeline.input = {6};
  pipeline.labels.classes = {"a", "b"};
  pipeline.net = Sequential{Dense{6, 2}, Elu{1.0}};
  const auto bytes = try_serialize(pipeline);
  REQUIRE(bytes.ok());
  const auto refused =
      try_parse_net(std::span<const std::byte>(bytes.value()), Sequential{Dense{6, 2}, Elu{0.5}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what == "layer 1 (elu): the file has 'alpha' 1, the program 0.5");
}
