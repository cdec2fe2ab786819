// expect: `scratch` of this layer is not `double scratch(Shape input, Index count) const`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  [[nodiscard]] weir::Index scratch(weir::Shape, weir::Index) const { return 1; }
};

weir::Sequential net{Broken{}};
