// A flow as it leaves the meter gets the verdict of the line that the meter would write of it.
#include "traffic/flow_packets.hpp"

#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/flow_scorer.hpp>
#include <weir/pipeline/scored_shards.hpp>
#include <weir/traffic/features/core.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using namespace flow_packets;  // NOLINT

namespace {

using Net = Sequential<Dense<>>;

/// The lines of the flows, with a header.
std::string lines_of(const std::vector<Packet>& packets) {
  std::string text = FlowText::header(flow_columns<CoreFlow>());
  FlowTable<CoreFlow> table{FlowOptions{}};
  const auto write = [&](const auto& flow) {
    FlowText out(FlowText::Format::csv, true);
    out.begin(text);
    flow.describe(out);
    out.end();
  };
  for (const Packet& p : packets) table.add(p, write);
  table.flush(write);
  return text;
}

/// Gives its input back times a number a feature; numbers, texts and a value that may be missing.
Pipeline<Net> model_of(const std::string& csv, OnMissing missing) {
  const Table flows = parse_csv(csv, {.kinds = {{"direction", ColumnKind::categorical}}})
                          .select({"fwd_first_window", "direction", "duration_ns", "fwd_bytes", "dst_port"});
  Pipeline<Net> pipeline;
  pipeline.task = Task::anomaly;
  pipeline.preprocess = Preprocessor::fit(
      training_rows(Table(flows)),
      {.numeric = {.scaling = Scaling::log_standard, .on_missing = missing, .drop_constant = false}});
  const auto features = static_cast<Index>(pipeline.preprocess.features());
  pipeline.input = Shape{features};
  pipeline.net = Net{Dense{features, features}};
  Rng rng(3);
  pipeline.net.init(rng);
  pipeline.errors.mean.assign(static_cast<std::size_t>(features), 0.1);
  pipeline.errors.deviation.assign(static_cast<std::size_t>(features), 0.5);
  pipeline.labels.classes = {"benign", "anomaly"};
  return pipeline;
}

}  // namespace

TEST_CASE("flow scorer: the verdict of the line, its reasons, and what a flow lacks") {
  Trace trace;
  reference_connection(trace, t0 + 600 * us);
  for (int i = 0; i < 5; ++i) {
    trace.add(t0 + (i + 2) * s, datagram("10.0.0.1", 4'000, "10.0.0.2", 53, 20));
  }
  const std::string csv = lines_of(trace.packets());
  const Pipeline<Net> pipeline = model_of(csv, OnMissing::impute);
  std::vector<std::string> names;
  for (const Column& column : pipeline.preprocess.schema.columns) names.push_back(column.name);
  const Table rows = parse_csv(csv, {.kinds = {{"direction", ColumnKind::categorical}}}).select(names);
  const Matrix<float> x = pipeline.preprocess.transform(rows);
  REQUIRE(rows.rows() == 2);

  Scorer reference(pipeline);
  FlowScorer<Net, CoreFlow> scorer(pipeline, {});
  std::size_t row = 0;
  FlowTable<CoreFlow> table{FlowOptions{}};
  const auto judge = [&](const auto& flow) {
    const std::size_t size = scorer.sample().size();
    const std::span<const float> sample(x.data() + row++ * size, size);
    const Verdict wanted = reference.score(sample);
    const Verdict verdict = scorer.score(flow);
    CHECK(verdict.usable);
    CHECK(verdict.score == wanted.score);
    CHECK(verdict.alert == wanted.alert);
    CHECK(std::equal(sample.begin(), sample.end(), scorer.sample().begin()));
    const std::vector<AlarmReason> reasons = scorer.reasons(100);
    CHECK(reasons.size() == size);
    double sum = 0.0;
    for (const AlarmReason& reason : reasons) sum += reason.error;
    CHECK(sum == doctest::Approx(verdict.score));
    CHECK(reasons.front().error >= reasons.back().error);
    CHECK(scorer.reasons(2).size() == 2);
  };
  for (const Packet& p : trace.packets()) table.add(p, judge);
  table.flush(judge);
  CHECK(row == 2);

  const Pipeline<Net> strict = model_of(csv, OnMissing::reject);  // UDP has no window
  FlowScorer<Net, CoreFlow> refusing(strict, {});
  std::size_t usable = 0, lacking = 0;
  FlowTable<CoreFlow> again{FlowOptions{}};
  const auto count = [&](const auto& flow) {
    const Verdict verdict = refusing.score(flow);
    CHECK_FALSE((!verdict.usable && verdict.alert));
    ++(verdict.usable ? usable : lacking);
  };
  for (const Packet& p : trace.packets()) again.add(p, count);
  again.flush(count);
  CHECK(lacking == 1);
  CHECK(usable == 1);
}

TEST_CASE("flow scorer: a model of other columns, and one of images, are refused") {
  Trace trace;
  reference_connection(trace, t0 + 600 * us);
  Pipeline<Net> pipeline = model_of(lines_of(trace.packets()), OnMissing::impute);
  pipeline.record = {{"flow profile", "core, version 1"}};
  CHECK_NOTHROW((FlowScorer<Net, CoreFlow>(pipeline, {})));
  pipeline.record = {{"flow profile", "core, version 2"}};
  CHECK_THROWS_WITH_AS(
      (FlowScorer<Net, CoreFlow>(pipeline, {})),
      "the model learned from flows of profile core, version 2; these are of core, version 1: "
      "train it anew",
      DataError);
  pipeline.record.clear();
  pipeline.preprocess.schema.columns[1].name = "heading";
  CHECK_THROWS_WITH_AS((FlowScorer<Net, CoreFlow>(pipeline, {})), "the flows have no column 'heading'",
                       DataError);
  pipeline.preprocess = {};
  CHECK_THROWS_AS((FlowScorer<Net, CoreFlow>(pipeline, {})), ConfigError);
}

TEST_CASE(
    "flow scorer: the sharded meter gives the same verdicts in the same order for any number of threads") {
  Trace trace;
  for (int i = 0; i < 400; ++i) {
    const std::string client = "10.1." + std::to_string(i % 7) + "." + std::to_string(i % 200 + 1);
    trace.add(t0 + i * 50 * ms, datagram(client, static_cast<std::uint16_t>(2'000 + i), "10.0.0.2", 53,
                                         static_cast<std::size_t>(i % 90)));
  }
  reference_connection(trace, t0 + 21 * s);
  const Pipeline<Net> pipeline = model_of(lines_of(trace.packets()), OnMissing::impute);
  const auto verdicts = [&](std::size_t threads) {
    std::vector<FlowVerdict> all;
    ScoredShards<Net, CoreFlow> meter(pipeline, {}, threads, [&](const FlowVerdict& v) { all.push_back(v); });
    for (Packet packet : trace.packets()) meter.add(packet);
    meter.finish();
    return all;
  };
  const std::vector<FlowVerdict> one = verdicts(1), three = verdicts(3);
  REQUIRE(one.size() == 401);
  REQUIRE(three.size() == one.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].id == three[i].id);
    CHECK(one[i].verdict.score == three[i].verdict.score);
    CHECK(one[i].server_port == (one[i].protocol == 17 ? 53 : 80));
  }
  FlowScorer<Net, CoreFlow> scorer(pipeline, {});
  FlowTable<CoreFlow> table{FlowOptions{}};
  double sum = 0.0, sum_of_shards = 0.0;
  const auto add = [&](const auto& flow) { sum += scorer.score(flow).score; };
  for (const Packet& p : trace.packets()) table.add(p, add);
  table.flush(add);
  for (const FlowVerdict& v : one) sum_of_shards += v.verdict.score;
  CHECK(sum_of_shards == doctest::Approx(sum));
}
