// Every kind of layer goes into a file and comes back as what it was.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include "any_net.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

/// One net for each kind, for samples of 6 channels and 12 steps.
const std::vector<std::string> nets{
    "dense:5",
    "relu",
    "leaky_relu:0.2",
    "elu:0.7",
    "selu",
    "sigmoid",
    "tanh",
    "gelu",
    "softmax",
    "dropout:0.3",
    "batch_norm",
    "conv1d:5:3:same:stride=2",
    "conv1d:6:3:causal:dilation=2:groups=3",
    "conv1d_transpose:5:3:valid:stride=2",
    "depthwise_conv1d:3:same",
    "separable_conv1d:5:3:same",
    "conv2d:5:3:same",
    "conv2d:5:3:planes=2:kernel_columns=2:stride=2:stride_columns=1:bias=false",
    "max_pool1d:3:2:same",
    "average_pool1d:3:2",
    "max_pool2d:2:planes=2",
    "average_pool2d:3:1:same:planes=2:size_columns=2",
    "global_max_pool1d",
    "global_average_pool1d",
    "adaptive_average_pool1d:5",
    "gem_pool1d",
    "up_sampling1d:3",
    "zero_padding1d:2:1",
    "cropping1d:2:1",
    "layer_norm",
    "embedding:11:4",
    "positional_encoding",
    "learned_positions",
    "multi_head_attention:2:causal=true",
    "transformer_encoder:2:9",
    "simple_rnn:5",
    "simple_rnn:5:outputs=3",
    "lstm:5:return=sequence",
    "lstm:5:peephole=true:learned_state=true:return=state",
    "gru:5",
    "gru:5:reset_after=false",
    "last_step",
    "final_states:3",
    "last_step,repeat_vector:4",
    "tied_autoencoder:4",
    "contractive_dense:4:0.1",
    "variational:0.01",
    "gaussian_noise:0.1",
    "masking_noise:0.1",
    "sigmoid,kl_sparsity:0.1:0.01",
    "l1_activity:0.01",
    "flatten",
    "reshape:4:18",
    "transpose",
    "slice:2:3",
    "identity",
    "sequential[dense:4,relu]",
    "parallel[dense:4|conv1d:3:3:same]",
    "residual[dense:6,residual[tanh]]",
    "time_distributed[reshape:1:6,conv1d:4:3,global_max_pool1d]",
    "bidirectional[gru:4:return=sequence]:add",
    "sequence_autoencoder[gru:4|gru:5:return=sequence]",
    "supervised_autoencoder[conv1d:4:3:same|dense:6]:0.25",
};

/// A pipeline around the net, which ends in two classes.
Pipeline<AnyModel<float>> pipeline_of(const std::string& layers) {
  Pipeline<AnyModel<float>> pipeline;
  pipeline.input = {6, 12};
  pipeline.labels = {"label", {"benign", "attack"}, {}, ""};
  pipeline.net = build<float>(layers + ",flatten,dense:2", pipeline.input);
  Rng rng(7);
  pipeline.net.init(rng);
  AnyModel<float>::visit(
      [&](Role role, const ParamName&, auto p) {
        for (float& v : p.span())
          v += static_cast<float>(role == Role::buffer ? rng.uniform() : 0.1 * rng.normal());
      },
      pipeline.net);
  return pipeline;
}

}  // namespace

TEST_CASE("every kind of layer is saved and loaded, and passes its probe") {
  for (const std::string& layers : nets) {
    CAPTURE(layers);
    const auto pipeline = pipeline_of(layers);
    const auto bytes = try_serialize(pipeline);
    REQUIRE(bytes.ok());
    const auto loaded = try_parse_any<float>(bytes.value());
    INFO((loaded.ok() ? std::string() : loaded.error().what));
    REQUIRE(loaded.ok());
    CHECK(describe(loaded.value().net) == describe(pipeline.net));
    CHECK(try_serialize(loaded.value()).value() == bytes.value());
  }
}

TEST_CASE("the list above knows every kind") {
  for (const std::string& kind : weir::detail::kinds_of(weir::detail::BuiltinLayers<float>{})) {
    const auto has = [&](const std::string& net) {
      const std::size_t at = net.find(kind);
      return at == 0 || (at != std::string::npos && net[at - 1] == ',');
    };
    CHECK_MESSAGE(std::any_of(nets.begin(), nets.end(), has), kind);
  }
}

TEST_CASE("a file cannot ask for more than it holds") {
  const Shape input{6, 12};
  const BuildLimits limits{.layers = 8, .values = 1000, .outputs = 5000};
  const auto refused = [&](const char* text) {
    const auto specs = try_parse_layers<float>(text);
    return specs.ok() && !try_build<float>(std::span<const LayerSpec>(specs.value()), input, limits).ok();
  };
  CHECK_FALSE(refused("dense:20,relu"));
  CHECK(refused("dense:1000000"));
  CHECK(refused("conv1d:1000:1000:same"));
  CHECK(refused("conv2d:100:3:same:planes=2"));
  CHECK(refused("conv2d:100:3:same:stride=1:dilation=1000000"));
  CHECK(refused("max_pool2d:1000000:1:same:planes=2"));
  CHECK(refused("lstm:100000"));
  CHECK(refused("gru:100000"));
  CHECK(refused("simple_rnn:1000:outputs=100000"));
  CHECK(refused("embedding:100000:1000"));
  CHECK(refused("transformer_encoder:2:100000"));
  CHECK(refused("up_sampling1d:100000"));
  CHECK(refused("zero_padding1d:100000:0"));
  CHECK(refused("adaptive_average_pool1d:100000"));
  CHECK(refused("repeat_vector:100000"));
  CHECK(refused("tied_autoencoder:1000000"));
  CHECK(refused("contractive_dense:1000000"));
  CHECK(refused("conv1d_transpose:1000:1000"));
  CHECK(refused("separable_conv1d:100000:3"));
  CHECK(refused("depthwise_conv1d:1000000:same"));
  CHECK(refused("residual[residual[dense:1000000]]"));
  CHECK(refused("relu,relu,relu,relu,relu,relu,relu,relu,relu"));
}
