// expect: weir: this layer has a `StepCache` but no `void step(
#include "layer.hpp"

struct Broken : Twice<Broken> {
  struct StepCache {
    void prepare(const Broken&, weir::Shape, weir::Index) {}
  };
  [[nodiscard]] weir::Index state_size(weir::Shape) const { return 0; }
  void start(float*, weir::Shape) const {}
};

weir::Sequential net{Broken{}};
