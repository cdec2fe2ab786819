// Convolution and pooling over images against PyTorch and Keras, in float, on random configurations.
#include <weir/layers/convolution/conv2d.hpp>
#include <weir/layers/pooling/average_pool2d.hpp>
#include <weir/layers/pooling/max_pool2d.hpp>

#include <doctest/doctest.h>

#include "conv_golden.hpp"

#include <string>

using namespace weir;
using weir_test::compare;
using weir_test::each_case;
using weir_test::Golden;
using weir_test::GoldenCase;

namespace {

Index compare_conv2d(const Golden& golden) {
  return each_case(golden, "conv2d", [](const GoldenCase& expected, auto option) {
    compare(expected, Conv2D<float>(option(0), option(1), option(2), option(3),
                                    {.stride = option(4),
                                     .stride_columns = option(5),
                                     .dilation = option(6),
                                     .dilation_columns = option(7),
                                     .padding = static_cast<Padding>(option(8)),
                                     .bias = option(9) != 0}));
  });
}

template <class L>
Index compare_pooling(const Golden& golden) {
  return each_case(golden, std::string(L::kind), [](const GoldenCase& expected, auto option) {
    compare(
        expected,
        L(option(0), option(1), option(2),
          {.stride = option(3), .stride_columns = option(4), .padding = static_cast<Padding>(option(5))}));
  });
}

}  // namespace

TEST_CASE("convolution and pooling over images equal PyTorch's") {
  const Golden golden = weir_test::read_golden("conv2d.txt");
  CHECK(compare_conv2d(golden) == 120);
  CHECK(compare_pooling<MaxPool2D<float>>(golden) == 45);
  CHECK(compare_pooling<AveragePool2D<float>>(golden) == 45);
}

TEST_CASE("same padding over images equals Keras's") {
  const Golden golden = weir_test::read_golden("conv2d_keras.txt");
  CHECK(compare_conv2d(golden) == 24);
  CHECK(compare_pooling<MaxPool2D<float>>(golden) == 16);
  CHECK(compare_pooling<AveragePool2D<float>>(golden) == 16);
}
