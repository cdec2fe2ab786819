// expect: `forward` of this layer is not const
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void forward(weir::BatchView<const float>, weir::BatchView<float>, Cache&, const weir::Pass&) {}
};

weir::Sequential net{Broken{}};
