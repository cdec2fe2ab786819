#include "report.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/core/version.hpp>
#include <weir/data/labels/label_sound.hpp>
#include <weir/pipeline/assessment_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

using Matrix = weir::ConfusionMatrix;

[[nodiscard]] Json value_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

[[nodiscard]] Json counts_of(const Matrix& confusion) {
  Json rows = Json::array();
  for (weir::Index truth = 0; truth < confusion.classes(); ++truth) {
    Json row = Json::array();
    for (weir::Index said = 0; said < confusion.classes(); ++said)
      row.push_back(confusion.count(truth, said));
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Value by value, each under its name behind `prefix`.
void add_measures(Json& json, const weir::Measures& measures, const std::string& prefix = {}) {
  for (const weir::Measure& measure : measures) {
    json[prefix + std::string(measure.metric.text.kind)] = value_or_null(measure.value);
  }
}

/// What of the figures belongs to a class, class by class. Of two classes a ranking has one figure alone.
void add_per_class(Json& json, const weir::Assessment& result) {
  Json& all = json["per_class"] = Json::object();
  for (weir::Index k = 0; k < result.confusion.classes(); ++k)
    all["support"].push_back(result.confusion.support(k));
  for (const weir::Measure& measure : result.measures) {
    if (measure.of_classes.size() != result.classes.size()) continue;
    Json& values = all[std::string(measure.metric.text.kind)];
    for (const double value : measure.of_classes) values.push_back(value_or_null(value));
  }
}

/// "recall, fpr and f1 are those of class 1".
[[nodiscard]] std::string averaging_text(const weir::Assessment& result) {
  std::vector<std::string> names;
  for (const weir::Measure& measure : result.measures) {
    if (!measure.of_classes.empty()) names.emplace_back(measure.metric.text.kind);
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  }
  return text + (result.two_classes() ? " are those of class 1" : " are means over the classes");
}

void add_classes(Json& json, const weir::Assessment& result) {
  json["classes"] = result.classes;
  if (result.two_classes()) json["threshold"] = value_or_null(result.threshold);
  add_measures(json, result.measures);
  json["averaging"] = averaging_text(result);
  json["confusion"] = counts_of(result.confusion);
  add_per_class(json, result);
  if (result.two_classes() || !weir::sounds_benign(result.classes[0])) return;
  weir::Measures alarms;
  alarms.add(weir::alarms_of(result.confusion));
  add_measures(json["alarms"], alarms);
}

}  // namespace

std::string version_text() {
  return "weir " + std::to_string(WEIR_VERSION_MAJOR) + "." + std::to_string(WEIR_VERSION_MINOR) + "." +
         std::to_string(WEIR_VERSION_PATCH);
}

Json to_json(const weir::Assessment& result) {
  Json json;
  json["task"] = std::string(weir::name_of(result.task));
  json["rows"] = result.rows;
  if (result.unusable > 0) json["rows_unusable"] = result.unusable;
  if (result.unlabelled > 0) json["rows_without_label"] = result.unlabelled;
  if (result.unknown > 0) json["rows_of_unknown_label"] = result.unknown;
  if (result.task == weir::Task::regress) {
    add_measures(json, result.measures);
    add_measures(json, result.naive, "naive_");
  } else {
    add_classes(json, result);
  }
  return json;
}

Json to_json(const weir::AlarmRate& rate) {
  Json json{{"asked", rate.asked},
            {"threshold", rate.threshold},
            {"ordinary_rows", rate.ordinary},
            {"false_alarms", rate.alarms}};
  if (rate.attacks > 0) {
    json["attack_rows"] = rate.attacks;
    json["attacks_found"] = rate.found;
  }
  return json;
}

Json to_json(const weir::CrossValidation& result) {
  Json json{{"parts", result.parts}, {"seeds", result.seeds}};
  for (const weir::MetricSummary& summary : result.summaries) {
    json["metrics"][std::string(summary.metric.kind)] = {{"mean", value_or_null(summary.mean)},
                                                         {"deviation", value_or_null(summary.deviation)},
                                                         {"lowest", value_or_null(summary.lowest)},
                                                         {"highest", value_or_null(summary.highest)},
                                                         {"folds", summary.folds}};
  }
  for (const weir::FoldResult& fold : result.folds) {
    Json one{{"part", fold.name}, {"seed", fold.seed}, {"rows_trained", fold.rows_trained}};
    one.update(to_json(fold.held_out));
    json["folds"].push_back(std::move(one));
  }
  json["all_rows"] = to_json(result.pooled);
  return json;
}

void print(const std::string& from) {
  // Names come from files: none may steer the terminal.
  std::string text = from;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; },
      '?');
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    weir::fail(weir::ErrorKind::io,
               "cannot write to standard output: " + std::generic_category().message(errno));
  }
}

void print_json(const Json& json) {
  // Names come from files, which may not be UTF-8: replaced rather than refused.
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace cli
