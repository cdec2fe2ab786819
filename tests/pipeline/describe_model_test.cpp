// A model in words, section by section.
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/pipeline/describe_model.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace weir;

TEST_CASE("describe_model: columns, net, verdicts and the training record") {
  PipelineSettings model;
  model.task = Task::classify;
  model.preprocess =
      Preprocessor::fit(training_rows(parse_csv("bytes,proto,same\n10,tcp,1\n20,udp,1\n,tcp,1\n")),
                        {.numeric = {.scaling = Scaling::standard}});
  model.input = Shape{static_cast<Index>(model.preprocess.features())};
  model.labels = {.column = "label", .classes = {"benign", "attack"}};
  model.threshold = 0.25;
  model.record = {{"seed", "7"}};
  NetSummary net;
  net.layers.push_back({"dense:1", Shape{1}, 5, 8});

  const std::string text = describe_model(model, net);
  const auto holds = [&text](const char* part) { return text.find(part) != std::string::npos; };
  CHECK(text.rfind("What it reads\n  column  kind         features  treatment\n", 0) == 0);
  CHECK(holds("  bytes   numeric "));
  CHECK(holds("standard; 15.0000 if missing\n"));
  CHECK(holds("one-hot: 2 values or unknown\n"));
  CHECK(holds("not used: constant in training\n"));
  CHECK(holds(("\nNet (" + count_text(model.input.size(), "feature") + ")\n  layer ").c_str()));
  CHECK(holds("\nWhat it says\n  classes      benign, attack\n  label        label\n  alarm from   0.25"));
  CHECK(holds("\nHow it was trained\n  seed                   7\n"));
}

TEST_CASE("input_text: what a net reads, by the kind of sample") {
  PipelineSettings model;
  model.input = {.channels = 3, .length = 24};
  model.samples.kind = SampleKind::sequence;
  CHECK(input_text(model) == "sequences of up to 24 steps x 3 channels");
  model.samples = {.kind = SampleKind::window, .horizon = 1};
  model.labels.column = "load";
  CHECK(input_text(model) == "windows of 24 steps x 3 channels, to forecast 'load' 1 step ahead");
  model.samples = {.kind = SampleKind::image, .rows = 24, .columns = 3};
  CHECK(input_text(model).rfind("images of 24 x 3 pixels, ", 0) == 0);
}
