// expect: weir: this layer has no `void forward(BatchView<const Scalar> x
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void forward(weir::BatchView<const float>, weir::BatchView<float>) const {}
};

weir::Sequential net{Broken{}};
