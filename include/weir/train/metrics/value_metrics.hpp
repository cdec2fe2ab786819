// Metrics of numbers that were forecast: e = v - t, v the answer and t the truth.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/value_errors.hpp>

#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace metrics {

struct MeanSquaredError {
  static constexpr std::string_view kind = "mse";
  static constexpr std::string_view formula = "mean of e^2";
  static constexpr std::string_view reference = "scikit-learn mean_squared_error";
  static constexpr bool less_is_better = true;

  double operator()(const ValueErrors& errors) const { return errors.mean_square(); }
};

struct RootMeanSquaredError {
  static constexpr std::string_view kind = "rmse";
  static constexpr std::string_view formula = "root of the mean of e^2";
  static constexpr std::string_view title = "RMSE";
  static constexpr std::string_view meaning = "root of the mean squared error";
  static constexpr std::string_view reference = "scikit-learn root_mean_squared_error";
  static constexpr bool less_is_better = true;

  double operator()(const ValueErrors& errors) const { return std::sqrt(errors.mean_square()); }
};

struct MeanAbsoluteError {
  static constexpr std::string_view kind = "mae";
  static constexpr std::string_view formula = "mean of abs(e)";
  static constexpr std::string_view title = "MAE";
  static constexpr std::string_view meaning = "mean absolute error";
  static constexpr std::string_view reference = "scikit-learn mean_absolute_error";
  static constexpr bool less_is_better = true;

  double operator()(const ValueErrors& errors) const { return errors.mean_absolute(); }
};

struct R2 {
  static constexpr std::string_view kind = "r2";
  static constexpr std::string_view formula =
      "1 - mean of e^2 / variance of t; not defined where t does not vary";
  static constexpr std::string_view title = "R²";
  static constexpr std::string_view meaning = "1 perfect, 0 no better than the mean";
  static constexpr std::string_view reference = "scikit-learn r2_score";

  double operator()(const ValueErrors& errors) const {
    const double variance = errors.variance_of_truth();
    return variance > 0.0 ? 1.0 - errors.mean_square() / variance : std::nan("");
  }
};

struct MeanAbsolutePercentageError {
  static constexpr std::string_view kind = "mape";
  static constexpr std::string_view formula = "mean of abs(e / t); not defined where a t is 0";
  static constexpr std::string_view title = "MAPE";
  static constexpr std::string_view meaning = "mean absolute error, as a share of the value";
  static constexpr std::string_view reference = "scikit-learn mean_absolute_percentage_error";
  static constexpr bool share = true;
  static constexpr bool less_is_better = true;

  double operator()(const ValueErrors& errors) const {
    const double mean = errors.mean_relative();
    return std::isfinite(mean) ? mean : std::nan("");
  }
};

}  // namespace metrics

}  // namespace weir::inline WEIR_ABI
