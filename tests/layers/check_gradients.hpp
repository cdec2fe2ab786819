// Gradient checks as doctest assertions.
#pragma once

#include <weir/train/gradient_check.hpp>

#include <doctest/doctest.h>

#include <string>

namespace weir_test {

template <class L>
void check_gradients(const L& layer, weir::Shape input, const weir::GradientCheckOptions& options = {}) {
  const weir::GradientReport report = weir::gradient_check(layer, input, options);
  INFO(std::string(L::kind), " on ", input.str(), ": ", report.str());
  CHECK(report.error <= options.tolerance);
  CHECK(report.broken.empty());
  CHECK(report.checked > 0);
  CHECK(report.unresolved <= 1);
}

/// Widths around one register and several, one time step and several, full samples and padded ones.
template <class MakeLayer>
void check_gradients_of_shapes(MakeLayer make) {
  using weir::Shape;
  for (const weir::Index channels : {1, 3, 8, 17}) {
    check_gradients(make(channels), Shape{channels, 1}, {.count = 5});
    check_gradients(make(channels), Shape{channels, 3}, {.count = 2});
    check_gradients(make(channels), Shape{channels, 4}, {.count = 3, .lengths = {4, 1, 2}});
  }
}

}  // namespace weir_test
