// expect: weir: this layer has `out_len`; the name is `out_length`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  [[nodiscard]] weir::Index out_len(weir::Index) const { return 1; }
};

weir::Sequential net{Broken{}};
