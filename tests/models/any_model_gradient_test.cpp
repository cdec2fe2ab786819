// Models built at run time against numerical derivatives.

#include <weir/models/registry.hpp>
#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("models built at run time: gradients") {
  const auto net = [](std::string_view text) { return build<double>(text, Shape{6}); };
  check_gradients(net("dense:9,batch_norm,leaky_relu:0.2,dropout:0.25,dense:5,tanh,dense:4,softmax"),
                  Shape{6}, {.count = 8});
  check_gradients(net("sigmoid,dropout:0.3,relu,dense:4,gelu,batch_norm,dense:1,sigmoid"), Shape{6, 3},
                  {.lengths = {3, 2, 1}});
  check_gradients(net("softmax"), Shape{6});
}
