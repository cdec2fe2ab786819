// expect: weir: this layer has `out_len`; the name is `out_length`
#include "layer.hpp"

#include <weir/models/time_distributed.hpp>

struct Broken : Twice<Broken> {
  [[nodiscard]] weir::Index out_len(weir::Index) const { return 1; }
};

weir::TimeDistributed net{Broken{}};
