// Callbacks of `fit` for programs: a CSV log, a progress bar, a flag that stops. The library prints only to what it
// is given. One that keeps checkpoints: io/checkpoint.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/train/fit_callbacks.hpp>
#include <weir/train/history.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

namespace weir::inline WEIR_ABI {

/// One line an epoch: epoch, loss, validation_loss, learning_rate, seconds. `append` goes on with an old log.
/// The file grows line by line under its own name. Throws IoError when it cannot be written.
class CsvLog {
 public:
  explicit CsvLog(const std::string& path, bool append = false)
      : path_(path), file_(std::fopen(path.c_str(), append ? "a" : "w")) {
    if (!file_) refuse();
    if (!append) std::fputs("epoch,loss,validation_loss,learning_rate,seconds\n", file_.get());
    check();
  }
  void on_epoch(const EpochReport& report) {
    std::fprintf(file_.get(), "%td,%.9g,%.9g,%.9g,%.3f\n", report.epoch, report.loss, report.validation_loss,
                 report.learning_rate, report.seconds);
    check();
  }

 private:
  [[noreturn]] void refuse() const {
    fail(ErrorKind::io, "cannot write '" + path_ + "': " + std::generic_category().message(errno));
  }
  void check() const {
    if (std::fflush(file_.get()) != 0) refuse();
  }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// A bar that shows epoch, losses and the time that remains, redrawn in place. For a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::FILE* out)
      : out_(out), begin_(Clock::now()), drawn_(begin_ - std::chrono::seconds(1)) {}

  void on_batch(const BatchReport& report) {
    const auto share = [&](Index batches) {
      return static_cast<double>(report.epoch - 1) +
             static_cast<double>(batches) / static_cast<double>(report.batches);
    };
    if (first_ < 0.0) first_ = share(report.batch - 1);  // training may go on from anywhere
    const auto now = Clock::now();
    if (now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    const double done = share(report.batch), all = static_cast<double>(report.epochs);
    const double spent = std::chrono::duration<double>(now - begin_).count();
    const int filled = static_cast<int>(20.0 * done / all);
    std::fprintf(out_, "\rEpoch %td/%td [%.*s%.*s] loss %.4f%s  ETA %s \033[K", report.epoch, report.epochs,
                 filled, "####################", 20 - filled, "....................", report.loss,
                 validation_.c_str(), time_text(spent * (all - done) / (done - first_)).c_str());
    std::fflush(out_);
  }
  void on_epoch(const EpochReport& report) {
    char text[48] = "";
    if (!std::isnan(report.validation_loss)) {
      std::snprintf(text, sizeof text, "  validation %.4f", report.validation_loss);
    }
    validation_ = text;
  }
  /// Removes the bar.
  void finish() {
    std::fputs("\r\033[K", out_);
    std::fflush(out_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string time_text(double seconds) {
    char text[32];
    const long whole = std::lround(seconds);
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
  }

  std::FILE* out_;
  Clock::time_point begin_;
  Clock::time_point drawn_;
  double first_ = -1.0;  ///< epochs that were done when it began
  std::string validation_;
};

/// Stops training between two batches when a flag is set: by a signal handler, or by another thread.
class StopWhen {
 public:
  explicit StopWhen(const std::atomic<bool>& flag) : flag_(flag) {}
  [[nodiscard]] Go on_batch(const BatchReport&) const { return flag_ ? Go::stop : Go::on; }

 private:
  const std::atomic<bool>& flag_;
};

}  // namespace weir::inline WEIR_ABI
