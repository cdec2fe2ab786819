// Model files with a right checksum and a hostile meaning: layers of every kind with options at extreme
// values, for samples of extreme shapes, nested and in chains, beside tensors that fit them.
#pragma once

#include <weir/core/json_text.hpp>
#include <weir/core/rng.hpp>
#include <weir/io/layers_text.hpp>
#include <weir/io/safetensors_writer.hpp>
#include <weir/models/registry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir_test {

/// For samples of 6 channels and 12 steps.
inline constexpr std::array layers_with_options{
    "dense:5",
    "leaky_relu:0.2",
    "elu:0.7",
    "dropout:0.3",
    "embedding:11:4",
    "conv1d:5:3:same:stride=2",
    "conv1d:6:3:causal:dilation=2:groups=3",
    "conv1d:6:3:pad_left=2:pad_right=1",
    "conv1d_transpose:5:3:valid:stride=2",
    "depthwise_conv1d:3:same",
    "separable_conv1d:5:3:same",
    "conv2d:5:3:planes=2:kernel_columns=2:stride=2:stride_columns=1:bias=false",
    "max_pool1d:3:2:same",
    "average_pool1d:3:2",
    "max_pool2d:2:planes=2",
    "average_pool2d:3:1:same:planes=2:size_columns=2",
    "adaptive_average_pool1d:5",
    "up_sampling1d:3",
    "zero_padding1d:2:1",
    "cropping1d:2:1",
    "simple_rnn:5:outputs=3",
    "lstm:5:peephole=true:learned_state=true:return=sequence",
    "gru:5:reset_after=false",
    "min_gru:5:learned_state=true",
    "final_states:3",
    "repeat_vector:4",
    "multi_head_attention:2:causal=true",
    "transformer_encoder:2:9",
    "tied_autoencoder:4",
    "contractive_dense:4:0.1",
    "variational:0.01",
    "gaussian_noise:0.1",
    "masking_noise:0.1",
    "kl_sparsity:0.1:0.01",
    "l1_activity:0.01",
    "reshape:4:18",
    "slice:2:3",
    "sequential[dense:4,relu]",
    "parallel[dense:4|conv1d:3:3:same]",
    "residual[tanh]",
    "time_distributed[reshape:1:6,conv1d:4:3,global_max_pool1d]",
    "bidirectional[gru:4:return=sequence]:add",
    "sequence_autoencoder[gru:4|gru:5:return=sequence]",
    "supervised_autoencoder[conv1d:4:3:same|dense:6]:0.25",
};

/// A layer of each kind: those above, and of all other kinds their names alone.
[[nodiscard]] inline std::vector<std::string> layers_of_each_kind() {
  std::vector<std::string> layers(layers_with_options.begin(), layers_with_options.end());
  for (const weir::LayerText& layer : weir::layer_texts<float>()) {
    const auto is_of_kind = [&](const std::string& text) {
      return text.substr(0, text.find_first_of(":[")) == layer.kind;
    };
    if (std::none_of(layers.begin(), layers.end(), is_of_kind)) layers.push_back(layer.kind);
  }
  return layers;
}

class HostileFiles {
 public:
  explicit HostileFiles(std::uint64_t seed) : rng_(seed) {
    for (const std::string& text : layers_of_each_kind()) {
      std::vector<weir::LayerSpec> specs = weir::try_parse_layers<float>(text).value();
      // With all options that the layer writes, where it can be built.
      if (auto net = weir::try_build<float>(std::span<const weir::LayerSpec>(specs), {6, 12}); net.ok()) {
        specs = weir::describe(net.value());
      }
      kinds_.push_back(specs.front());
    }
  }

  /// The layers of the last file, as text.
  [[nodiscard]] const std::string& layers() const noexcept { return text_; }
  [[nodiscard]] weir::Shape input() const noexcept { return input_; }

  /// The next file.
  [[nodiscard]] std::vector<std::byte> next() {
    constexpr std::array<weir::Shape, 12> shapes{{{6, 12},
                                                  {1, 1},
                                                  {4, 1},
                                                  {1, 20000},
                                                  {20000, 1},
                                                  {128, 128},
                                                  {2, 3000},
                                                  {3000, 2},
                                                  {12, 600},
                                                  {8, 8},
                                                  {1, 300},
                                                  {64, 16}}};
    input_ = shapes[pick(shapes.size())];
    std::vector<weir::LayerSpec> specs = chain(0);
    if (pick(2) == 0) specs.push_back({"flatten"});
    // One value is enough of the output, whatever the layers before take.
    if (pick(2) == 0) specs.push_back({"slice", {{"first", std::int64_t{0}}, {"count", std::int64_t{1}}}});
    text_ = weir::detail::layers_text(specs);
    return file(specs);
  }

 private:
  [[nodiscard]] std::size_t pick(std::size_t count) { return static_cast<std::size_t>(rng_.below(count)); }

  [[nodiscard]] std::vector<weir::LayerSpec> chain(int depth) {
    std::vector<weir::LayerSpec> specs;
    const std::size_t repeats = pick(8) == 0 ? 1 + pick(40) : 1;
    for (std::size_t count = 1 + pick(3); count > 0; --count) {
      weir::LayerSpec spec = kinds_[pick(kinds_.size())];
      mutate(spec, depth);
      for (std::size_t i = 0; i < (count == 1 ? repeats : 1); ++i) specs.push_back(spec);
    }
    return specs;
  }

  void mutate(weir::LayerSpec& spec, int depth) {
    constexpr std::array<std::int64_t, 18> integers{
        0, 1, 2, 3, 7, 16, -1, 64, 300, 1024, 20000, 65536, 16777215, 16777216, 16777217, -64, 512, 5};
    constexpr std::array<double, 8> reals{0.0, 1e-300, 0.5, 1.0, -1.0, 1e6, 1e300, 0.999999};
    constexpr std::array texts{"same",  "causal", "valid", "explicit", "sequence",
                               "state", "last",   "add",   "concat",   ""};
    const weir::Config own = spec.config;
    for (const auto& [name, value] : own.entries()) {
      if (pick(3) != 0) continue;
      if (std::holds_alternative<bool>(value)) spec.config.set(name, pick(2) == 0);
      if (std::holds_alternative<std::int64_t>(value)) spec.config.set(name, integers[pick(integers.size())]);
      if (std::holds_alternative<double>(value)) spec.config.set(name, reals[pick(reals.size())]);
      if (std::holds_alternative<std::string>(value))
        spec.config.set(name, std::string(texts[pick(texts.size())]));
    }
    for (std::vector<weir::LayerSpec>& branch : spec.branches) {
      if (depth < 6 && pick(2) == 0) branch = chain(depth + 1);
    }
  }

  /// Tensors fit the layers where these can be built of few values.
  [[nodiscard]] std::vector<std::byte> file(const std::vector<weir::LayerSpec>& specs) {
    weir::SafetensorsWriter writer;
    writer.set_metadata("weir.format", "1");
    writer.set_metadata("weir.task", "classify");
    writer.set_metadata("weir.input",
                        "[" + std::to_string(input_.channels) + "," + std::to_string(input_.length) + "]");
    writer.set_metadata("weir.layers", text_);
    writer.set_metadata("weir.threshold", "0.5");
    writer.set_metadata("weir.record", "{}");
    constexpr weir::Index most_values = 16384;
    const weir::BuildLimits limits{.layers = 1024, .values = most_values, .outputs = weir::Index{1} << 36};
    zeros_.assign(static_cast<std::size_t>(std::max<weir::Index>(input_.size(), 65536)), 0.0F);
    auto net = weir::try_build<float>(std::span<const weir::LayerSpec>(specs), input_, limits);
    weir::Index outputs = 1;
    if (net.ok()) {
      outputs = std::min<weir::Index>(net.value().out_shape(input_).size(), 65536);
      weir::AnyModel<float>::visit([&](weir::Role, const weir::ParamName& name,
                                       auto values) { writer.add("net." + name.str(), values); },
                                   net.value());
    } else {  // so that the weights seem to be there
      writer.add("net.0.weight",
                 weir::TensorView<const float>(zeros_.data(), {static_cast<weir::Index>(pick(65536))}));
    }
    writer.set_metadata("weir.labels", labels(outputs));
    writer.add("probe.input", weir::TensorView<const float>(zeros_.data(), {input_.size()}));
    writer.add("probe.output", weir::TensorView<const float>(zeros_.data(), {outputs}));
    return writer.bytes();
  }

  [[nodiscard]] static std::string labels(weir::Index outputs) {
    std::string text = R"({"column":"","classes":[)";
    const weir::Index classes = outputs == 1 ? 2 : std::min<weir::Index>(outputs, 300);
    for (weir::Index i = 0; i < classes; ++i) text += (i == 0 ? "\"c" : ",\"c") + std::to_string(i) + "\"";
    return text + R"(],"map":{},"otherwise":""})";
  }

  weir::Rng rng_;
  std::vector<weir::LayerSpec> kinds_;
  weir::Shape input_{};
  std::string text_;
  std::vector<float> zeros_;
};

}  // namespace weir_test
