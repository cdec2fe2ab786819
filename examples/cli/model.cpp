#include "model.hpp"

#include "interruption.hpp"

#include <weir/core/content_kind.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/models/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

[[nodiscard]] bool is_model(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  char head[512]{};
  std::ifstream file(path, std::ios::binary);
  file.read(head, sizeof head);
  return weir::content_kind(std::string_view(head, static_cast<std::size_t>(file.gcount()))) ==
         weir::ContentKind::weir_model;
}

/// What `--model-memory` has to be for this file, in MiB; 0 where it can be read without.
[[nodiscard]] double memory_to_allow(const Model& model, std::span<const std::byte> bytes) {
  constexpr double mebi = 1048576.0;
  constexpr std::uint64_t any = std::uint64_t{1} << 62;
  if (weir::try_parse_any(bytes)) return 0.0;
  static_cast<void>(weir::try_parse_any(bytes, {.max_memory = any}).value());
  const double work = weir::workspace_bytes(model.net, model.input, 1);
  return std::ceil((4.0 * static_cast<double>(bytes.size()) + 1.5 * work) / mebi) + 1.0;
}

}  // namespace

Model load_model(const std::string& path, std::uint64_t memory, const std::string& input) {
  if (path == "-") {
    weir::fail(weir::ErrorKind::config,
               "MODEL: '-' is standard input; a model is read from a file, a table from either");
  }
  weir::Result<Model> model = weir::try_load_any(path, {.max_memory = memory});
  if (model) return std::move(*model);
  const bool swapped = !input.empty() && !is_model(path) && is_model(input);
  const std::string hint = swapped ? " ('" + input + "' is one: the model comes first)" : "";
  weir::fail(model.error().kind, model.error().what + hint);
}

void save_model(const std::string& path, const Model& model) {
  const std::vector<std::byte> bytes = weir::try_serialize(model).value();
  const double mebibytes = memory_to_allow(model, bytes);
  {
    const SignalsHeld until_it_is_there;
    weir::write_file(path, bytes);
  }
  if (mebibytes == 0.0) return;
  std::fprintf(stderr,
               "note: %s needs more memory than its size allows: --model-memory %.0fM for what reads it\n",
               path.c_str(), mebibytes);
}

void replace_threshold(Model& model, std::optional<double> threshold) {
  if (!threshold) return;
  if (!model.has_threshold()) {
    weir::fail(weir::ErrorKind::config,
               "--threshold is for models with two classes or of anomalies; this one has none");
  }
  model.threshold = *threshold;
}

namespace {

[[nodiscard]] std::string value_text(const weir::ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return weir::brief_text(std::get<double>(value));
}

/// The layer as `--layers` spells it: its first option is what tells layers of a kind apart.
[[nodiscard]] std::string layer_text(const weir::AnyLayer<float>& layer) {
  std::string text(layer.kind());
  const weir::Config config = layer.config();
  if (!config.entries().empty()) text += ":" + value_text(config.entries().front().second);
  return text;
}

}  // namespace

std::vector<LayerFacts> layer_facts(const Model& model) {
  std::vector<LayerFacts> facts;
  weir::Shape shape = model.input;
  for (const weir::AnyLayer<float>& layer : model.net.layers) {
    LayerFacts& one = facts.emplace_back();
    one.text = layer_text(layer);
    one.flops = layer.flops(shape);
    shape = layer.out_shape(shape);
    one.output = shape;
    one.parameters = weir::parameter_count(layer);
  }
  return facts;
}

double Probe::difference() const {
  double most = 0.0;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    most = std::max(most, std::fabs(static_cast<double>(stored[i]) - static_cast<double>(computed[i])));
  }
  return most;
}

Probe run_probe(const std::string& path, const Model& model) {
  const auto bytes = weir::try_read_file(path, weir::ReadOptions{}.max_file_bytes).value();
  const auto file = weir::try_parse_safetensors(bytes).value();
  const auto tensor = [&file](std::string_view name, weir::Index size) {
    std::vector<float> values(static_cast<std::size_t>(size));
    static_cast<void>(file.try_read_into(name, weir::TensorView<float>(values.data(), {size})).value());
    return values;
  };
  weir::Workspace<Net> workspace(model.net, model.input, 1);
  const std::vector<float> input = tensor("probe.input", model.input.size());
  const std::span<const float> output = workspace.predict(model.net, input);
  return {tensor("probe.output", workspace.output_shape().size()), {output.begin(), output.end()}};
}

}  // namespace cli
