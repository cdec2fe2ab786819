#include "report.hpp"

#include "commands.hpp"

#include <weir/core/error.hpp>
#include <weir/core/version.hpp>
#include <weir/pipeline/assessment_json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

[[nodiscard]] Json value_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace

std::string version_text() {
  return "weir " + std::to_string(WEIR_VERSION_MAJOR) + "." + std::to_string(WEIR_VERSION_MINOR) + "." +
         std::to_string(WEIR_VERSION_PATCH);
}

Json parsed(const std::string& json) { return Json::parse(json); }

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
    one.update(parsed(weir::to_json(fold.held_out)));
    json["folds"].push_back(std::move(one));
  }
  json["all_rows"] = parsed(weir::to_json(result.pooled));
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
