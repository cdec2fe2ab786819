#include "model.hpp"

#include "interruption.hpp"

#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <variant>

namespace cli {

Model load_model(const std::string& path) { return weir::load_any(path); }

void save_model(const std::string& path, const Model& model) {
  const SignalsHeld until_it_is_there;
  weir::save(path, model);
}

Net build_net(const std::string& layers, weir::Shape input) {
  return weir::build<float>(std::string_view(layers), input);
}
weir::Shape output_of(const Net& net, weir::Shape input) { return net.out_shape(input); }

ModelScorer::ModelScorer(const Model& model) : scorer_(std::make_unique<weir::Scorer<Net>>(model)) {}
ModelScorer::~ModelScorer() = default;

weir::Verdict ModelScorer::operator()(std::span<const float> sample) { return scorer_->score(sample); }
weir::Verdict ModelScorer::operator()(std::span<const float> sample, weir::Index used) {
  return scorer_->score(sample, used);
}
weir::Verdict ModelScorer::row(std::span<const double> numbers) { return scorer_->score(numbers, {}); }
double ModelScorer::probability(std::int32_t label) const { return scorer_->probability(label); }

weir::Matrix<float> outputs_of(const Net& net, weir::BatchView<const float> x, weir::ThreadPool* pool) {
  return weir::predict(net, x, pool);
}

namespace {

[[nodiscard]] std::string value_text(const weir::ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", std::get<double>(value));
  return digits;
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
