#include "page.hpp"

#include "files.hpp"

#include <weir/data/tables/table_gaps.hpp>
#include <weir/pipeline/report_value_figures.hpp>
#include <weir/train/overfitting.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace cli {

namespace {

[[nodiscard]] Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

[[nodiscard]] Json curves_json(const weir::Assessment& result) {
  Json all = Json::array();
  for (std::size_t i = 0; i < result.curves.size(); ++i) {
    const weir::RankingCurve& curve = result.curves[i];
    Json one{{"class", result.classes[result.two_classes() ? 1 : i]}, {"steps", Json::array()}};
    for (const weir::Ranking::Step& step : curve.steps) {
      if (!curve.has_both()) break;
      one["steps"].push_back({{"threshold", number_or_null(step.score)},
                              {"fpr", curve.false_positive_rate(step)},
                              {"recall", curve.recall(step)},
                              {"precision", weir::RankingCurve::precision(step)}});
    }
    all.push_back(std::move(one));
  }
  return all;
}

[[nodiscard]] Json calibration_json(const weir::Calibration& calibration) {
  Json bins = Json::array();
  for (std::size_t i = 0; i < weir::Calibration::bins; ++i) {
    const weir::Calibration::Bin& bin = calibration.all()[i];
    if (bin.rows == 0) continue;
    bins.push_back({{"from", static_cast<double>(i) / static_cast<double>(weir::Calibration::bins)},
                    {"rows", bin.rows},
                    {"mean", bin.mean()},
                    {"hits", bin.share()}});
  }
  return {{"expected_error", number_or_null(calibration.expected_error())}, {"bins", std::move(bins)}};
}

[[nodiscard]] Json histogram_json(const weir::Histogram& histogram) {
  return {{"edges", histogram.edges}, {"counts", histogram.counts}};
}

[[nodiscard]] Json latest_json(const std::vector<weir::ValuePair>& pairs) {
  Json all = Json::array();
  for (const weir::ValuePair& pair : pairs) {
    all.push_back({{"actual", number_or_null(pair.truth)},
                   {"forecast", number_or_null(pair.value)},
                   {"naive", number_or_null(pair.naive)}});
  }
  return all;
}

[[nodiscard]] Json importance_json(const weir::Importance& found) {
  Json json{{"metric", found.metric},
            {"baseline", number_or_null(found.baseline)},
            {"rows", found.rows},
            {"repeats", found.repeats},
            {"columns", Json::array()}};
  for (const weir::ColumnImportance& one : found.columns)
    json["columns"].push_back({{"column", one.column}, {"mean", one.mean}, {"deviation", one.deviation}});
  if (!found.why_none.empty()) json["why_none"] = found.why_none;
  return json;
}

[[nodiscard]] Json judged_json(const weir::JudgedRows& judged) {
  const weir::Assessment& result = judged.result;
  Json json{{"name", judged.name}, {"rows", result.rows}};
  if (!result.curves.empty()) json["curves"] = curves_json(result);
  if (!result.scores.empty()) json["scores"] = histogram_json(result.scores);
  if (result.calibration.rows() > 0) json["calibration"] = calibration_json(result.calibration);
  if (!result.latest.empty()) json["latest"] = latest_json(result.latest);
  if (!result.values.items().empty())
    json["errors"] = histogram_json(weir::residuals_of(result.values.items()));
  if (!judged.importance.metric.empty()) json["importance"] = importance_json(judged.importance);
  return json;
}

[[nodiscard]] Json data_json(const weir::Samples& samples) {
  Json json{{"rows", samples.rows},
            {"rows_without_label", samples.unlabelled},
            {"class_counts", samples.class_counts}};
  Json& gaps = json["gaps"] = Json::array();
  for (const weir::ColumnGaps& one : samples.gaps.gaps())
    gaps.push_back({{"column", one.column}, {"missing", one.missing}, {"infinite", one.infinite}});
  return json;
}

[[nodiscard]] Json overfitting_json(const weir::OverfittingSign& found) {
  return {{"sign", std::string(weir::name_of(found.sign))},
          {"lowest_epoch", found.lowest.epoch},
          {"kept_epoch", found.kept.epoch},
          {"text", weir::to_text(found)}};
}

}  // namespace

std::string shown_name(const std::string& path) {
  return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

void refuse_standard_output_for_page(const std::string& path) {
  if (path.empty() || (path != "-" && !is_standard_output(path))) return;
  weir::fail(weir::ErrorKind::config,
             "--report: '" + path + "' is standard output, where the figures go; give the name of a file");
}

void write_page(const std::string& path, const std::string& html) {
  OutputFile file(path);
  file.write(html);
  file.commit();
}

Json to_json(const weir::ModelReport& report) {
  Json json = Json::object();
  if (report.training) {
    json["data"] = data_json(report.training->samples);
    json["overfitting"] =
        overfitting_json(weir::overfitting_of(report.training->history, report.training->kept));
  }
  for (const weir::JudgedRows& judged : report.judged) json["judged"].push_back(judged_json(judged));
  return json;
}

}  // namespace cli
