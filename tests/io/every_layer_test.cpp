// Every kind of layer goes into a file and comes back as what it was.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace weir;

namespace {

/// For samples of 6 channels and 12 steps: with options, among them those at the ends of what is allowed
/// and whole numbers, and after what they need.
const std::vector<std::string> nets_with_options{
    "dense:5",
    "leaky_relu:0.2",
    "leaky_relu:0",
    "leaky_relu:1",
    "leaky_relu:1000000",
    "elu:0.7",
    "elu:0",
    "elu:1000000",
    "dropout:0.3",
    "dropout:0",
    "dropout:0.999999",
    "batch_norm:momentum=0:epsilon=1",
    "batch_norm:momentum=1:epsilon=1e-12",
    "conv1d:5:3:same:stride=2",
    "conv1d:6:3:causal:dilation=2:groups=3",
    "conv1d:1:1",
    "conv1d:5:3:pad_left=2:pad_right=0:bias=false:initializer=he_normal",
    "conv1d_transpose:5:3:valid:stride=2",
    "conv1d_transpose:5:3:explicit:pad_left=1:output_padding=1",
    "depthwise_conv1d:3:same",
    "separable_conv1d:5:3:same",
    "conv2d:5:3:same",
    "conv2d:5:3:planes=2:kernel_columns=2:stride=2:stride_columns=1:bias=false",
    "max_pool1d:3:2:same",
    "max_pool1d:2:ceil=true",
    "average_pool1d:3:2",
    "average_pool1d:3:2:count_include_pad=true:pad_left=1",
    "max_pool2d:2:planes=2",
    "average_pool2d:3:1:same:planes=2:size_columns=2",
    "adaptive_average_pool1d:5",
    "gem_pool1d:1:epsilon=1:per_channel=true",
    "gem_pool1d:1000",
    "gem_pool1d:0.01:epsilon=1e-12",
    "up_sampling1d:3",
    "zero_padding1d:2:1",
    "cropping1d:2:1",
    "zero_padding1d:0:0",
    "layer_norm:epsilon=1",
    "embedding:11:4",
    "embedding:1:1:padding=0",
    "learned_positions:length=20",
    "multi_head_attention:2:causal=true",
    "transformer_encoder:2:9",
    "transformer_encoder:6:1:causal=true:norm=after:activation=relu:dropout=0:epsilon=1",
    "simple_rnn:5",
    "simple_rnn:5:outputs=3",
    "simple_rnn:5:recurrent_dropout=0.999999:reverse=true",
    "simple_rnn:1:outputs=2:feedback=output:activation=identity:output_activation=sigmoid:truncate=1",
    "lstm:5:return=sequence",
    "lstm:5",
    "lstm:5:forget_bias=-1000000:recurrent_dropout=0.5",
    "lstm:5:forget_bias=0:truncate=1099511627776",
    "lstm:5:peephole=true:learned_state=true:return=state",
    "gru:5",
    "gru:1:recurrent_dropout=0.999999:learned_state=true:reverse=true:return=sequence",
    "gru:5:reset_after=false",
    "min_gru:5",
    "min_gru:1:learned_state=true:reverse=true:return=sequence",
    "final_states:3",
    "last_step,repeat_vector:4",
    "tied_autoencoder:4",
    "tied_autoencoder:4:contraction=1:encoder=tanh",
    "tied_autoencoder:1:decoder=identity:contraction=1000000",
    "contractive_dense:4:0.1",
    "contractive_dense:4",
    "contractive_dense:4:0:activation=tanh",
    "contractive_dense:4:1000000",
    "variational:0.01",
    "variational:0",
    "variational:1",
    "variational:1000000",
    "gaussian_noise:0.1",
    "gaussian_noise:0",
    "gaussian_noise:1000000",
    "masking_noise:0.1",
    "masking_noise:0",
    "masking_noise:1",
    "sigmoid,kl_sparsity:0.1:0.01",
    "sigmoid,kl_sparsity",
    "sigmoid,kl_sparsity:0.000001:0",
    "sigmoid,kl_sparsity:0.999999:1000000",
    "l1_activity:0.01",
    "l1_activity:0",
    "l1_activity:1",
    "l1_activity:1000000",
    "reshape:4:18",
    "slice:2:3",
    "sequential[dense:4,relu]",
    "parallel[dense:4|conv1d:3:3:same]",
    "residual[dense:6,residual[tanh]]",
    "time_distributed[reshape:1:6,conv1d:4:3,global_max_pool1d]",
    "bidirectional[gru:4:return=sequence]:add",
    "bidirectional[lstm:4]",
    "parallel[leaky_relu:0|elu:1]:add",
    "sequence_autoencoder[gru:4|gru:5:return=sequence]",
    "supervised_autoencoder[conv1d:4:3:same|dense:6]:0.25",
    "supervised_autoencoder[dense:4|dense:6]",
    "supervised_autoencoder[dense:4|dense:6]:0",
    "supervised_autoencoder[dense:4|dense:6]:1000000",
    "slice:0:1,supervised_autoencoder[embedding:9:4|dense:9]:1:codes",
};

/// A net or more for each kind: those above, and of each kind that can do without options the default.
std::vector<std::string> nets_of_every_kind() {
  std::vector<std::string> nets = nets_with_options;
  for (const std::string& kind : weir::kind_names(weir::detail::BuiltinLayers<float>{})) {
    if (try_build<float>(kind, Shape{6, 12}).ok()) nets.push_back(kind);
  }
  return nets;
}

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
  for (const std::string& layers : nets_of_every_kind()) {
    CAPTURE(layers);
    const auto pipeline = pipeline_of(layers);
    const auto bytes = try_serialize(pipeline);
    REQUIRE(bytes.ok());
    const auto loaded = try_parse_any<float>(bytes.value());
    INFO((loaded.ok() ? std::string() : loaded.error().what));
    REQUIRE(loaded.ok());
    CHECK(describe(loaded.value().net) == describe(pipeline.net));
    CHECK(try_serialize(loaded.value()).value() == bytes.value());

    // The same where the program brings the net: made from the text, not from the file.
    AnyModel<float> like = pipeline.net;
    set_zero(like);
    const auto known = try_parse(std::span<const std::byte>(bytes.value()), like);
    INFO((known.ok() ? std::string() : known.error().what));
    REQUIRE(known.ok());
    CHECK(try_serialize(known.value()).value() == bytes.value());
    const auto alone = try_parse_net(std::span<const std::byte>(bytes.value()), like);
    REQUIRE(alone.ok());
    CHECK(describe(alone.value()) == describe(pipeline.net));
  }
}

TEST_CASE("the list above knows every kind") {
  const std::vector<std::string> nets = nets_of_every_kind();
  for (const std::string& kind : weir::kind_names(weir::detail::BuiltinLayers<float>{})) {
    const auto has = [&](const std::string& net) {
      const std::size_t at = net.find(kind);
      return at == 0 || (at != std::string::npos && net[at - 1] == ',');
    };
    CHECK_MESSAGE(std::any_of(nets.begin(), nets.end(), has), kind);
  }
}

TEST_CASE("a layer needs as many values as it stores, whatever its options") {
  const auto builds_with_its_values = [](const std::vector<LayerSpec>& specs, Shape input) {
    const std::span<const LayerSpec> layers(specs);
    const auto net = try_build<float>(layers, input);
    if (!net.ok()) return true;  // these options do not go together
    const Index values = stored_values(net.value());
    const auto with = [&](Index most) { return try_build<float>(layers, input, {.values = most}).ok(); };
    return with(values) && (values == 0 || !with(values - 1));
  };
  for (const std::string& text : nets_of_every_kind()) {
    CAPTURE(text);
    const auto pipeline = pipeline_of(text);
    std::vector<LayerSpec> specs = describe(pipeline.net);
    CHECK(builds_with_its_values(specs, pipeline.input));
    for (LayerSpec& spec : specs) {
      const Config before = spec.config;
      for (const Config::Entry& entry : before.entries()) {
        if (!std::holds_alternative<bool>(entry.second)) continue;
        CAPTURE(entry.first);
        spec.config.set(entry.first, !std::get<bool>(entry.second));
        CHECK(builds_with_its_values(specs, pipeline.input));
        spec.config = before;
      }
    }
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
