// expect: `in_place` of this layer is not `static constexpr bool`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  bool in_place = true;
};

weir::Sequential net{Broken{}};
