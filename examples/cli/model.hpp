// Everything about models that compiles every kind of layer, behind functions: only model.cpp and
// training.cpp pay for it.
#pragma once

#include <weir/core/parallel.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/scorer.hpp>

#include <cstdint>
#include <memory>
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

/// A net from text such as "dense:64,relu,dense:2"; weights are zero. Throws ConfigError.
[[nodiscard]] Net build_net(const std::string& layers, weir::Shape input);
/// What the net makes of a sample of this shape.
[[nodiscard]] weir::Shape output_of(const Net& net, weir::Shape input);

/// Runs a model; the model must outlive it.
class ModelScorer {
 public:
  explicit ModelScorer(const Model& model);
  ~ModelScorer();
  ModelScorer(const ModelScorer&) = delete;
  ModelScorer& operator=(const ModelScorer&) = delete;

  /// One encoded row.
  [[nodiscard]] weir::Verdict operator()(std::span<const float> sample);
  /// One encoded row of which only the first `used` steps count.
  [[nodiscard]] weir::Verdict operator()(std::span<const float> sample, weir::Index used);
  /// One row of numbers as it stands in a table; for a model of windows, the series' next step.
  [[nodiscard]] weir::Verdict row(std::span<const double> numbers);
  /// Of a class, in the last verdict of a classifier.
  [[nodiscard]] double probability(std::int32_t label) const;

 private:
  std::unique_ptr<weir::Scorer<Net>> scorer_;
};

/// The net's output for every sample, one a column.
[[nodiscard]] weir::Matrix<float> outputs_of(const Net& net, weir::BatchView<const float> x,
                                             weir::ThreadPool* pool);

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
