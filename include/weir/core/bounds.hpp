// The least and the largest value of an option, said once: what a constructor takes, a file and a text may
// hold, and what one refuses, the others do.
//
//   static constexpr RealBounds rate_bounds{"rate", 0.0, 0.999999};
//   explicit Dropout(double share) : rate(rate_bounds.checked(kind, share)) {}
//   layer.rate = rate_bounds.read(reader, 0.5);                              // in from_config
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>

#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// Of a real option; both ends are allowed, NaN never is.
struct RealBounds {
  std::string_view name;
  double low = 0.0, high = 0.0;

  /// The value; ConfigError, in the name of `owner`, when it lies outside.
  [[nodiscard]] double checked(std::string_view owner, double value) const {
    if (!(value >= low && value <= high)) {
      fail(ErrorKind::config, owner, "'" + std::string(name) + "' " + detail::must_lie_between(low, high));
    }
    return value;
  }
  [[nodiscard]] double read(ConfigReader& reader, double fallback) const {
    return reader.number(name, fallback, low, high);
  }
};

/// Of a whole one.
struct IntegerBounds {
  std::string_view name;
  Index low = 0, high = 0;

  [[nodiscard]] constexpr Index checked(std::string_view owner, Index value) const {
    if (value < low || value > high) {
      fail(ErrorKind::config, owner, "'" + std::string(name) + "' " + detail::must_be_integer(low, high));
    }
    return value;
  }
  [[nodiscard]] Index read(ConfigReader& reader, Index fallback) const {
    return reader.integer(name, fallback, low, high);
  }
  [[nodiscard]] Index require(ConfigReader& reader) const { return reader.required(name, low, high); }
};

}  // namespace weir::inline WEIR_ABI
