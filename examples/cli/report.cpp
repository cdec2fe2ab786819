#include "report.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/core/version.hpp>
#include <weir/data/label_sound.hpp>
#include <weir/pipeline/assessment_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <system_error>
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

[[nodiscard]] double mean_fpr(const Matrix& confusion) {
  double sum = 0.0;
  for (weir::Index k = 0; k < confusion.classes(); ++k) sum += confusion.false_positive_rate(k);
  return sum / static_cast<double>(confusion.classes());
}

void add_per_class(Json& json, const weir::Assessment& result) {
  Json& all = json["per_class"] = Json::object();
  for (weir::Index k = 0; k < result.confusion.classes(); ++k) {
    all["support"].push_back(result.confusion.support(k));
    all["precision"].push_back(result.confusion.precision(k));
    all["recall"].push_back(result.confusion.recall(k));
    all["f1"].push_back(result.confusion.f1(k));
    all["fpr"].push_back(result.confusion.false_positive_rate(k));
    if (result.two_classes()) continue;
    all["roc_auc"].push_back(value_or_null(result.areas[static_cast<std::size_t>(k)].roc));
    all["pr_auc"].push_back(value_or_null(result.areas[static_cast<std::size_t>(k)].pr));
  }
}

void add_classes(Json& json, const weir::Assessment& result) {
  const Matrix& m = result.confusion;
  const bool two = result.two_classes();
  using Average = Matrix::Average;
  json["classes"] = result.classes;
  if (two) json["threshold"] = value_or_null(result.threshold);
  json["accuracy"] = m.accuracy();
  json["balanced_accuracy"] = m.balanced_accuracy();
  json["macro_f1"] = m.f1(Average::macro);
  json["weighted_f1"] = m.f1(Average::weighted);
  json["averaging"] = two ? "precision, recall, f1, fpr, roc_auc and pr_auc are those of class 1"
                          : "precision, recall, f1, fpr, roc_auc and pr_auc are means over the classes";
  json["precision"] = two ? m.precision(1) : m.precision(Average::macro);
  json["recall"] = two ? m.recall(1) : m.recall(Average::macro);
  json["f1"] = two ? m.f1(1) : m.f1(Average::macro);
  json["fpr"] = two ? m.false_positive_rate(1) : mean_fpr(m);
  json["roc_auc"] = value_or_null(result.area().roc);
  json["pr_auc"] = value_or_null(result.area().pr);
  json["mcc"] = m.mcc();
  json["confusion"] = counts_of(m);
  add_per_class(json, result);
  if (two || !weir::sounds_benign(result.classes[0])) return;
  const Matrix alarms = weir::alarms_of(m);
  json["alarms"] = {{"precision", alarms.precision(1)},
                    {"recall", alarms.recall(1)},
                    {"f1", alarms.f1(1)},
                    {"fpr", alarms.false_positive_rate(1)},
                    {"accuracy", alarms.accuracy()}};
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
    json["mse"] = value_or_null(result.mse);
    json["rmse"] = value_or_null(std::sqrt(result.mse));
    json["mae"] = value_or_null(result.mae);
    json["r2"] = value_or_null(result.r2);
    if (result.forecast) {
      json["mape"] = value_or_null(result.mape);
      json["naive_mape"] = value_or_null(result.naive_mape);
      json["naive_mae"] = value_or_null(result.naive_mae);
    }
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
