// expect: weir: this layer has `step` but no `StepCache`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void step(weir::BatchView<const float>, weir::BatchView<float>) const {}
};

weir::Sequential net{Broken{}};
