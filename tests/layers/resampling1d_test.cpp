#include <weir/layers/shape/cropping1d.hpp>
#include <weir/layers/shape/up_sampling1d.hpp>
#include <weir/layers/shape/zero_padding1d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;

namespace {

template <class Make>
void check_all(Make make) {
  for (const Index channels : {1, 3, 17}) {
    check_gradients(make(double{}), Shape{channels, 8}, {.count = 4, .lengths = {8, 0, 5, 2}, .entries = 40});
    check_own_lengths(make(float{}), Shape{channels, 8}, {8, 0, 5, 2, 1});
  }
}

template <class L>
std::vector<float> run(const L& layer, std::vector<float> x) {
  const Shape input{1, static_cast<Index>(x.size())}, output = layer.out_shape(input);
  std::vector<float> y(static_cast<std::size_t>(output.size()), 42.0F);
  typename L::Cache cache;
  cache.prepare(layer, input, 1, false);
  layer.forward({x.data(), input, 1}, {y.data(), output, 1}, cache, {});
  return y;
}

using V = std::vector<float>;

}  // namespace

TEST_CASE("up_sampling1d") {
  CHECK(run(UpSampling1D<float>(3), {1, 2}) == V{1, 1, 1, 2, 2, 2});
  for (const Index factor : {1, 2, 5})
    check_all([&](auto zero) { return UpSampling1D<decltype(zero)>(factor); });
  CHECK_THROWS_AS(UpSampling1D<float>(0), ConfigError);
  CHECK(from_config<UpSampling1D<float>>(config_of(UpSampling1D<float>(5)), Shape{2, 3}).value().factor == 5);
  const ConfigValue huge = std::int64_t{1} << 24;
  CHECK_FALSE(from_config<UpSampling1D<float>>({{"factor", huge}}, Shape{100, 100'000}).ok());
}

TEST_CASE("zero_padding1d") {
  CHECK(run(ZeroPadding1D<float>(2, 1), {1, 2}) == V{0, 0, 1, 2, 0});
  for (const Index left : {0, 3})
    check_all([&](auto zero) { return ZeroPadding1D<decltype(zero)>(left, 2); });
  CHECK_THROWS_AS(ZeroPadding1D<float>(-1, 0), ConfigError);
  const auto copy =
      from_config<ZeroPadding1D<float>>(config_of(ZeroPadding1D<float>(4, 1)), Shape{2, 3}).value();
  CHECK(copy.left == 4);
  CHECK(copy.right == 1);
  CHECK(from_config<ZeroPadding1D<float>>({{"left", std::int64_t{4}}}, Shape{2, 3}).value().right == 4);
  CHECK_FALSE(from_config<ZeroPadding1D<float>>({{"left", std::int64_t{-1}}}, Shape{2, 3}).ok());
}

TEST_CASE("cropping1d") {
  CHECK(run(Cropping1D<float>(1, 2), {1, 2, 3, 4, 5}) == V{2, 3});
  for (const Index left : {0, 3}) check_all([&](auto zero) { return Cropping1D<decltype(zero)>(left, 2); });
  CHECK_THROWS_AS(Cropping1D<float>(0, -1), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(Cropping1D<float>(2, 2).out_shape(Shape{1, 4})), ShapeError);
  const auto copy = from_config<Cropping1D<float>>(config_of(Cropping1D<float>(1, 2)), Shape{2, 9}).value();
  CHECK(copy.left == 1);
  CHECK(copy.right == 2);
  CHECK_FALSE(from_config<Cropping1D<float>>({{"left", std::int64_t{2}}}, Shape{2, 4}).ok());
}
