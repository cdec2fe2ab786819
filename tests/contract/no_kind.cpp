// expect: weir: this layer has no `static constexpr std::string_view kind`
#include "layer.hpp"

struct Broken : Twice<Broken> {
  static constexpr int kind = 1;
};

weir::Sequential net{Broken{}};
