// expect: weir: this layer has no `void init(Rng&)`
#include "layer.hpp"

#include <weir/models/parallel.hpp>

struct Broken : Twice<Broken> {
  void init() {}
};

weir::Parallel net{std::tuple{Broken{}, Broken{}}};
