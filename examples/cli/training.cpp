#include "training.hpp"

#include "interruption.hpp"
#include "training_choices.hpp"

#include <weir/core/error.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/losses/make_loss.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/train/callbacks.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace cli {

namespace {

class Watcher {
 public:
  Watcher(Watching& watching, const weir::History& before) : watching_(watching) {
    if (!watching.log.empty()) log_.emplace(watching.log);
    for (const weir::EpochReport& epoch : before.epochs) {
      if (log_) log(epoch);
    }
    if (watching.bar) bar_.emplace(stderr);
    if (!watching.checkpoint.empty())
      checkpoint_.emplace(weir::Checkpoint::by_time(watching.checkpoint, watching.checkpoint_every));
  }
  ~Watcher() {
    if (bar_) bar_->finish();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  [[nodiscard]] weir::Go on_batch(const State& state, const weir::BatchReport& report) {
    if (bar_) bar_->on_batch(report);
    keep([&] { checkpoint_->on_batch(state, report); });
    return watching_.stop ? weir::Go::stop : weir::Go::on;
  }
  void on_epoch(const State& state, const weir::EpochReport& report) {
    if (log_) log(report);
    if (bar_) bar_->on_epoch(report);
    keep([&] { checkpoint_->on_epoch(state, report); });
  }
  void on_end(const State& state) {
    keep([&] { checkpoint_->on_end(state); });
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

  /// Nor does one that keeps the checkpoint from being written: the next one may be.
  template <class Write>
  void keep(Write write) {
    if (!checkpoint_) return;
    try {
      const SignalsHeld until_it_is_there;
      write();
      watching_.checkpoint_failure.clear();
    } catch (const weir::Error& error) {
      watching_.checkpoint_failure = error.what();
    }
  }

  Watching& watching_;
  std::optional<weir::Checkpoint> checkpoint_;
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

State begin_training(const Plan& plan, const std::string& resume) {
  State state = weir::start_learning(plan);
  if (resume.empty()) return state;
  if (const weir::Status read = weir::try_load_checkpoint(resume, state); !read)
    weir::fail(read.error().kind, "--resume: " + read.error().what);
  return state;
}

namespace {

/// Says what may help when numbers leave the numbers there are.
template <class Step>
auto with_mend(Step step) {
  try {
    return step();
  } catch (const weir::NumericError& error) {
    weir::fail(weir::ErrorKind::numeric,
               std::string(error.what()) + "; nothing is saved. Try a lower --lr, or --clip-norm 1");
  }
}

}  // namespace

void continue_training(const weir::Samples& samples, const Plan& plan, State& state, Watching& watching) {
  const bool resumes = state.bound;
  Watcher watcher(watching, state.history);
  try {
    with_mend([&] { weir::continue_learning(samples, plan, state, watcher); });
  } catch (const weir::ConfigError& error) {
    weir::fail(weir::ErrorKind::config, (resumes ? "--resume: " : "") + std::string(error.what()));
  }
}

Learned finish_training(const weir::Samples& samples, const Plan& plan, const State& state) {
  return with_mend([&] { return weir::finish_learning(samples, plan, state); });
}

}  // namespace cli
