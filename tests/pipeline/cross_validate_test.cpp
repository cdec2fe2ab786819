// Cross-validation: what is held out is not known to the model, by host or by time, and the figures add up.
#include <weir/data/formats/csv.hpp>
#include <weir/pipeline/cross_validate.hpp>
#include <weir/pipeline/cross_validate_file.hpp>
#include <weir/pipeline/cross_validation_text.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// 24 hosts with a habit each, 20 flows of each in turn; whether a host is bad does not follow from its habit. So flows of
/// hosts that were learned from are told by heart, and those of others by chance.
Table flows_of_hosts() {
  Rng rng(5);
  std::vector<double> x, y;
  for (int host = 0; host < 24; ++host) {
    x.push_back(rng.uniform(-1.0, 1.0));
    y.push_back(rng.uniform(-1.0, 1.0));
  }
  std::string csv = "src_ip,start_ns,duration_ns,fwd_packets,bwd_packets,label\n";
  for (std::size_t i = 0; i < 480; ++i) {
    const std::size_t host = i % 24;
    csv += "10.0.0." + std::to_string(host) + "," + std::to_string(i) + "," +
           std::to_string(x[host] + rng.uniform(-0.01, 0.01)) + "," +
           std::to_string(y[host] + rng.uniform(-0.01, 0.01)) + ",1," + (host % 2 == 0 ? "bad" : "good") +
           "\n";
  }
  return parse_csv(csv, {.kinds = {{"src_ip", ColumnKind::categorical}, {"label", ColumnKind::categorical}}});
}

const LearnOptions quickly{
    .layers = "dense:48,relu,dense:24,relu", .learning_rate = 0.01, .epochs = 60, .batch_size = 32};

CrossValidation judged(const SampleOptions& wanted, const CrossValidationOptions& how,
                       const LearnOptions& learning = quickly) {
  return cross_validate(flows_of_hosts(), wanted, learning, how);
}

const SampleOptions by_chance{.label = "label", .scaling = Scaling::standard};
const SampleOptions by_host{.label = "label", .scaling = Scaling::standard, .group = "src_ip"};

std::string refused(const SampleOptions& wanted, const CrossValidationOptions& how) {
  try {
    static_cast<void>(judged(wanted, how));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("cross-validation: by chance hosts are known by heart, by host they are not") {
  const CrossValidation chance = judged(by_chance, {.folds = 4});
  const CrossValidation hosts = judged(by_host, {.folds = 4});
  CHECK(chance.parts == "4 parts at random");
  CHECK(hosts.parts == "4 parts by groups of 'src_ip'");
  REQUIRE(chance.notes.size() == 1);
  CHECK(chance.notes[0].find("group src_ip or time_split judges by what training has not seen") !=
        std::string::npos);
  CHECK(hosts.notes.empty());
  CHECK(chance.summary("accuracy").mean > 0.9);
  CHECK(hosts.summary("accuracy").mean < 0.8);
  for (const CrossValidation* const result : {&chance, &hosts}) {
    REQUIRE(result->folds.size() == 4);
    CHECK(result->pooled.rows == 480);
    CHECK(result->pooled.confusion.rows() == 480);
    CHECK(result->pooled.confusion.support(0) == 240);
    double sum = 0.0, lowest = 1.0;
    for (const FoldResult& fold : result->folds) {
      CHECK(fold.held_out.rows == 120);
      CHECK(fold.rows_trained < 360);  // some are held back for early stopping
      sum += fold.held_out.value("accuracy");
      lowest = std::min(lowest, fold.held_out.value("accuracy"));
    }
    const MetricSummary& accuracy = result->summary("accuracy");
    CHECK(accuracy.mean == doctest::Approx(sum / 4.0));
    CHECK(accuracy.lowest == lowest);
    CHECK(accuracy.folds == 4);
    CHECK(result->pooled.value("accuracy") == doctest::Approx(accuracy.mean));  // folds of one size
  }
}

TEST_CASE("cross-validation: of two groups, where none can be held back from the one that is learned from") {
  std::string csv = "src_ip,packets,label\n";
  for (int i = 0; i < 80; ++i) {
    csv += (i % 2 == 0 ? "a," : "b,") + std::to_string(i) + (i % 3 == 0 ? ",bad\n" : ",good\n");
  }
  const Table flows = parse_csv(csv);
  LearnOptions short_ones = quickly;
  short_ones.epochs = 2;
  for (const CrossValidationOptions& options :
       {CrossValidationOptions{.folds = 2}, CrossValidationOptions{.leave_group_out = true}}) {
    const CrossValidation result = cross_validate(flows, by_host, short_ones, options);
    REQUIRE(result.folds.size() == 2);
    CHECK(result.folds[0].rows_trained + result.folds[1].rows_trained == flows.rows());
  }
}

TEST_CASE("cross-validation: the same bits for any number of threads") {
  LearnOptions short_ones = quickly;
  short_ones.epochs = 3;
  LearnOptions threads = short_ones;
  threads.threads = 3;
  const CrossValidation one = judged(by_host, {.folds = 3}, short_ones);
  const CrossValidation three = judged(by_host, {.folds = 3}, threads);
  for (const MetricSummary& summary : one.summaries) {
    const MetricSummary& other = three.summary(summary.metric.kind);
    CHECK((summary.mean == other.mean || std::isnan(summary.mean)));
    CHECK((summary.deviation == other.deviation || std::isnan(summary.deviation)));
  }
}

TEST_CASE("cross-validation: a part for each group, and figures that a part alone has not") {
  LearnOptions short_ones = quickly;
  short_ones.epochs = 2;
  std::vector<std::string> told;
  const CrossValidation result =
      cross_validate(flows_of_hosts(), by_host, short_ones, {.leave_group_out = true},
                     [&](const FoldResult& fold, std::size_t folds) {
                       CHECK(folds == 24);
                       told.push_back(fold.name);
                     });
  REQUIRE(result.folds.size() == 24);
  CHECK(result.parts == "24 parts, one for each 'src_ip'");
  CHECK(result.folds[0].name == "10.0.0.0");
  CHECK(told.size() == 24);
  CHECK(result.summary("accuracy").folds == 24);
  CHECK(result.summary("recall").folds == 0);  // a host is either good or bad
  CHECK(std::isnan(result.summary("recall").mean));
  CHECK_FALSE(std::isnan(result.pooled.value("recall")));
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].find("and verdicts for them: 0 of 24 parts have them") != std::string::npos);
}

TEST_CASE("cross-validation: by time what judges is later than what is learned") {
  LearnOptions short_ones = quickly;
  short_ones.epochs = 2;
  SampleOptions by_time = by_chance;
  by_time.time_split = true;
  const CrossValidation result = judged(by_time, {.folds = 4}, short_ones);
  REQUIRE(result.folds.size() == 4);
  CHECK(result.parts == "4 parts by 'start_ns', later than what is learned from");
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(result.folds[i].held_out.rows == 96);
    const std::size_t earlier = 96 * (i + 1);
    CHECK(result.folds[i].rows_trained == earlier - (earlier + 5) / 10);  // a tenth is held back of them
  }
}

TEST_CASE("cross-validation: seeds, with parts and without") {
  LearnOptions short_ones = quickly;
  short_ones.epochs = 2;
  SampleOptions fifth = by_host;
  fifth.validation = 0.25;
  fifth.seed = 7;
  const CrossValidation once = judged(fifth, {.folds = 0, .repeat = 3}, short_ones);
  REQUIRE(once.folds.size() == 3);
  CHECK(once.parts == "25 % of the rows by groups of 'src_ip'");
  CHECK(once.folds[2].seed == 9);
  for (const FoldResult& fold : once.folds) CHECK(fold.held_out.rows == 120);
  CHECK(once.summary("accuracy").deviation > 0.0);
  const CrossValidation parts = judged(by_chance, {.folds = 2, .repeat = 2}, short_ones);
  CHECK(parts.folds.size() == 4);
  CHECK(parts.pooled.rows == 960);
  const CrossValidation random = judged(by_chance, {.folds = 0}, short_ones);
  CHECK(random.folds[0].held_out.rows == 48);
  CHECK(std::isnan(random.summary("accuracy").deviation));
}

TEST_CASE("cross-validation: numbers, series and anomalies") {
  LearnOptions short_ones{.layers = "dense:8,relu", .epochs = 2};
  const SampleOptions number{
      .task = Task::regress, .label = "duration_ns", .drop = {"label"}, .group = "src_ip"};
  const CrossValidation numbers = judged(number, {.folds = 3}, short_ones);
  CHECK(numbers.folds[1].held_out.rows == 160);
  CHECK(numbers.summary("mae").mean > 0.0);
  CHECK(numbers.pooled.classes.empty());

  const SampleOptions series{
      .task = Task::regress, .label = "duration_ns", .drop = {"label", "src_ip"}, .window = 4};
  const CrossValidation steps = judged(series, {.folds = 3}, {.layers = "flatten,dense:8,relu", .epochs = 2});
  CHECK(steps.parts == "3 parts of the series, later than what is learned from");
  for (const FoldResult& fold : steps.folds) CHECK(fold.held_out.rows == 120);  // each step has its past

  SampleOptions anomaly = by_host;
  anomaly.task = Task::anomaly;
  anomaly.benign = {"good"};
  const CrossValidation unusual = judged(anomaly, {.folds = 3}, {.epochs = 2});
  CHECK(unusual.pooled.rows == 480);
  CHECK(unusual.pooled.classes == std::vector<std::string>{"benign", "anomaly"});
}

TEST_CASE("cross-validation: a class that a part holds alone keeps its place") {
  std::string csv = "host,x,label\n";
  for (int i = 0; i < 60; ++i) {
    const int host = i % 4;
    csv += "h" + std::to_string(host) + "," + std::to_string(i % 7) + "," +
           (host == 3    ? "worm"
            : i % 3 == 0 ? "scan"
                         : "ok") +
           "\n";
  }
  const SampleOptions wanted{.label = "label", .group = "host"};
  const CrossValidation result = cross_validate(
      parse_csv(csv, {.kinds = kinds_for(wanted)}), wanted,
      {.layers = "dense:8,relu", .learning_rate = 0.02, .epochs = 40}, {.leave_group_out = true});
  CHECK(result.pooled.classes.size() == 3);
  CHECK(result.pooled.rows == 60);
  CHECK(result.folds[3].unlearned == std::vector<std::string>{"worm"});
  CHECK(result.folds[3].held_out.confusion.accuracy() == 0.0);
  CHECK(result.notes[0] == "in 1 of 4 parts there was no row to learn from of 'worm'");
}

TEST_CASE("cross-validation: what does not fit is refused before training") {
  CHECK(refused(by_chance, {.leave_group_out = true}) ==
        "leave_group_out needs group: the column of the groups");
  CHECK(refused(by_chance, {.folds = 1}).find("'folds' must be") != std::string::npos);
  CHECK(refused(by_host, {.folds = 25}).find("there are 24 for 25") != std::string::npos);
  SampleOptions none = by_chance;
  none.validation = 0.0;
  CHECK(refused(none, {.folds = 0}).find("validation above 0") != std::string::npos);
  SampleOptions unknown = by_host;
  unknown.group = "scr_ip";
  CHECK(refused(unknown, {}).find("did you mean 'src_ip'") != std::string::npos);
}

TEST_CASE("cross-validation of a file is that of its table") {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "weir_cross_validate_test.csv";
  std::ofstream file(path, std::ios::binary);
  file << "host;x;label\n";
  for (int i = 0; i < 90; ++i)
    file << "h" << i % 9 << ";" << i % 7 << ";" << (i % 3 == 0 ? "scan\n" : i % 10 == 0 ? "NA\n" : "ok\n");
  file.close();
  SampleOptions wanted{.label = "label", .drop = {"host"}, .group = "host"};
  const LearnOptions short_ones{.layers = "dense:8,relu", .epochs = 3};
  const CrossValidation of_file =
      cross_validate(path.string(), {.separator = ";"}, wanted, short_ones, {.folds = 3});
  const CrossValidation of_table =
      cross_validate(read_csv(path.string(), {.separator = ';', .kinds = kinds_for(wanted)}), wanted,
                     short_ones, {.folds = 3});
  std::filesystem::remove(path);
  CHECK(of_file.pooled.rows == of_table.pooled.rows);
  CHECK(of_file.pooled.rows < 90);
  CHECK(of_file.summary("accuracy").mean == of_table.summary("accuracy").mean);
  CHECK_THROWS_AS(static_cast<void>(cross_validate("images", {.format = "idx"}, wanted)), ConfigError);
}

TEST_CASE("cross-validation in words") {
  LearnOptions short_ones = quickly;
  short_ones.epochs = 2;
  const std::string text = to_text(judged(by_host, {.folds = 3, .repeat = 2}, short_ones));
  for (const char* part : {"part", "seed", "learned", "judged", "F1", "mean", "deviation", "all rows",
                           "balanced accuracy", "true class"}) {
    CHECK(text.find(part) != std::string::npos);
  }
}
