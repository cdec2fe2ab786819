#include "training.hpp"

#include "training_choices.hpp"

#include <weir/core/error.hpp>
#include <weir/losses/make_loss.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/train/callbacks.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

namespace {

class Watcher {
 public:
  explicit Watcher(Watching& watching) : watching_(watching) {
    if (!watching.log.empty()) log_.emplace(watching.log);
    if (watching.bar) bar_.emplace(stderr);
  }
  ~Watcher() {
    if (bar_) bar_->finish();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void on_batch(const weir::BatchReport& report) {
    if (bar_) bar_->on_batch(report);
  }
  void on_epoch(const weir::EpochReport& report) {
    if (log_) log(report);
    if (bar_) bar_->on_epoch(report);
  }

 private:
  /// A full disk ends the log, not the training.
  void log(const weir::EpochReport& report) {
    try {
      log_->on_epoch(report);
    } catch (const weir::Error& error) {
      watching_.log_failure = error.what();
      log_.reset();
    }
  }

  Watching& watching_;
  std::optional<weir::CsvLog> log_;
  std::optional<weir::ProgressBar> bar_;
};

}  // namespace

std::vector<std::string> loss_kinds() { return weir::kind_names(weir::BuiltinLosses{}); }
std::vector<std::string> optimizer_kinds() { return weir::kind_names(weir::BuiltinOptimizers{}); }

std::string loss_complaint(const std::string& text) {
  const auto loss = weir::try_make_loss(text);
  return loss.ok() ? std::string() : loss.error().what;
}
std::string optimizer_complaint(const std::string& text) {
  const auto optimizer = weir::try_make_optimizer(text);
  return optimizer.ok() ? std::string() : optimizer.error().what;
}

std::string losses_by_task() {
  const auto of = [](weir::Task task) {
    std::string names;
    for (const std::string& kind : loss_kinds()) {
      const weir::AnyLoss loss = weir::make_loss(kind);
      if (weir::goes_with(task, loss.takes(), loss.final_link())) names += (names.empty() ? "" : ", ") + kind;
    }
    return names;
  };
  return "classify: " + of(weir::Task::classify) + "; regress, anomaly: " + of(weir::Task::regress);
}

Plan plan_learning(const weir::Samples& samples, const weir::LearnOptions& options) {
  return weir::plan_learning<Net>(samples, options);
}

Learned learn(const weir::Samples& samples, Plan plan, Watching& watching) {
  Watcher watcher(watching);
  try {
    return weir::learn(samples, std::move(plan), watcher);
  } catch (const weir::NumericError& error) {
    weir::fail(weir::ErrorKind::numeric,
               std::string(error.what()) + "; nothing is saved. Try a lower --lr, or --clip-norm 1");
  }
}

}  // namespace cli
