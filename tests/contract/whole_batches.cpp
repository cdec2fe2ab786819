// expect: weir: this layer has `whole_batches`; the name is `whole_batch`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  static constexpr bool whole_batches = true;
};

weir::Sequential net{Broken{}};
