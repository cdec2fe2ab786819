// expect: weir: this layer has `initialize`; the name is `init`
#include "layer.hpp"

#include <weir/losses/mean_squared_error.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>

struct Broken : private Twice<Broken> {
  using Twice::backward, Twice::forward, Twice::kind, Twice::out_shape, Twice::visit;
  using Twice::Cache, Twice::Scalar;
  void initialize(weir::Rng&) {}
};

void train(Broken& net, const weir::Dataset<float>& data) {
  weir::fit(net, data, weir::MeanSquaredError{}, weir::SGD{}, {});
}
