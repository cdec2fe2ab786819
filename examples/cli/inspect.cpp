// weir inspect MODEL
#include "commands.hpp"
#include "config_file.hpp"
#include "files.hpp"
#include "model.hpp"
#include "report.hpp"

#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/io/probe.hpp>
#include <weir/models/summary.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

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

/// "log_standard; 12.5 if missing"
[[nodiscard]] std::string treatment(const weir::NumericPlan& plan) {
  if (!plan.used) return "not used: constant in training";
  return std::string(weir::name_of(plan.scaler.scaling)) + "; " + weir::stand_in_text(plan) + " if missing";
}

[[nodiscard]] Json schema_json(const weir::Preprocessor& preprocess) {
  Json columns = Json::array();
  preprocess.each_column(
      [&](const weir::NumericPlan& plan, auto...) {
        columns.push_back({{"name", plan.name},
                           {"kind", "numeric"},
                           {"treatment", treatment(plan)},
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

/// What the net reads, in words.
[[nodiscard]] std::string input_text(const Model& model) {
  const weir::SampleRule& rule = model.samples;
  const std::string steps = weir::count_text(model.input.length, "step") + " x " +
                            weir::count_text(model.input.channels, "channel");
  switch (rule.kind) {
    case weir::SampleKind::features: break;
    case weir::SampleKind::sequence: return "sequences of up to " + steps;
    case weir::SampleKind::image:
      return "images of " + std::to_string(rule.rows) + " x " + std::to_string(rule.columns) + " pixels, " +
             (rule.pixel_scale == 1.0 ? "codes from 0 to 255"
                                      : "each times " + weir::number_text(rule.pixel_scale)) +
             ", as " + steps;
    case weir::SampleKind::window:
      return "windows of " + steps + ", to forecast '" + model.labels.column + "' " +
             weir::count_text(rule.horizon, "step") + " ahead";
  }
  return weir::count_text(model.input.size(), "feature");
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

[[nodiscard]] std::string schema_text(const weir::Preprocessor& preprocess) {
  std::size_t width = 6;
  for (const weir::Column& column : preprocess.schema.columns) width = std::max(width, column.name.size());
  width = std::min<std::size_t>(width, 40);
  std::string text = "  " + weir::pad_right("column", width) + "  kind         features  treatment\n";
  const auto add = [&](const std::string& name, const char* kind, std::size_t features,
                       const std::string& how) {
    text += "  " + weir::pad_right(name.substr(0, width), width) + "  " + weir::pad_right(kind, 11) +
            weir::pad_left(std::to_string(features), 10) + "  " + how + "\n";
  };
  preprocess.each_column(
      [&](const weir::NumericPlan& plan, auto...) {
        add(plan.name, "numeric", plan.features(), treatment(plan));
      },
      [&](const weir::CategoricalPlan& plan, auto...) {
        add(plan.name, "categorical", plan.features(),
            "one-hot: " + weir::count_text(plan.categories.size(), "value") + " or unknown");
      });
  return text;
}

[[nodiscard]] std::string as_text(const Facts& facts) {
  const Model& model = facts.model;
  std::string text = facts.path + ": " + std::string(weir::name_of(model.task)) + ", " +
                     std::to_string(facts.bytes) + " bytes\n\n";
  if (model.takes_records()) text += "What it reads\n" + schema_text(model.preprocess) + "\n";
  text += "Net (" + input_text(model) + ")\n" + weir::to_text(facts.net) + "\n";
  text += "What it says\n";
  if (!model.labels.classes.empty()) {
    text += "  classes      ";
    for (std::size_t i = 0; i < model.labels.classes.size(); ++i) {
      text += (i == 0 ? "" : ", ") + model.labels.classes[i];
    }
    text += "\n";
  }
  if (!model.labels.column.empty()) text += "  label        " + model.labels.column + "\n";
  if (model.has_threshold()) text += "  alarm from   " + weir::number_text(model.threshold) + "\n";
  if (!model.reference.empty())
    text += "  drift        statistics of its training are there: watch --drift\n";
  text += "\nHow it was trained\n";
  for (const auto& [name, value] : model.record)
    text += "  " + weir::pad_right(name, 22) + " " + value + "\n";
  char difference[32];
  std::snprintf(difference, sizeof difference, "%.3g", facts.probe.difference());
  return text + "\nProbe: passed; this machine's output differs by " + difference + " from the stored one.\n";
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
