// One-step forecasts of an ISP's traffic volume, every five minutes and every hour.
//
//   06_forecast [FOLDER] [--seeds N] [--choose]     FOLDER holds eu_5min.csv and eu_hourly.csv
//
// The last third of each series is forecast, step by step, from all that came before. Nothing is fitted to it
// or chosen on it; --choose forecasts the last quarter of the other two thirds instead.
#include "nets.hpp"
#include "volume.hpp"

#include <weir/data/series/seasonal.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace {

using forecast::NetPlan;
using forecast::Volume;
using weir::ForecastErrors;

/// Convolutions of three steps each that see twice as far from layer to layer: `depth` of them reach over
/// 2^(depth + 1) - 1 steps.
[[nodiscard]] std::string dilated(int filters, int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) {
    text += "conv1d:" + std::to_string(filters) + ":3:valid:dilation=" + std::to_string(1 << i) + ",relu,";
  }
  return text + "last_step,dense:1";
}

[[nodiscard]] std::vector<NetPlan> plans_for(const Volume& volume) {
  if (volume.day == 24) {
    return {{"MLP", "flatten,dense:64,relu,dropout:0.2,dense:32,relu,dense:1", 168, 80, 16, 1e-3, 1e-2},
            {"GRU", "gru:32,dense:1", 168, 60, 16, 5e-3, 1e-2},
            {"LSTM", "lstm:32,dense:1", 168, 60, 16, 5e-3, 1e-2},
            {"TCN", dilated(16, 6), 168, 60, 16, 3e-3, 1e-2}};
  }
  return {{"MLP", "flatten,dense:64,relu,dropout:0.2,dense:32,relu,dense:1", 288, 20, 64, 1e-3, 1e-2},
          {"GRU", "gru:32,dense:1", 96, 15, 64, 3e-3, 1e-2},
          {"LSTM", "lstm:32,dense:1", 96, 15, 64, 3e-3, 1e-2},
          {"TCN", dilated(16, 7), 288, 12, 64, 2e-3, 1e-2}};
}

/// The errors of one way to forecast, one entry a seed.
struct Row {
  std::string name;
  std::vector<ForecastErrors> errors;
};

class Judge {
 public:
  explicit Judge(const Volume& volume)
      : truth_(volume.truth()), unit_(weir::naive_error(volume.training())) {}
  [[nodiscard]] ForecastErrors operator()(const std::vector<double>& forecasts) const {
    return weir::forecast_errors(truth_, forecasts, unit_);
  }

 private:
  std::span<const double> truth_;
  double unit_;
};

[[nodiscard]] std::vector<Row> baselines(const Volume& volume, const Judge& judge) {
  const std::size_t day = volume.day, week = 7 * day;
  const std::span<const double> series(volume.bits);
  std::vector<Row> rows{
      {"naive: the last value", {judge(weir::naive_forecast(series, volume.first))}},
      {"seasonal naive: a day ago", {judge(weir::seasonal_naive_forecast(series, volume.first, day))}},
      {"seasonal naive: a week ago", {judge(weir::seasonal_naive_forecast(series, volume.first, week))}}};
  const auto smooth = [&](const char* name, const weir::HoltWintersOptions& options) {
    const weir::HoltWinters model = weir::HoltWinters::fit(volume.training(), options);
    rows.push_back({name, {judge(model.forecast(series, volume.first))}});
  };
  using weir::Season;
  smooth("Holt-Winters, day, additive", {.period = day, .season = Season::additive});
  smooth("Holt-Winters, day", {.period = day});
  smooth("  and the last error", {.period = day, .correct_last_error = true});
  smooth("Holt-Winters, day and week", {.period = day, .second_period = week});
  smooth("  and the last error", {.period = day, .second_period = week, .correct_last_error = true});
  return rows;
}

/// Adds the outputs of one more net to a sum.
void add(std::vector<float>& sum, const std::vector<float>& outputs) {
  sum.resize(outputs.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += outputs[i];
}
[[nodiscard]] std::vector<float> divided(std::vector<float> sum, std::size_t count) {
  for (float& value : sum) value /= static_cast<float>(count);
  return sum;
}

[[nodiscard]] std::vector<Row> nets(const Volume& volume, const Judge& judge, std::uint64_t seeds) {
  const forecast::Changes data(volume);
  const std::vector<NetPlan> plans = plans_for(volume);
  std::vector<Row> rows;
  std::vector<std::vector<float>> by_seed(seeds);
  std::vector<float> all;
  for (const NetPlan& plan : plans) {
    Row row{plan.name, {}};
    std::vector<float> own;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const std::vector<float> outputs = forecast::train_and_run(plan, data, seed);
      row.errors.push_back(judge(data.values(outputs)));
      add(by_seed[seed], outputs);
      add(own, outputs);
      add(all, outputs);
      std::fprintf(stderr, "%s, %s, seed %llu: MAPE %.3f %%\n", volume.name.c_str(), plan.name.c_str(),
                   static_cast<unsigned long long>(seed), row.errors.back().mape);
    }
    rows.push_back(std::move(row));
    if (seeds > 1) rows.push_back({"  its seeds, averaged", {judge(data.values(divided(own, seeds)))}});
  }
  Row together{"one of each, averaged", {}};
  for (const std::vector<float>& sum : by_seed) {
    together.errors.push_back(judge(data.values(divided(sum, plans.size()))));
  }
  rows.push_back(std::move(together));
  if (seeds > 1) {
    rows.push_back({"all of them, averaged", {judge(data.values(divided(all, plans.size() * seeds)))}});
  }
  return rows;
}

void print_row(const Row& row) {
  ForecastErrors mean;
  const auto n = static_cast<double>(row.errors.size());
  for (const ForecastErrors& e : row.errors) {
    mean.mape += e.mape / n;
    mean.smape += e.smape / n;
    mean.mase += e.mase / n;
    mean.rmse += e.rmse / n;
  }
  double squares = 0.0;
  for (const ForecastErrors& e : row.errors) squares += (e.mape - mean.mape) * (e.mape - mean.mape);
  char spread[32] = "";
  if (row.errors.size() > 1) std::snprintf(spread, sizeof spread, "± %.3f", std::sqrt(squares / (n - 1.0)));
  std::printf("  %-28s %8.3f %-8s %8.3f %8.3f %10.1f\n", row.name.c_str(), mean.mape, spread, mean.smape,
              mean.mase, mean.rmse / 1e6);
}

void forecast_volume(const Volume& volume, std::uint64_t seeds) {
  std::printf("\n%s: %zu steps to learn from, %zu to forecast\n", volume.name.c_str(), volume.first,
              volume.bits.size() - volume.first);
  std::printf("  %-28s %8s %-8s %8s %8s %10s\n", "", "MAPE %", "", "sMAPE %", "MASE", "RMSE Mbit");
  const Judge judge(volume);
  for (const Row& row : baselines(volume, judge)) print_row(row);
  std::fflush(stdout);
  for (const Row& row : nets(volume, judge, seeds)) print_row(row);
  std::fflush(stdout);
}

[[nodiscard]] int run(const std::string& folder, std::uint64_t seeds, bool choose) {
  const Volume five = forecast::read_volume(folder + "/eu_5min.csv", "5 minutes", 288);
  const Volume hour = forecast::read_volume(folder + "/eu_hourly.csv", "1 hour", 24);
  if (five.bits.empty() || hour.bits.empty()) {
    std::printf(
        "Traffic volume: SKIPPED, because '%s' does not hold eu_5min.csv and eu_hourly.csv.\n"
        "Give their folder as argument, or its parent as WEIR_DATA.\n",
        folder.c_str());
    return 0;
  }
  std::printf("One-step forecasts%s; mean%s\n", choose ? " within the training part" : "",
              seeds > 1 ? " and deviation over the seeds" : " of one seed");
  for (const Volume& volume : {hour, five}) forecast_volume(choose ? for_choosing(volume) : volume, seeds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const char* data = std::getenv("WEIR_DATA");
  std::string folder = std::string(data == nullptr ? "." : data) + "/isp-traffic-volume";
  std::uint64_t seeds = 1;
  bool choose = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seeds" && i + 1 < argc) {
      seeds = std::max<std::uint64_t>(std::strtoull(argv[++i], nullptr, 10), 1);
    } else if (argument == "--choose") {
      choose = true;
    } else {
      folder = argument;
    }
  }
  try {
    return run(folder, seeds, choose);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "06_forecast: %s\n", error.what());
    return 2;
  }
}
