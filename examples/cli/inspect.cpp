// weir inspect MODEL
#include "commands.hpp"
#include "config_file.hpp"
#include "files.hpp"
#include "model.hpp"
#include "report.hpp"

#include <weir/data/preparing/gaps_text.hpp>
#include <weir/io/probe.hpp>
#include <weir/models/summary.hpp>
#include <weir/pipeline/describe_model.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

namespace cli {

namespace {

struct Facts {
  std::string path;
  std::uintmax_t bytes = 0;
  Model model;
  weir::NetSummary net;
  weir::Probe<float> probe;
};

[[nodiscard]] Facts facts_of(const std::string& path, std::uint64_t memory) {
  Facts facts{path, 0, load_model(path, memory), {}, {}};
  std::error_code ignored;  // the file was just read; its size is a courtesy
  facts.bytes = std::filesystem::file_size(path, ignored);
  facts.net = weir::summary(facts.model.net, facts.model.input);
  facts.probe = weir::run_probe(path, facts.model.net, facts.model.input);
  return facts;
}

[[nodiscard]] Json schema_json(const weir::Preprocessor& preprocess) {
  Json columns = Json::array();
  preprocess.each_column(
      [&](const weir::NumericPlan& plan, auto...) {
        columns.push_back({{"name", plan.name},
                           {"kind", "numeric"},
                           {"treatment", weir::treatment_text(plan)},
                           {"if_missing", weir::stand_in_text(plan)}});
      },
      [&](const weir::CategoricalPlan& plan, auto...) {
        columns.push_back({{"name", plan.name},
                           {"kind", "categorical"},
                           {"categories", plan.categories},
                           {"if_missing", weir::stand_in_text(plan)}});
      });
  return columns;
}

[[nodiscard]] Json as_json(const Facts& facts) {
  Json json{{"model", facts.path},
            {"bytes", facts.bytes},
            {"task", std::string(weir::name_of(facts.model.task))},
            {"classes", facts.model.labels.classes},
            {"label", facts.model.labels.column},
            {"features", facts.model.input.size()},
            {"samples", std::string(weir::name_of(facts.model.samples.kind))},
            {"steps", facts.model.input.length},
            {"channels", facts.model.input.channels},
            {"parameters", facts.net.parameters()},
            {"flops", facts.net.flops()}};
  if (facts.model.has_threshold()) json["threshold"] = facts.model.threshold;
  if (facts.model.samples.kind == weir::SampleKind::window) json["horizon"] = facts.model.samples.horizon;
  json["statistics_of_training"] = !facts.model.reference.empty();
  json["schema"] = schema_json(facts.model.preprocess);
  for (const weir::LayerSummary& layer : facts.net.layers) {
    json["layers"].push_back({{"layer", layer.layer},
                              {"output", layer.output.size()},
                              {"parameters", layer.parameters},
                              {"flops", layer.flops}});
  }
  json["record"] = Json::object();
  for (const auto& [name, value] : facts.model.record) json["record"][name] = value;
  json["probe"] = {
      {"passed", true}, {"difference", facts.probe.difference()}, {"output", facts.probe.computed}};
  return json;
}

[[nodiscard]] std::string as_text(const Facts& facts) {
  char difference[32];
  std::snprintf(difference, sizeof difference, "%.3g", facts.probe.difference());
  return facts.path + ": " + std::string(weir::name_of(facts.model.task)) + ", " +
         std::to_string(facts.bytes) + " bytes\n\n" + weir::describe_model(facts.model, facts.net) +
         "\nProbe: passed; this machine's output differs by " + difference + " from the stored one.\n";
}

}  // namespace

void inspect(const InspectOptions& options) {
  check_files({{"MODEL", options.model}}, {{"standard output", "-"}});
  const Facts facts = facts_of(options.model, options.model_memory);
  if (options.config) {
    print("# " + options.model + ", trained by " +
          std::string(weir::recorded(facts.model.record, "program")) + "\n" +
          config_lines(weir::recorded(facts.model.record, "options")));
  } else if (options.json) {
    print_json(as_json(facts));
  } else {
    print(as_text(facts));
  }
}

}  // namespace cli
