// expect: weir: this layer has no `static void visit(f, layers...)`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  void visit() {}
};

weir::Sequential net{Broken{}};
