// expect: weir: this layer has `inplace`; the name is `in_place`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  static constexpr bool inplace = true;
};

weir::Sequential net{Broken{}};
