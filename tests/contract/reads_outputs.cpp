// expect: weir: this layer has `reads_outputs`; the name is `reads_output`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  static constexpr bool reads_outputs = true;
};

weir::Sequential net{Broken{}};
