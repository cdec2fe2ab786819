#include <weir/core/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace weir;

TEST_CASE("thread pool: every task runs once, on a worker that runs nothing else at the time") {
  for (const Index threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    for (const Index tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(tasks));
      std::vector<std::atomic<int>> busy(static_cast<std::size_t>(threads));
      std::atomic<bool> clash{false};
      pool.run(tasks, [&](Index task, Index worker) {
        if (worker < 0 || worker >= std::min(threads, tasks) || busy[static_cast<std::size_t>(worker)]++ != 0)
          clash = true;
        ++runs[static_cast<std::size_t>(task)];
        --busy[static_cast<std::size_t>(worker)];
      });
      bool once = true;
      for (const std::atomic<int>& n : runs) once = once && n == 1;
      CHECK(once);
      CHECK_FALSE(clash);
    }
  }
}

TEST_CASE("thread pool: a pool of one, or of none, works in the caller") {
  for (const Index threads : {-1, 0, 1}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == 1);
    bool here = true;
    int runs = 0;
    pool.run(5, [&, caller = std::this_thread::get_id()](Index, Index worker) {
      here = here && worker == 0 && std::this_thread::get_id() == caller;
      ++runs;
    });
    CHECK(here);
    CHECK(runs == 5);
  }
}

TEST_CASE("thread pool: an exception comes back to the caller, and the pool goes on working") {
  for (const Index threads : {1, 4}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 20; ++round) {
      CHECK_THROWS_WITH_AS(pool.run(50,
                                    [](Index task, Index) {
                                      if (task == 17) throw std::runtime_error("task 17");
                                    }),
                           "task 17", std::runtime_error);
      std::atomic<int> runs{0};
      pool.run(50, [&](Index, Index) { ++runs; });
      CHECK(runs == 50);
    }
    CHECK_THROWS(pool.run(8, [](Index, Index) { throw 1; }));  // all at once
  }
}

TEST_CASE("thread pool: many short loops") {
  ThreadPool pool(3);
  std::atomic<Index> sum{0};
  for (int i = 0; i < 5000; ++i) pool.run(4, [&](Index task, Index) { sum += task; });
  CHECK(sum == 5000 * 6);
}
