// The plan that fitting makes of a column: what happens to each value of it.
//
// Plans are plain numbers and texts, so that they can be written to a file and compared.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/preparing/scaler.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What is done with a missing or infinite value.
enum class OnMissing : std::uint8_t {
  impute,  ///< a number: the stand-in; a category: 'unknown'
  reject,  ///< the row is left out
  error    ///< DataError
};
[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(OnMissing) {
  return {"impute", "reject", "error"};
}

/// One number in, one finite feature out (or none, when the column is not used).
struct NumericPlan {
  std::string name = {};
  bool used = true;
  OnMissing on_missing = OnMissing::impute;
  double stand_in = 0;
  Scaler scaler = {};
  float low = std::numeric_limits<float>::lowest();
  float high = std::numeric_limits<float>::max();

  [[nodiscard]] std::size_t features() const noexcept { return used ? 1 : 0; }
  [[nodiscard]] bool accepts(double value) const noexcept {
    return on_missing == OnMissing::impute || is_finite(value);
  }
  [[nodiscard]] float operator()(double value) const noexcept {
    const double scaled = scaler(is_finite(value) ? value : stand_in);
    return static_cast<float>(std::clamp(scaled, static_cast<double>(low), static_cast<double>(high)));
  }
  friend bool operator==(const NumericPlan&, const NumericPlan&) = default;
};

/// One text in; out comes one feature for each category and, as the last, one for 'unknown': a 1, else zeros.
struct CategoricalPlan {
  std::string name = {};
  OnMissing on_missing = OnMissing::impute;
  std::vector<std::string> categories = {};  ///< ascending

  [[nodiscard]] std::size_t features() const noexcept { return categories.size() + 1; }
  [[nodiscard]] bool accepts(std::string_view text) const noexcept {
    return on_missing == OnMissing::impute || !text.empty();
  }
  /// Which of the features is 1.
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    const auto place = std::lower_bound(categories.begin(), categories.end(), text);
    const bool known = place != categories.end() && *place == text;
    return known ? static_cast<std::size_t>(place - categories.begin()) : categories.size();
  }
  friend bool operator==(const CategoricalPlan&, const CategoricalPlan&) = default;
};

}  // namespace weir::inline WEIR_ABI
