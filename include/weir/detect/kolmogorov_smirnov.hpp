// The two-sample test of Kolmogorov and Smirnov: do the numbers of today follow the law of the training's?
//
//   D = largest distance between the two empirical distribution functions, over n and m numbers
//   p = 2 sum_{k >= 1} (-1)^(k-1) exp(-2 k^2 t^2),   t = D (r + 0.12 + 0.11 / r),   r = sqrt(n m / (n + m))
//
// with Stephens' correction for small samples (J. R. Stat. Soc. B 32, 1970). p is good from about n m / (n +
// m)
// >= 4 on; for laws that are not continuous it is too large, so the test errs towards silence.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

/// D of two ascending samples, neither empty, without NaN (DataError).
[[nodiscard]] inline double kolmogorov_smirnov_distance(std::span<const double> a,
                                                        std::span<const double> b) {
  if (a.empty() || b.empty()) fail(ErrorKind::data, "the Kolmogorov-Smirnov distance needs two samples");
  for (const std::span<const double> sample : {a, b}) {
    if (std::any_of(sample.begin(), sample.end(), [](double x) { return std::isnan(x); })) {
      fail(ErrorKind::data, "the Kolmogorov-Smirnov distance cannot order NaN");
    }
  }
  double largest = 0.0;
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    const double fa = static_cast<double>(i) / static_cast<double>(a.size());
    const double fb = static_cast<double>(j) / static_cast<double>(b.size());
    largest = std::max(largest, std::fabs(fa - fb));
  }
  return largest;
}

/// The probability of a distance as large as D between n and m numbers of one law.
[[nodiscard]] inline double kolmogorov_smirnov_p(double distance, std::size_t n, std::size_t m) noexcept {
  const double a = static_cast<double>(n), b = static_cast<double>(m);
  const double root = std::sqrt(a * b / (a + b));
  const double t = distance * (root + 0.12 + 0.11 / root);
  if (t < 0.2) return 1.0;  // there the series does not converge, and p is 1 to twelve digits
  double sum = 0.0;
  for (int k = 1; k <= 100; ++k) {
    const double term = std::exp(-2.0 * k * k * t * t);
    sum += k % 2 == 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return std::clamp(2.0 * sum, 0.0, 1.0);
}

/// Keeps the training's numbers and tests windows of new ones against them.
class KolmogorovSmirnov {
 public:
  struct Outcome {
    double distance = 0.0, p = 1.0;
  };

  /// DataError when a number is NaN or there are none.
  explicit KolmogorovSmirnov(std::span<const double> training) : training_(sorted(training)) {}

  [[nodiscard]] const std::vector<double>& training() const noexcept { return training_; }

  [[nodiscard]] Outcome operator()(std::span<const double> window) const {
    const std::vector<double> today = sorted(window);
    const double distance = kolmogorov_smirnov_distance(training_, today);
    return {distance, kolmogorov_smirnov_p(distance, training_.size(), today.size())};
  }

 private:
  static std::vector<double> sorted(std::span<const double> numbers) {
    std::vector<double> result(numbers.begin(), numbers.end());
    if (result.empty()) fail(ErrorKind::data, "the Kolmogorov-Smirnov test needs numbers");
    for (const double x : result) {
      if (std::isnan(x)) fail(ErrorKind::data, "the Kolmogorov-Smirnov test cannot order NaN");
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  std::vector<double> training_;
};

}  // namespace weir::inline WEIR_ABI
