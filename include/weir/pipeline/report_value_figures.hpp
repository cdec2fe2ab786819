// What an assessment of numbers is drawn as on a page: forecasts beside what came, said beside true values, errors. Each
// figure has its numbers besides, exactly.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/core/quantile.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/report/line_chart.hpp>
#include <weir/report/page.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Pairs of a sample as bins of value - truth; the outermost ones hold what lies farther out than 99 in 100 do.
[[nodiscard]] Histogram residuals_of(std::span<const ValuePair> pairs);

namespace detail {

/// Ids of a page's drawings begin with `id`, which is unique. Empty without values.
[[nodiscard]] charts::Markup value_figures(const Assessment& result, const std::string& id);

#if WEIR_BODIES

[[nodiscard]] inline charts::Markup forecast_figure(const Assessment& result, const std::string& id) {
  charts::LineChart chart{{id + "-forecast", "Forecast and what came",
                           "The last " + count_text(result.latest.size(), "step") +
                               " that were judged: forecast and actual value."},
                          {.title = "steps", .whole = true},
                          {.title = "value"}};
  chart.series = {{"actual", {}}, {"forecast", {}}};
  charts::PageTable table{"The last steps", {"step", "actual", "forecast", "naive forecast"}};
  for (std::size_t i = 0; i < result.latest.size(); ++i) {
    const ValuePair& pair = result.latest[i];
    const auto step = static_cast<double>(i + 1);
    chart.series[0].points.push_back({step, pair.truth});
    chart.series[1].points.push_back({step, pair.value});
    table.rows.push_back({i + 1, charts::number_cell(pair.truth), charts::number_cell(pair.value),
                          charts::number_cell(pair.naive)});
  }
  return charts::figure("Forecast and what came", charts::draw(chart),
                        "The last " + count_text(result.latest.size(), "step") + " that were judged.",
                        charts::draw(table));
}

[[nodiscard]] inline charts::Markup scatter_figure(const Assessment& result, const std::string& id) {
  constexpr std::size_t most_dots = 400;
  const std::vector<ValuePair>& pairs = result.values.items();
  charts::LineChart chart{{id + "-values", "Said and true values",
                           "Each dot is a row: the value that was said against the true one."},
                          {.title = "true value"},
                          {.title = "value that was said"}};
  charts::Series dots{"rows", {}, charts::SeriesForm::dots};
  charts::PageTable table{"Rows, some of all", {"true value", "value that was said"}};
  const std::size_t every = std::max<std::size_t>(1, pairs.size() / most_dots);
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (std::size_t i = 0; i < pairs.size(); i += every) {
    dots.points.push_back({pairs[i].truth, pairs[i].value});
    table.rows.push_back({charts::number_cell(pairs[i].truth), charts::number_cell(pairs[i].value)});
    low = std::min({low, pairs[i].truth, pairs[i].value});
    high = std::max({high, pairs[i].truth, pairs[i].value});
  }
  chart.x.low = chart.y.low = low;
  chart.x.high = chart.y.high = high;
  chart.diagonal = true;
  chart.series.push_back(std::move(dots));
  return charts::figure("Said and true values", charts::draw(chart), "On the dotted line both are the same.",
                        charts::draw(table));
}

[[nodiscard]] inline charts::Markup residual_figure(const Assessment& result, const std::string& id) {
  const Histogram residuals = residuals_of(result.values.items());
  charts::LineChart chart{
      {id + "-residuals", "Errors", "How many rows were judged how far from the true value."},
      {.title = "value that was said - true value"},
      {.title = "rows", .from_zero = true}};
  std::vector<double> heights(residuals.counts[0].begin(), residuals.counts[0].end());
  charts::PageTable table{"Rows by error", {"from", "to", "rows"}};
  for (std::size_t i = 0; i < heights.size(); ++i)
    table.rows.push_back({charts::number_cell(residuals.edges[i]),
                          charts::number_cell(residuals.edges[i + 1]), residuals.counts[0][i]});
  chart.series.push_back({"rows", charts::steps_of(residuals.edges, heights), charts::SeriesForm::filled});
  chart.marks.push_back({0.0});
  const bool all = result.values.every() == 1;
  return charts::figure(
      "Errors", charts::draw(chart),
      "Above 0 too much was said, below too little; the outermost bars hold what lies farther out. " +
          (all ? std::string("All rows.") : "One row in " + std::to_string(result.values.every()) + "."),
      charts::draw(table));
}

WEIR_BODY charts::Markup value_figures(const Assessment& result, const std::string& id) {
  if (result.values.items().empty()) return {};
  return (result.latest.empty() ? charts::Markup() : forecast_figure(result, id)) +
         scatter_figure(result, id) + residual_figure(result, id);
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY Histogram residuals_of(std::span<const ValuePair> pairs) {
  constexpr std::size_t bins = 41;
  std::vector<double> sizes;
  for (const ValuePair& pair : pairs) sizes.push_back(std::fabs(pair.value - pair.truth));
  std::sort(sizes.begin(), sizes.end());
  const double reach = sizes.empty() ? 0.0 : sorted_quantile(sizes, 0.99);
  const double most = reach > 0.0 && std::isfinite(reach) ? reach : 1.0;
  Histogram histogram(even_bins(-most, most, bins), 1);
  for (const ValuePair& pair : pairs) histogram.add(0, pair.value - pair.truth);
  return histogram;
}

#endif

}  // namespace weir::inline WEIR_ABI
