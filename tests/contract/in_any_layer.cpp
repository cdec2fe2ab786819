// expect: weir: this layer has `output_shape`; the name is `out_shape`
#include "layer.hpp"

#include <weir/models/any_layer.hpp>

struct Broken {
  using Scalar = float;
  static constexpr std::string_view kind = "broken";
  [[nodiscard]] weir::Shape output_shape(weir::Shape input) const { return input; }
};

weir::AnyLayer<float> layer{Broken{}};
