// "91.09 ± 0.54": per cent, over seeds.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

/// The deviation is that of a sample; without one for a single value.
[[nodiscard]] inline std::string mean_and_deviation(const std::vector<double>& shares) {
  double mean = 0.0, squares = 0.0;
  for (const double share : shares) mean += share / static_cast<double>(shares.size());
  for (const double share : shares) squares += (share - mean) * (share - mean);
  char text[64];
  if (shares.size() < 2) {
    std::snprintf(text, sizeof text, "%.2f", 100 * mean);
  } else {
    std::snprintf(text, sizeof text, "%.2f ± %.2f", 100 * mean,
                  100 * std::sqrt(squares / (static_cast<double>(shares.size()) - 1.0)));
  }
  return text;
}
