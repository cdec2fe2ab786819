// A pipeline whose training was stopped and went on is the same file as one that was learned in one go, for every task.
#include <weir/data/formats/csv.hpp>
#include <weir/io/checkpoint.hpp>
#include <weir/io/save.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// A series of flows, every fifth of them a scan.
std::string flows(std::size_t rows) {
  Rng rng(7);
  std::string csv = "x,y,label\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const bool scan = i % 5 == 0;
    const double x = std::sin(0.1 * static_cast<double>(i)) + rng.uniform(-0.1, 0.1);
    csv +=
        std::to_string(x) + "," + std::to_string((scan ? -2.0 : 2.0) * x) + (scan ? ",scan\n" : ",BENIGN\n");
  }
  return csv;
}

struct StopAfter {
  Index left;
  Go on_batch(const BatchReport&) { return --left == 0 ? Go::stop : Go::on; }
};

template <class Net>
std::vector<std::byte> file_of(const Samples& samples, const LearnPlan<Net>& plan,
                               const FitState<Net>& state) {
  return try_serialize(finish_learning(samples, plan, state).pipeline).value();
}

void check(const SampleOptions& wanted, const LearnOptions& options) {
  const Samples samples = make_samples(parse_csv(flows(300), {.kinds = kinds_for(wanted)}), wanted);
  const auto plan = plan_learning(samples, options);
  const auto whole = learn(samples, plan);
  for (const Index stop : {1, 5, 12}) {
    CAPTURE(stop);
    auto first = start_learning(plan);
    continue_learning(samples, plan, first, StopAfter{stop});
    REQUIRE(first.history.interrupted);
    CHECK_FALSE(file_of(samples, plan, first).empty());
    auto second = start_learning(plan);
    REQUIRE(try_parse_checkpoint(try_serialize_checkpoint(first).value(), second).ok());
    auto threads = plan;
    threads.threads = 2;
    continue_learning(samples, threads, second);
    CHECK(file_of(samples, plan, second) == try_serialize(whole.pipeline).value());
    CHECK(second.history.epochs.size() == whole.history.epochs.size());
  }
}

}  // namespace

TEST_CASE("Classes, with dropout, balanced weights and early stopping") {
  LearnOptions options{.batch_size = 90, .patience = 3};
  options.layers = "dense:16,batch_norm,relu,dropout:0.2";
  options.epochs = 6;
  options.class_weights = ClassWeights::balanced;
  check({.label = "label"}, options);
}

TEST_CASE("Anomalies") {
  for (const char* schedule : {"plateau", "cosine"}) {
    LearnOptions options{.quick = true, .schedule = schedule, .epochs = 5, .batch_size = 70};
    check({.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}}, options);
  }
}

TEST_CASE("Forecasts") {
  LearnOptions options{.layers = "gru:6", .optimizer = "rmsprop", .epochs = 5, .batch_size = 70};
  check({.task = Task::regress, .label = "x", .drop = {"label"}, .window = 8}, options);
}
