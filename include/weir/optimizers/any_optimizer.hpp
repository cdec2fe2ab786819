// An optimizer whose kind is known only at run time, so that a program which takes its name from the command
// line compiles `fit` once. It holds any optimizer, also one of your own; it costs a virtual call for each
// parameter.
//
//   AnyOptimizer optimizer = AdamW{.learning_rate = 3e-3};
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/kinds.hpp>
#include <weir/optimizers/optimizer.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class AnyOptimizer {
 public:
  double learning_rate = 0.0;

  template <class Rule>
  requires(!std::same_as<Rule, AnyOptimizer> && UpdateRule<Rule>) AnyOptimizer(Rule rule)  // NOLINT: is one
      : learning_rate(rule.learning_rate), self_(std::make_shared<const Model<Rule>>(std::move(rule))) {}

  [[nodiscard]] std::string_view kind() const { return self_->kind(); }
  [[nodiscard]] Config config() const { return self_->config(learning_rate); }
  [[nodiscard]] std::size_t moments() const { return self_->moments(); }
  void check_options() const { self_->check(learning_rate); }

  void update(const ParameterStep<float>& p) const { self_->update(p); }
  void update(const ParameterStep<double>& p) const { self_->update(p); }

 private:
  struct Base {
    virtual ~Base() = default;
    [[nodiscard]] virtual std::string_view kind() const = 0;
    [[nodiscard]] virtual Config config(double rate) const = 0;
    [[nodiscard]] virtual std::size_t moments() const = 0;
    virtual void check(double rate) const = 0;
    virtual void update(const ParameterStep<float>& p) const = 0;
    virtual void update(const ParameterStep<double>& p) const = 0;
  };

  template <class Rule>
  struct Model final : Base {
    Rule rule;
    explicit Model(Rule r) : rule(std::move(r)) {}

    std::string_view kind() const override { return Rule::kind; }
    Config config(double rate) const override { return config_of(at(rate)); }
    std::size_t moments() const override { return rule.moments(); }
    void check(double rate) const override { check_own_options(at(rate)); }
    void update(const ParameterStep<float>& p) const override { rule.update(p); }
    void update(const ParameterStep<double>& p) const override { rule.update(p); }

   private:
    [[nodiscard]] Rule at(double rate) const {
      Rule changed = rule;
      changed.learning_rate = rate;
      return changed;
    }
  };

  std::shared_ptr<const Base> self_;  // never changed, so that copies can share it
};

}  // namespace weir::inline WEIR_ABI
