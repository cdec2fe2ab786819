// AdamW (Loshchilov, Hutter 2019): Adam, with weights multiplied by 1 - learning_rate weight_decay before
// each step instead of a penalty in the gradient.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/optimizers/adam.hpp>

#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct AdamW {
  static constexpr std::string_view kind = "adamw";
  static constexpr std::string_view formula = "p *= 1 - learning_rate weight_decay; then as Adam";

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::adam_fields(visit, o, "share of each weight that is taken off it, times the learning rate");
  }

  [[nodiscard]] static constexpr std::size_t moments() noexcept { return 2; }

  template <class T>
  void update(const ParameterStep<T>& p) const {
    detail::adam_update(*this, 0.0, weight_decay, p);
  }
};

}  // namespace weir::inline WEIR_ABI
