#include <weir/core/quantile.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace weir;

TEST_CASE("quantiles lie between the numbers they stand between") {
  const std::vector<double> numbers{1.0, 2.0, 3.0, 4.0};
  CHECK(sorted_quantile(numbers, 0.0) == 1.0);
  CHECK(sorted_quantile(numbers, 0.5) == 2.5);
  CHECK(sorted_quantile(numbers, 0.9) == doctest::Approx(3.7));
  CHECK(sorted_quantile(numbers, 1.0) == 4.0);
  CHECK(sorted_quantile(std::vector<double>{7.0}, 0.3) == 7.0);
}

TEST_CASE("quantiles of equal numbers are that number, and those of the largest ones do not overflow") {
  const std::vector<double> equal(3, 0.1);
  for (const double q : {0.1, 0.3, 0.7, 0.77}) CHECK(sorted_quantile(equal, q) == 0.1);
  const double largest = std::numeric_limits<double>::max();
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(sorted_quantile(std::vector<double>{-largest, largest}, 0.5) == 0.0);
  CHECK(sorted_quantile(std::vector<double>{0.0, infinity, infinity}, 0.75) == infinity);
}
