// Deterministic parallel loops.
//
// Work is cut into tasks by its size, never by the number of threads, and each task writes only its own
// results; so the results are the same bits for any number of threads. Threads belong to a pool object of the
// caller and sleep while there is nothing to do. Inference uses none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A fixed set of threads. `ThreadPool(1)` starts none and runs everything in the caller.
class ThreadPool {
 public:
  /// A task: its number, and the number of the worker that runs it, below min(size(), number of tasks), for
  /// per-worker workspaces.
  using Task = std::function<void(Index task, Index worker)>;

  explicit ThreadPool(Index threads) {
    for (Index worker = 1; worker < threads; ++worker)
      threads_.emplace_back([this, worker] { serve(worker); });
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(threads_.size()) + 1; }

  /// Runs tasks 0 ... count - 1 and returns when all are done. The caller works too. Rethrows a task's
  /// exception. One loop at a time: not for use by two threads at once, nor from within a task.
  void run(Index count, const Task& task) {
    if (threads_.empty() || count <= 1) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      task_ = &task;
      count_ = count;
      next_.store(0, std::memory_order_relaxed);
      busy_ = static_cast<Index>(threads_.size());
      ++round_;
    }
    wake_.notify_all();
    work(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    task_ = nullptr;
#if WEIR_EXCEPTIONS
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
#endif
  }

 private:
  void serve(Index worker) {
    std::uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || round_ != seen; });
        if (stopping_) return;
        seen = round_;
      }
      work(worker);
      const std::lock_guard lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  void work(Index worker) {
#if WEIR_EXCEPTIONS
    try {
      take_tasks(worker);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
#else
    take_tasks(worker);
#endif
  }

  void take_tasks(Index worker) {
    if (worker >= count_) return;  // callers have memory for no more workers than there are tasks
    for (Index i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) (*task_)(i, worker);
  }

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::atomic<Index> next_{0};
  const Task* task_ = nullptr;
  Index count_ = 0;
  Index busy_ = 0;
  std::uint64_t round_ = 0;
  bool stopping_ = false;
  std::exception_ptr error_;
};

}  // namespace weir::inline WEIR_ABI
