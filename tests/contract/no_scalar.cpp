// expect: weir: this layer has no `Scalar`
#include "layer.hpp"

struct Broken : Twice<Broken> {
 private:
  using Scalar = float;
};

weir::Sequential net{Broken{}};
