// Whole chains against numerical derivatives: what the layers are fed by each other is right, too.
#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/models/sequential.hpp>

#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("chains: gradients") {
  using D = Dense<double>;
  const Sequential smooth{D{5, 7}, Tanh<double>{}, D{7, 4}, Gelu<double>{}, D{4, 3}, Softmax<double>{}};
  check_gradients(smooth, Shape{5}, {.count = 4});
  check_gradients(smooth, Shape{5, 3}, {.lengths = {3, 1, 2}});
  check_gradients(smooth, Shape{5}, {.logits = true});
  const Sequential nested{Sequential{D{6, 8}, BatchNorm<double>{8}, Relu<double>{}}, Dropout<double>{0.3},
                          Sequential{D{8, 4}, Sequential{Sigmoid<double>{}, Dropout<double>{0.2}}, D{4, 2}},
                          Sigmoid<double>{}};
  check_gradients(nested, Shape{6}, {.count = 7});
  check_gradients(nested, Shape{6, 2}, {.count = 4, .lengths = {2, 1, 2, 1}});
  check_gradients(nested, Shape{6}, {.count = 4, .training = false});
  check_gradients(nested, Shape{6}, {.count = 7, .logits = true});
}
