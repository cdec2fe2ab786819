// expect: `out_shape` of this layer does not return weir::Shape
#include "layer.hpp"

struct Broken : Twice<Broken> {
  [[nodiscard]] weir::Index out_shape(weir::Shape input) const { return input.channels; }
};

weir::Sequential net{Broken{}};
