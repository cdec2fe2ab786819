// The sample that travels with a model, run once more.
#include <weir/io/probe.hpp>
#include <weir/io/save.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <vector>

using namespace weir;

TEST_CASE("run_probe: what was stored and what is computed, before a final sigmoid") {
  using Net = Sequential<Dense<float>, Sigmoid<float>>;
  Pipeline<Net> pipeline{{.task = Task::classify, .input = Shape{3}}, Net{Dense{3, 1}, Sigmoid{}}};
  pipeline.labels.classes = {"benign", "attack"};
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "model.weir";
  save(path, pipeline);

  const Probe<float> same = run_probe(path, pipeline.net, pipeline.input);
  CHECK(same.stored == std::vector<float>{0.0F});  // all weights are zero
  CHECK(same.difference() == 0.0);

  std::get<0>(pipeline.net.layers).bias.data()[0] = -0.5F;
  const Probe<float> other = run_probe(path, pipeline.net, pipeline.input);
  CHECK(other.computed == std::vector<float>{-0.5F});
  CHECK(other.difference() == 0.5);
}

TEST_CASE("run_probe: a file without it, and samples that the net cannot take, are refused by name") {
  using Net = Sequential<Dense<float>>;
  const Net net{Dense{3, 1}};
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "model.weir";
  CHECK_THROWS_AS(static_cast<void>(run_probe(path, net, Shape{3})), IoError);
  save(path, Pipeline<Net>{{.task = Task::regress, .input = Shape{3}}, net});
  CHECK_THROWS_AS(static_cast<void>(run_probe(path, net, Shape{4})), ShapeError);
  const auto larger = try_run_probe(path, Net{Dense{4, 1}}, Shape{4});
  REQUIRE_FALSE(larger.ok());
  CHECK(larger.error().what.find("model.weir': tensor 'probe.input' is missing or not of") !=
        std::string::npos);
}
