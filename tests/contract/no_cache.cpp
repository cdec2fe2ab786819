// expect: weir: this layer has no `Cache`
#include "layer.hpp"

struct Broken : Twice<Broken> {
 private:
  using Cache = weir::NoCache;
};

weir::Sequential net{Broken{}};
