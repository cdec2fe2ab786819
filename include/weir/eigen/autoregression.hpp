// An autoregressive forecast: what a net for a series has to beat, beside the seasonal ones of
// data/series/seasonal.hpp.
//
//   y(t) = c + a_1 y(t-1) + ... + a_p y(t-p)
//
// fitted by least squares over all t of the training series, or with a penalty on a (ridge.hpp). More than
// one step ahead, forecasts take the place of the values that are not known yet (Box, Jenkins 1970).
//
//   auto model = Autoregression::fit(training, {.order = 24});
//   std::vector<double> forecasts = model.forecast(series, first, horizon);      // as HoltWinters::forecast
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/data/series/seasonal.hpp>
#include <weir/eigen/map.hpp>
#include <weir/eigen/ridge.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

struct AutoregressionOptions {
  std::size_t order = 24;  ///< p, steps looked back
  double alpha = 0.0;      ///< penalty on the coefficients
};

class Autoregression {
 public:
  /// ConfigError when the order is 0 or the series no longer than it, DataError when a value is not finite.
  [[nodiscard]] static Autoregression fit(std::span<const double> training,
                                          const AutoregressionOptions& options = {}) {
    const std::size_t order = options.order;
    if (order == 0 || training.size() <= order) {
      fail(ErrorKind::config, "autoregression: the order is at least 1, and the series longer than it");
    }
    // Column t: the values at t, ..., t + p - 1, whose next one is y(t + p).
    const auto steps = static_cast<Index>(training.size() - order);
    const Eigen::Map<const Eigen::MatrixXd, Eigen::Unaligned, Eigen::OuterStride<>> past(
        training.data(), static_cast<Index>(order), steps, Eigen::OuterStride<>(1));
    const Eigen::Map<const Eigen::VectorXd> next(training.data() + order, steps);
    const Ridge model = Ridge::fit(past, next, options.alpha);
    Autoregression result;
    result.constant_ = model.intercept()(0);
    const Eigen::VectorXd coefficients = model.coefficients().col(0).reverse();
    result.coefficients_.assign(coefficients.begin(), coefficients.end());
    return result;
  }

  [[nodiscard]] double constant() const noexcept { return constant_; }
  /// a_1, ..., a_p.
  [[nodiscard]] const std::vector<double>& coefficients() const noexcept { return coefficients_; }

  /// Forecasts of steps first, first + 1, ..., each made `horizon` steps earlier from all that was known
  /// then. ConfigError when `first` has no p values before its horizon.
  [[nodiscard]] std::vector<double> forecast(std::span<const double> series, std::size_t first,
                                             std::size_t horizon = 1) const {
    const std::size_t order = coefficients_.size();
    detail::check_forecast(horizon > 0 && first >= order + horizon - 1 && first <= series.size());
    std::vector<double> result;
    for (std::size_t t = first; t < series.size(); ++t) {
      const auto known = series.subspan(t - horizon + 1 - order, order);
      result.push_back(ahead({known.begin(), known.end()}, horizon));
    }
    return result;
  }

 private:
  /// `horizon` steps behind these p values.
  [[nodiscard]] double ahead(std::vector<double> values, std::size_t horizon) const {
    for (std::size_t h = 0; h < horizon; ++h) {
      const double next =
          std::inner_product(coefficients_.begin(), coefficients_.end(), values.rbegin(), constant_);
      std::rotate(values.begin(), values.begin() + 1, values.end());
      values.back() = next;
    }
    return values.back();
  }

  double constant_ = 0.0;
  std::vector<double> coefficients_;
};

}  // namespace weir::inline WEIR_ABI
