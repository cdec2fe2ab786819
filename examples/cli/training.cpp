#include "training.hpp"

#include <weir/train/callbacks.hpp>

#include <cstdio>
#include <optional>
#include <utility>

namespace cli {

namespace {

class Watcher {
 public:
  explicit Watcher(const Watching& watching) {
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
    if (log_) log_->on_epoch(report);
    if (bar_) bar_->on_epoch(report);
  }

 private:
  std::optional<weir::CsvLog> log_;
  std::optional<weir::ProgressBar> bar_;
};

}  // namespace

weir::History learn(Net& net, const Lesson& lesson, const Watching& watching) {
  Watcher watcher(watching);
  auto state = weir::start_fit(std::move(net), lesson.optimizer, lesson.options.seed);
  weir::continue_fit(state, lesson.training, lesson.validation, lesson.loss, lesson.optimizer, lesson.options,
                     watcher);
  net = std::move(state.net);
  return state.history;
}

}  // namespace cli
