// expect: `visit` of this layer does not take several layers
#include "layer.hpp"

struct Broken : Twice<Broken> {
  template <class F, class L>
  static void visit(F&&, L&) {}
};

weir::Sequential net{Broken{}};
