#include "training.hpp"

#include <weir/core/error.hpp>
#include <weir/train/callbacks.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

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

weir::History learn(Net& net, const Lesson& lesson, Watching& watching) {
  Watcher watcher(watching);
  auto state = weir::start_fit(std::move(net), lesson.optimizer, lesson.options.seed);
  try {
    weir::continue_fit(state, lesson.training, lesson.validation, lesson.loss, lesson.optimizer,
                       lesson.options, watcher);
  } catch (const weir::NumericError& error) {
    weir::fail(weir::ErrorKind::numeric,
               std::string(error.what()) + "; nothing is saved. Try a lower --lr, or --clip-norm 1");
  }
  net = std::move(state.net);
  return state.history;
}

}  // namespace cli
