// expect: weir: the `Cache` of this layer has no `void prepare(
#include "layer.hpp"

struct Broken : Twice<Broken> {
  struct Cache {};
  void forward(weir::BatchView<const float>, weir::BatchView<float>, Cache&, const weir::Pass&) const {}
  void backward(weir::BatchView<const float>, weir::BatchView<const float>, weir::BatchView<const float>,
                weir::BatchView<float>, Cache&, Broken&, const weir::Pass&) const {}
};

weir::Sequential net{Broken{}};
