#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/callbacks.hpp>

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
