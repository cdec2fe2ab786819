// A loss whose kind is known only at run time, so that a program which chooses it by its options compiles
// `fit` once. It holds any loss, also one of your own.
//
//   AnyLoss loss = classes == 2 ? AnyLoss(BinaryCrossEntropy{}) : AnyLoss(CategoricalCrossEntropy{});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/kinds.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>

#include <concepts>
#include <memory>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class AnyLoss {
 public:
  template <class Loss>
  requires(!std::same_as<Loss, AnyLoss> && LossFunction<Loss>) AnyLoss(Loss loss)  // NOLINT: a loss is one
      : self_(std::make_shared<const Model<Loss>>(std::move(loss))) {}

  [[nodiscard]] std::string_view kind() const { return self_->kind(); }
  [[nodiscard]] Config config() const { return self_->config(); }
  [[nodiscard]] Link final_link() const { return self_->link(); }
  [[nodiscard]] Takes takes() const { return self_->takes(); }
  void check_options() const { self_->check(); }

  double operator()(const LossBatch<float>& batch) const { return self_->value(batch); }
  double operator()(const LossBatch<double>& batch) const { return self_->value(batch); }

 private:
  struct Base {
    virtual ~Base() = default;
    [[nodiscard]] virtual std::string_view kind() const = 0;
    [[nodiscard]] virtual Config config() const = 0;
    [[nodiscard]] virtual Link link() const = 0;
    [[nodiscard]] virtual Takes takes() const = 0;
    virtual void check() const = 0;
    [[nodiscard]] virtual double value(const LossBatch<float>& batch) const = 0;
    [[nodiscard]] virtual double value(const LossBatch<double>& batch) const = 0;
  };

  template <class Loss>
  struct Model final : Base {
    Loss loss;
    explicit Model(Loss l) : loss(std::move(l)) {}

    std::string_view kind() const override {
      if constexpr (requires { Loss::kind; }) {
        return Loss::kind;
      } else {
        return "a loss without a name";
      }
    }
    Config config() const override { return config_of(loss); }
    Link link() const override { return weir::final_link(loss); }
    Takes takes() const override { return taken_by(loss); }
    void check() const override { check_own_options(loss); }
    double value(const LossBatch<float>& batch) const override { return loss(batch); }
    double value(const LossBatch<double>& batch) const override { return loss(batch); }
  };

  std::shared_ptr<const Base> self_;  // never changed, so that copies can share it
};

}  // namespace weir::inline WEIR_ABI
