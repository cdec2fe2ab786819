#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/callbacks.hpp>
#include <weir/train/fit.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace weir;

namespace {
struct Counter {
  std::vector<Index> epochs;
  Index batches = 0;
  void on_epoch(const EpochReport& report) { epochs.push_back(report.epoch); }
  void on_batch(const BatchReport&) { ++batches; }
};
}  // namespace

TEST_CASE("Callbacks hear of every epoch and batch") {
  auto net = Sequential{Dense{8, 1}};
  Counter counter;
  fit(net, toy::classes(100, 8, 2, 1), BinaryCrossEntropy{}, SGD{}, {.epochs = 3, .batch_size = 30}, counter);
  CHECK(counter.epochs == std::vector<Index>{1, 2, 3});
  CHECK(counter.batches == 12);
}

TEST_CASE("The CSV log has a header and a line an epoch") {
  const auto path = std::filesystem::temp_directory_path() / "weir_callbacks_test.csv";
  auto net = Sequential{Dense{8, 1}};
  fit(net, toy::classes(100, 8, 2, 1), BinaryCrossEntropy{}, SGD{}, {.epochs = 2}, CsvLog(path.string()));
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::filesystem::remove(path);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "epoch,loss,validation_loss,learning_rate,seconds");
  CHECK(lines[2].substr(0, 2) == "2,");
  CHECK_THROWS_AS(CsvLog("/nonexistent/directory/log.csv"), IoError);
}

TEST_CASE("A log on a full disk is no silent one") {
  CHECK_THROWS_WITH_AS(CsvLog("/dev/full"), doctest::Contains("No space left"), IoError);
  CsvLog log("/dev/full", true);
  CHECK_THROWS_AS(log.on_epoch({.epoch = 1}), IoError);
}

TEST_CASE("The progress bar shows epoch and remaining time, and cleans up") {
  std::FILE* const out = std::tmpfile();
  REQUIRE(out != nullptr);
  ProgressBar bar(out);
  bar.on_batch({.epoch = 1, .epochs = 4, .batch = 5, .batches = 10, .loss = 0.25});
  bar.finish();
  std::rewind(out);
  std::string text(400, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), out));
  std::fclose(out);
  CHECK(text.find("Epoch 1/4 [##") != std::string::npos);
  CHECK(text.find("loss 0.2500") != std::string::npos);
  CHECK(text.find("ETA") != std::string::npos);
}

namespace {
struct Stop {
  Index at_batch = 0, at_epoch = 0;
  Index batches = 0, ends = 0;
  bool interrupted = false;
  Go on_batch(const BatchReport& report) {
    ++batches;
    return report.epoch == 2 && report.batch == at_batch ? Go::stop : Go::on;
  }
  Go on_epoch(const EpochReport& report) const { return report.epoch == at_epoch ? Go::stop : Go::on; }
  template <class State>
  void on_end(const State& state) {
    ++ends;
    interrupted = state.history.interrupted;
  }
};

History run(Stop& stop, Counter& counter) {
  auto net = Sequential{Dense{8, 1}};
  return fit(net, toy::classes(100, 8, 2, 1), BinaryCrossEntropy{}, SGD{}, {.epochs = 3, .batch_size = 30},
             stop, counter);
}
}  // namespace

TEST_CASE("A callback stops training between two batches, and all callbacks hear of that batch") {
  Stop stop{.at_batch = 2};
  Counter counter;
  const History history = run(stop, counter);
  CHECK(history.interrupted);
  CHECK(history.epochs.size() == 1);
  CHECK(stop.batches == 6);
  CHECK(counter.batches == 6);
  CHECK(stop.ends == 1);
  CHECK(stop.interrupted);
}

TEST_CASE("After the last batch of an epoch the epoch is completed before training stops") {
  for (Stop stop : {Stop{.at_batch = 4}, Stop{.at_epoch = 2}}) {
    Counter counter;
    const History history = run(stop, counter);
    CHECK(history.interrupted);
    CHECK(history.epochs.size() == 2);
    CHECK(counter.epochs == std::vector<Index>{1, 2});
  }
}

TEST_CASE("Who is told to stop at the very end has not been interrupted") {
  Stop stop{.at_epoch = 3};
  Counter counter;
  CHECK_FALSE(run(stop, counter).interrupted);
  CHECK(stop.ends == 1);
}

TEST_CASE("A flag stops training") {
  std::atomic<bool> flag{true};
  auto net = Sequential{Dense{8, 1}};
  const History history =
      fit(net, toy::classes(100, 8, 2, 1), BinaryCrossEntropy{}, SGD{}, {.epochs = 3}, StopWhen(flag));
  CHECK(history.interrupted);
  CHECK(history.epochs.empty());
}

TEST_CASE("A net whose training was stopped has the best weights where early stopping restores them") {
  const auto data = toy::classes(100, 8, 2, 1);
  const auto stopped_after = [&](Index epochs) {
    auto net = Sequential{Dense{8, 1}};
    Stop stop{.at_epoch = epochs};
    // The loss rises from the first epoch on.
    const History history =
        fit(net, data, BinaryCrossEntropy{}, SGD{.learning_rate = 30.0},
            {.epochs = 9, .batch_size = 10, .early_stopping = {.patience = 8, .min_delta = 1e9}}, stop);
    CHECK(history.interrupted);
    CHECK(history.best_epoch == 1);
    std::vector<float> weights;
    net.visit(
        [&](Role, const ParamName&, auto p) { weights.insert(weights.end(), p.data(), p.data() + p.size()); },
        net);
    return weights;
  };
  CHECK(stopped_after(1) == stopped_after(4));
}
