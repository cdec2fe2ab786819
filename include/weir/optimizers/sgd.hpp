// Stochastic gradient descent with momentum (Polyak 1964; Nesterov 1983, in the form of Sutskever 2013):
//
//   g <- g + weight_decay p        v <- momentum v + g        p <- p - learning_rate v
//
// and with `nesterov`, p <- p - learning_rate (g + momentum v). Without momentum there is no v.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/update.hpp>

#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct SGD {
  static constexpr std::string_view kind = "sgd";
  static constexpr std::string_view formula =
      "g += weight_decay p; v = momentum v + g; p -= learning_rate v, or (g + momentum v) with `nesterov`";

  double learning_rate = 0.01;
  double momentum = 0.0;
  bool nesterov = false;
  double weight_decay = 0.0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("learning_rate", o.learning_rate, at_least(0.0), "of a step");
    visit("momentum", o.momentum, RealRange{0.0, 0.999999999}, "share of the last step that goes on");
    visit("nesterov", o.nesterov, "looks ahead along the momentum");
    visit("weight_decay", o.weight_decay, at_least(0.0), "share of each weight added to its gradient");
  }

  [[nodiscard]] std::size_t moments() const noexcept { return momentum == 0.0 ? 0 : 1; }

  template <class T>
  void update(const ParameterStep<T>& p) const {
    const simd::SgdStep<T> step{static_cast<T>(p.rate), static_cast<T>(momentum), static_cast<T>(p.scale),
                                static_cast<T>(p.decay(weight_decay)), nesterov};
    T* velocity = p.moments.empty() ? nullptr : p.moments[0].data();
    simd::sgd_update(p.size(), p.values.data(), p.gradient.data(), velocity, step);
  }
};

}  // namespace weir::inline WEIR_ABI
