// Everything about models that compiles every kind of layer, behind functions: only model.cpp and
// training.cpp pay for it.
#pragma once

#include <weir/models/any_model.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

using Net = weir::AnyModel<float>;
using Model = weir::Pipeline<Net>;

/// `memory`: bytes that the file may ask for, 0 for 4 times its size and 1 MiB. `input` is the file that the
/// model is to be run on: where that is the model, the message says so.
[[nodiscard]] Model load_model(const std::string& path, std::uint64_t memory = 0,
                               const std::string& input = {});
void save_model(const std::string& path, const Model& model);

/// Puts another threshold in the model, if there is one. ConfigError where a model has no use for it.
void replace_threshold(Model& model, std::optional<double> threshold);

struct LayerFacts {
  std::string text;  ///< "dense:64"
  weir::Shape output;
  weir::Index parameters = 0;
  weir::Index flops = 0;
};
[[nodiscard]] std::vector<LayerFacts> layer_facts(const Model& model);

/// The probe of a file: what was stored, and what this machine computes.
struct Probe {
  std::vector<float> stored;
  std::vector<float> computed;
  [[nodiscard]] double difference() const;
};
[[nodiscard]] Probe run_probe(const std::string& path, const Model& model);

}  // namespace cli
