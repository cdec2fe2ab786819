#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/models/sequential.hpp>

#include <weir/models/registry.hpp>
#include "training_step.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace weir;
using namespace weir_test;

TEST_CASE("a Sequential, static or not, and the AnyModel of the same layers give the same bits") {
  const Shape input{19};
  const auto free = initialised(Sequential{Dense{19, 33}, BatchNorm{33}, Relu{}, Dropout<float>{0.3},
                                           Dense{33, 7}, Tanh{}, Dense{7, 3}, Softmax{}});
  const auto fixed =
      initialised(Sequential<Dense<float, 19, 33>, BatchNorm<float, 33>, Relu<float>, Dropout<float>,
                             Dense<float, 33, 7>, Tanh<float>, Dense<float, 7, 3>, Softmax<float>>{
          Dense<float, 19, 33>{}, BatchNorm<float, 33>{}, Relu<float>{}, Dropout<float>{0.3},
          Dense<float, 33, 7>{}, Tanh<float>{}, Dense<float, 7, 3>{}, Softmax<float>{}});
  const auto any = initialised(build<float>(
      std::string_view("dense:33,batch_norm,relu,dropout:0.3,dense:7,tanh,dense:3,softmax"), input));
  CHECK(parameters(fixed) == parameters(free));
  CHECK(parameters(any) == parameters(free));
  const Buffer x = normal(19 * 13, 1);
  for (const bool training : {false, true}) {
    for (const bool logits : {false, true}) {
      const Pass pass{.training = training, .logits = logits, .key = RngKey{21}};
      const Buffer expected = step(free, input, x, pass);
      CHECK(step(fixed, input, x, pass) == expected);
      CHECK(step(any, input, x, pass) == expected);
    }
  }
  CHECK(final_link(free) == Link::softmax);
  CHECK(final_link(any) == Link::softmax);
  CHECK(couples_samples(free));
  CHECK(couples_samples(any));
  CHECK_FALSE(couples_samples(Sequential{Dense{2, 2}, Relu{}}));
}
