// A loss whose kind is known only at run time, so that a program which chooses it by its options compiles
// `fit` once.
//
//   AnyLoss loss = classes == 2 ? AnyLoss(BinaryCrossEntropy{}) : AnyLoss(CategoricalCrossEntropy{});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/losses/target.hpp>

#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

class AnyLoss {
 public:
  using Choice = std::variant<MeanSquaredError, BinaryCrossEntropy, CategoricalCrossEntropy>;

  template <class Loss>
  requires(std::is_constructible_v<Choice, Loss>) AnyLoss(Loss loss)  // NOLINT: a loss is an AnyLoss
      : loss_(std::move(loss)) {}

  [[nodiscard]] std::string_view kind() const {
    return std::visit([](const auto& loss) { return std::string_view(loss.kind); }, loss_);
  }
  [[nodiscard]] Link final_link() const {
    return std::visit([](const auto& loss) { return loss.link; }, loss_);
  }

  [[nodiscard]] Takes takes() const {
    return std::visit([](const auto& loss) { return loss.takes; }, loss_);
  }

  template <class T>
  double operator()(BatchView<const T> outputs, const Targets<T>& targets, std::span<const T> weights,
                    T scale, BatchView<T> gradient) const {
    return std::visit([&](const auto& loss) { return loss(outputs, targets, weights, scale, gradient); },
                      loss_);
  }

 private:
  Choice loss_;
};

}  // namespace weir::inline WEIR_ABI
