#include <weir/layers/shape/transpose.hpp>

#include "layers/along_time.hpp"
#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;

TEST_CASE("transpose: values, gradients and lengths") {
  const Transpose<float> layer(2);
  CHECK(layer.out_shape({2, 3}) == Shape{3, 2});
  const std::vector<float> x{1, 10, 2, 20, 3, 30};
  std::vector<float> y(6);
  NoCache none;
  layer.forward({x.data(), {2, 3}, 1}, {y.data(), {3, 2}, 1}, none, {});
  CHECK(y == std::vector<float>{1, 2, 3, 10, 20, 30});
  weir_test::check_gradients(Transpose<double>(4), Shape{4, 3}, {.count = 4, .lengths = {3, 0, 1, 2}});
  weir_test::check_gradients(Transpose<double>(3), Shape{3, 1}, {.count = 2});
}

TEST_CASE("transpose: padding is zeros, and all steps count") {
  const Transpose<float> layer(2);
  const std::vector<float> x{1, 10, 7, 7, 7, 7};
  const std::vector<Index> lengths{1}, all{2};
  std::vector<float> y(6, -1.0F);
  NoCache none;
  layer.forward({x.data(), {2, 3}, 1, lengths}, {y.data(), {3, 2}, 1, all}, none, {});
  CHECK(y == std::vector<float>{1, 0, 0, 10, 0, 0});
  CHECK(layer.out_length(1) == 2);
}

TEST_CASE("transpose: shapes and options") {
  CHECK_THROWS_AS(static_cast<void>(Transpose<float>(3).out_shape({2, 3})), ShapeError);
  CHECK_THROWS_AS(Transpose<float>(0), ConfigError);
  CHECK(from_config<Transpose<float>>({}, {2, 3}).value().channels == 2);
  CHECK_FALSE(from_config<Transpose<float>>({{"channels", std::int64_t{3}}}, {2, 3}).ok());
}
