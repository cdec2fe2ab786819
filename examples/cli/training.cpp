#include "training.hpp"

#include <weir/core/error.hpp>
#include <weir/pipeline/learn.hpp>
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
