// expect: `flops` of this layer is not `Index flops(Shape input) const`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  [[nodiscard]] weir::Index flops(weir::Shape) { return 1; }
};

weir::Sequential net{Broken{}};
