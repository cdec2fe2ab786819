// A layer that keeps the contract; each file beside this one breaks it in one point.
#pragma once

#include <weir/models/sequential.hpp>

template <class Self>
struct Twice {
  using Scalar = float;
  using Cache = weir::NoCache;
  static constexpr std::string_view kind = "twice";

  [[nodiscard]] weir::Shape out_shape(weir::Shape input) const { return input; }
  void init(weir::Rng&) {}
  void forward(weir::BatchView<const float>, weir::BatchView<float>, Cache&, const weir::Pass&) const {}
  void backward(weir::BatchView<const float>, weir::BatchView<const float>, weir::BatchView<const float>,
                weir::BatchView<float>, Cache&, Self&, const weir::Pass&) const {}
  template <class F, class... L>
  static void visit(F&&, L&...) {}
};
