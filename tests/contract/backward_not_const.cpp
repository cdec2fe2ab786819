// expect: `backward` of this layer is not const
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void backward(weir::BatchView<const float>, weir::BatchView<const float>, weir::BatchView<const float>,
                weir::BatchView<float>, Cache&, Broken&, const weir::Pass&) {}
};

weir::Sequential net{Broken{}};
