// expect: weir: this layer has no `void init(Rng&)`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void init() {}
};

weir::Sequential net{Broken{}};
