// Pipelines whose samples are sequences, images or windows over a series: saved, loaded and run record by
// record.
#include <doctest/doctest.h>
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/pipeline/scorer.hpp>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

using Any = Pipeline<AnyModel<float>>;

constexpr double missing = missing_number;

Preprocessor fitted(const std::string& csv, Scaling scaling) {
  return Preprocessor::fit(training_rows(parse_csv(csv)),
                           {.numeric = {.scaling = scaling, .drop_constant = false}});
}

AnyModel<float> net_of(const char* layers, Shape input) {
  AnyModel<float> net = build<float>(std::string_view(layers), input);
  Rng rng(5);
  net.init(rng);
  return net;
}

/// The pipeline after a way through a file's bytes.
Any reloaded(const Any& pipeline) {
  const auto bytes = try_serialize(pipeline);
  REQUIRE(bytes.ok());
  auto back = try_parse_any(bytes.value());
  INFO((back.ok() ? "" : back.error().what));
  REQUIRE(back.ok());
  CHECK(static_cast<const PipelineSettings&>(*back) == static_cast<const PipelineSettings&>(pipeline));
  return std::move(*back);
}

std::string refusal(const Any& pipeline) {
  const auto bytes = try_serialize(pipeline);
  if (!bytes.ok()) return bytes.error().what;
  const auto back = try_parse_any(bytes.value());
  return back.ok() ? "accepted" : back.error().what;
}

/// Three steps of two channels; the classes depend on all of them.
Any sequence_model() {
  Any pipeline;
  pipeline.input = {2, 3};
  pipeline.samples.kind = SampleKind::sequence;
  pipeline.preprocess = fitted("a0,b0,a1,b1,a2,b2\n1,2,3,4,5,6\n2,3,5,6,7,9\n", Scaling::standard);
  pipeline.labels = {"label", {"x", "y", "z"}};
  pipeline.net = net_of("flatten,dense:5,tanh,dense:3", pipeline.input);
  return pipeline;
}

/// Forecasts channel 1 of two, two steps ahead, from windows of three steps.
Any window_model(bool relative, Scaling scaling = Scaling::log_standard) {
  Any pipeline;
  pipeline.task = Task::regress;
  pipeline.input = {2, 3};
  pipeline.samples = {.kind = SampleKind::window, .horizon = 2, .target = 1, .relative = relative};
  pipeline.preprocess = fitted("a,b\n1,100\n2,300\n4,500\n3,200\n", scaling);
  pipeline.target = {0.25, 0.5};
  pipeline.net = net_of("flatten,dense:4,tanh,dense:1", pipeline.input);
  return pipeline;
}

}  // namespace

TEST_CASE("a sequence: steps missing at the end do not count, others are imputed") {
  const Any pipeline = reloaded(sequence_model());
  Scorer scorer(pipeline);
  const auto score = [&](std::vector<double> numbers) { return scorer.score(numbers, {}); };
  const std::vector<double> two_steps{1, 3, 4, 4, missing, missing};
  const Verdict found = score(two_steps);
  CHECK(found.usable);
  // The same two steps by themselves give the same: what stands behind them has no say.
  std::vector<float> sample(6, 77.0F);
  for (std::size_t i = 0; i < 4; ++i) sample[i] = pipeline.preprocess.numeric[i](two_steps[i]);
  const Verdict two = scorer.score(sample, 2);
  CHECK(two.label == found.label);
  CHECK(two.score == found.score);
  CHECK(scorer.score(sample).score != found.score);
  CHECK(score({1, 3, 4, 4, missing, 6}).score != found.score);
  CHECK_FALSE(score(std::vector<double>(6, missing)).usable);
  CHECK(used_steps(std::vector<double>{1, missing, missing, 2, missing, missing}, 2) == 2);
  CHECK(used_steps(std::vector<double>{1, missing, 3, missing, missing, missing}, 2) == 2);
  CHECK(used_steps(std::vector<double>{missing, missing}, 2) == 0);
  CHECK(used_steps(std::vector<double>{1, 2}, 2) == 1);
}

TEST_CASE("an image: its pixels' scale and extents come back") {
  Any pipeline;
  pipeline.input = {1, 6};
  pipeline.samples = {.kind = SampleKind::image, .pixel_scale = 1.0 / 255.0, .rows = 2, .columns = 3};
  pipeline.labels = {"label", {"0", "1"}};
  pipeline.net = net_of("flatten,dense:2", pipeline.input);
  CHECK(reloaded(pipeline).samples.pixel_scale == 1.0 / 255.0);
  pipeline.samples.columns = 4;
  CHECK(refusal(pipeline).find("rows * columns") != std::string::npos);
  pipeline.samples = {.kind = SampleKind::image, .pixel_scale = 0.0, .rows = 2, .columns = 3};
  CHECK(refusal(pipeline).find("a scale above 0") != std::string::npos);
}

TEST_CASE("a window: records are steps, and forecasts are in the target's units") {
  for (const bool relative : {false, true}) {
    for (const Scaling scaling : {Scaling::log_standard, Scaling::standard, Scaling::none}) {
      const Any pipeline = reloaded(window_model(relative, scaling));
      Scorer scorer(pipeline);
      const std::vector<std::array<double, 2>> steps{{1, 120}, {2, 130}, {2, 90}, {5, 200}, {4, 310}};
      for (std::size_t t = 0; t < steps.size(); ++t) {
        const Verdict found = scorer.score(steps[t], {});
        CHECK(found.usable == (t >= 2));
        if (t < 2) continue;
        std::vector<float> sample;
        for (std::size_t k = t - 2; k <= t; ++k) {
          for (std::size_t c = 0; c < 2; ++c) sample.push_back(pipeline.preprocess.numeric[c](steps[k][c]));
        }
        Workspace ws(pipeline.net, pipeline.input, 1);
        const double y = static_cast<double>(ws.predict(pipeline.net, sample)[0]);
        const double scaled = 0.25 + 0.5 * y + (relative ? static_cast<double>(sample[5]) : 0.0);
        const Scaler& scaler = pipeline.preprocess.numeric[1].scaler;
        const double line = scaled * scaler.scale + scaler.shift;
        const double value = scaling == Scaling::log_standard ? std::exp(line) - 1.0 : line;
        CHECK(found.score == doctest::Approx(value).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("a window: after a step that cannot be used, the series begins anew") {
  Any pipeline = window_model(false);
  for (NumericPlan& plan : pipeline.preprocess.numeric) plan.on_missing = OnMissing::reject;
  Scorer scorer(pipeline);
  const std::vector<bool> usable{false, false, true, false, false, false, true};
  for (std::size_t t = 0; t < usable.size(); ++t) {
    const std::array<double, 2> step{1.0, t == 3 ? missing : 100.0};
    CHECK(scorer.score(step, {}).usable == usable[t]);
  }
}

TEST_CASE("settings that do not fit one another are refused") {
  const auto has = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  Any sequence = sequence_model();
  sequence.preprocess.numeric[0].on_missing = OnMissing::reject;
  CHECK(has(refusal(sequence), "a sequence takes 6 numeric columns"));
  sequence = sequence_model();
  sequence.preprocess.numeric[0].used = false;
  CHECK(has(refusal(sequence), "a sequence takes 6 numeric columns"));

  CHECK(refusal(window_model(true)) == "accepted");
  Any window = window_model(true);
  window.task = Task::classify;
  window.labels = {"label", {"a", "b"}};
  CHECK(has(refusal(window), "windows are for forecasts"));
  window = window_model(true);
  window.samples.target = 2;
  CHECK(has(refusal(window), "a target whose scaling can be undone"));
  window = window_model(true);
  window.samples.horizon = 0;
  CHECK(has(refusal(window), "horizon of at least 1"));
  CHECK(has(refusal(window_model(true, Scaling::rank)), "can be undone"));
  window = window_model(true);
  window.preprocess.numeric.pop_back();
  window.preprocess.schema.columns.pop_back();
  CHECK(has(refusal(window), "a window takes 2 numeric columns"));
}

TEST_CASE("the text of a rule: unknown names and odd numbers are refused") {
  CHECK(detail::parse_samples("{\"kind\":\"window\",\"horizon\":3}")->horizon == 3);
  for (const char* text : {"{\"kind\":\"movie\"}", "{\"kind\":1}", "{\"horizon\":-1}", "{\"horizon\":1.5}",
                           "{\"rows\":1e300}", "{\"surprise\":1}", "{\"kind\":\"image\"", "[]", "{} x"}) {
    CAPTURE(text);
    CHECK_FALSE(detail::parse_samples(text).ok());
  }
}
