// expect:
#include "layer.hpp"

struct Broken : Twice<Broken> {
  // Nothing is broken: this file compiles.
};

weir::Sequential net{Broken{}};
