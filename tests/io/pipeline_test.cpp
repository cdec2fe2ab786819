#include <doctest/doctest.h>
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/scorer.hpp>

#include "forged_file.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace weir;

namespace {

using Net = Sequential<Dense<float>, BatchNorm<float>, Relu<float>, Dense<float>, Sigmoid<float>>;

Net trained_like_net(Index features) {
  Net net{Dense{features, 6}, BatchNorm{6}, Relu{}, Dense{6, 1}, Sigmoid{}};
  Rng rng(11);
  net.init(rng);
  Net::visit(
      [&](Role role, const ParamName&, auto p) {
        for (float& v : p.span()) v = role == Role::buffer ? static_cast<float>(0.5 + rng.uniform()) : v;
      },
      net);
  return net;
}

Table flows() {
  return parse_csv("bytes,proto,label\n10,tcp,web\n2000,udp,dns\n,tcp,\"odd \"\"name\"\"\"\n1e6,icmp,web\n");
}

Pipeline<Net> classifier() {
  Pipeline<Net> pipeline;
  pipeline.preprocess = Preprocessor::fit(
      training_rows(flows()),
      {.exclude = {"label"},
       .numeric_rules = {{"bytes", {.scaling = Scaling::rank, .low = -3.0F, .high = 3.0F}}}});
  pipeline.input = {static_cast<Index>(pipeline.preprocess.features())};
  pipeline.labels = {"label", {"benign", "attack"}, {{"web", "benign"}, {"dns", "benign"}}, "attack"};
  pipeline.threshold = 0.375;
  pipeline.record = {{"rows", "4"}, {"note", "quotes \" and \\ and \n newlines"}};
  pipeline.net = trained_like_net(pipeline.input.channels);
  return pipeline;
}

std::vector<std::byte> bytes_of(const Pipeline<Net>& pipeline) {
  auto bytes = try_serialize(pipeline);
  REQUIRE(bytes.ok());
  return std::move(bytes).value();
}

using weir_test::forged;

std::string refusal(const std::vector<std::byte>& bytes) {
  const auto result = try_parse_any(bytes);
  return result.ok() ? "accepted" : result.error().what;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("A pipeline comes back as it was, into a known net and from the file alone") {
  const Pipeline<Net> pipeline = classifier();
  const auto path = (std::filesystem::temp_directory_path() / "weir_pipeline_test.weir").string();
  save(path, pipeline);
  const Pipeline<Net> known =
      load(path, Net{Dense{pipeline.input.channels, 6}, BatchNorm{6}, Relu{}, Dense{6, 1}, Sigmoid{}});
  const Pipeline<AnyModel<float>> any = load_any(path);
  std::filesystem::remove(path);

  CHECK(static_cast<const PipelineSettings&>(known) == static_cast<const PipelineSettings&>(pipeline));
  CHECK(static_cast<const PipelineSettings&>(any) == static_cast<const PipelineSettings&>(pipeline));
  CHECK(bytes_of(known) == bytes_of(pipeline));

  Scorer before(pipeline);
  Scorer after(any);
  const std::array<double, 1> numbers{1234.0};
  for (const std::string_view proto : {"tcp", "udp", "never seen", ""}) {
    const std::array<std::string_view, 1> texts{proto};
    const Verdict a = before.score(numbers, texts);
    const Verdict b = after.score(numbers, texts);
    CHECK(a.score == b.score);
    CHECK(a.alert == (a.score >= 0.375));
    CHECK(before.probability(0) + before.probability(1) == doctest::Approx(1.0));
  }
}

TEST_CASE("Anomaly and regression pipelines come back too") {
  Pipeline<AnyModel<float>> anomaly;
  anomaly.task = Task::anomaly;
  anomaly.input = {3};
  anomaly.labels = {"label", {"benign", "anomaly"}};
  anomaly.threshold = 2.5;
  anomaly.errors = {{0.1, 0.0, -0.25}, {0.5, 1.0, 0.01}};
  anomaly.net = build<float>(std::string_view("dense:2,tanh,dense:3"), Shape{3});
  Rng rng(1);
  anomaly.net.init(rng);
  auto bytes = try_serialize(anomaly);
  REQUIRE(bytes.ok());
  auto back = try_parse_any(*bytes);
  REQUIRE(back.ok());
  CHECK(static_cast<const PipelineSettings&>(*back) == static_cast<const PipelineSettings&>(anomaly));
  Scorer scorer(*back);
  const std::array<float, 3> far{100.0F, -100.0F, 100.0F};
  CHECK(scorer.score(far).alert);
  const std::array<float, 3> poisoned{0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F};
  CHECK(scorer.score(poisoned).alert);
  CHECK_FALSE(scorer.score(poisoned).usable);

  Pipeline<AnyModel<float>> regression;
  regression.task = Task::regress;
  regression.input = {2};
  regression.target = {100.0, 8.0};
  regression.net = build<float>(std::string_view("dense:1"), Shape{2});
  bytes = try_serialize(regression);
  REQUIRE(bytes.ok());
  back = try_parse_any(*bytes);
  REQUIRE(back.ok());
  const std::array<float, 2> sample{1.0F, 2.0F};
  Scorer values(*back);
  CHECK(values.score(sample).score == doctest::Approx(100.0));  // weights are zero: the mean
}

TEST_CASE("A score that is no number is not usable and not quiet, for every task") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  struct Case {
    const char* layers;
    Task task;
    std::vector<std::string> classes;
  };
  const std::vector<Case> cases{{"dense:1", Task::classify, {"benign", "attack"}},
                                {"dense:1,sigmoid", Task::classify, {"benign", "attack"}},
                                {"dense:2", Task::classify, {"benign", "attack"}},
                                {"dense:2,softmax", Task::classify, {"benign", "attack"}},
                                {"dense:3", Task::classify, {"benign", "dos", "scan"}},
                                {"dense:3,softmax", Task::classify, {"benign", "dos", "scan"}},
                                {"dense:3", Task::anomaly, {"benign", "anomaly"}},
                                {"dense:1", Task::regress, {}}};
  for (const Case& c : cases) {
    CAPTURE(c.layers);
    CAPTURE(static_cast<int>(c.task));
    Pipeline<AnyModel<float>> pipeline;
    pipeline.task = c.task;
    pipeline.input = {3};
    pipeline.labels = {"label", c.classes};
    pipeline.errors = {{0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}};
    pipeline.net = build<float>(std::string_view(c.layers), Shape{3});
    Rng rng(1);
    pipeline.net.init(rng);
    Scorer scorer(pipeline);
    const std::array<float, 3> good{0.1F, 0.2F, 0.3F};
    CHECK(scorer.score(good).usable);
    for (std::size_t at = 0; at < 3; ++at) {
      std::array<float, 3> bad = good;
      bad[at] = nan;
      const Verdict verdict = scorer.score(bad);
      CHECK_FALSE(verdict.usable);
      CHECK(verdict.alert);
      CHECK(std::isnan(verdict.score));
    }
    CHECK(scorer.score(good).usable);  // and nothing of it stays behind

    // One poisoned weight of the last class: no class is the most probable one.
    AnyModel<float>::visit(
        [&](Role role, const ParamName&, auto p) {
          if (role == Role::bias) p[p.size() - 1] = nan;
        },
        pipeline.net);
    Scorer broken(pipeline);
    CHECK_FALSE(broken.score(good).usable);
    CHECK(broken.score(good).alert);
  }
}

TEST_CASE("Forged files with a right checksum are refused with the reason") {
  const std::vector<std::byte> good = bytes_of(classifier());
  CHECK(refusal(good) == "accepted");
  CHECK(has(refusal(forged(good, "weir.format", "2")), "format is '2'"));
  CHECK(has(refusal(forged(good, "weir.format", "")), "no 'weir.format'"));
  CHECK(has(refusal(forged(good, "weir.surprise", "1")), "'weir.surprise' is not known"));
  CHECK(has(refusal(forged(good, "weir.task", "guess")), "'guess' is not known"));
  CHECK(has(refusal(forged(good, "weir.task", "anomaly")), "errors.mean"));
  CHECK(has(refusal(forged(good, "weir.task", "regress")), "weir.target_mean"));
  CHECK(has(refusal(forged(good, "weir.input", "[9,1]")), "preprocessing gives"));
  CHECK(has(refusal(forged(good, "weir.input", "[5,1,1]")), "weir.input"));
  CHECK(has(refusal(forged(good, "weir.input", "[-5,1]")), "weir.input"));
  CHECK(has(refusal(forged(good, "weir.input", "[1e300,1]")), "weir.input"));
  CHECK(has(refusal(forged(good, "weir.threshold", "NaN")), "finite number"));
  CHECK(has(refusal(forged(good, "weir.labels", "{\"classes\":[\"a\",\"b\",\"c\"]}")), "number of classes"));
  CHECK(has(refusal(forged(good, "weir.labels", "{\"klasses\":[]}")), "klasses"));
  CHECK(has(refusal(forged(good, "weir.preprocess",
                           "{\"columns\":[{\"name\":\"a\",\"kind\":\"numeric\",\"scale\":0}]}")),
            "scaling"));
  CHECK(has(refusal(forged(good, "weir.preprocess", std::string(100000, '['))), "preprocess: byte"));

  const auto with_layers = [&](const std::string& layers) {
    return refusal(forged(good, "weir.layers", layers));
  };
  CHECK(has(with_layers("[]"), "needs a layer"));
  CHECK(has(with_layers("[{\"kind\":\"exec\"}]"), "unknown layer 'exec'"));
  CHECK(has(with_layers("[{\"kind\":\"dense\",\"units\":16777216}]"), "more values than there are"));
  CHECK(has(with_layers("[{\"kind\":\"dense\",\"units\":0}]"), "'units'"));
  std::string many = "[{\"kind\":\"relu\"}";
  for (int i = 0; i < 300; ++i) many += ",{\"kind\":\"relu\"}";
  CHECK(has(with_layers(many + "]"), "more than 256 layers"));
  CHECK(has(with_layers("[{\"kind\":\"batch_norm\"},{\"kind\":\"batch_norm\"},{\"kind\":\"batch_norm\"},"
                        "{\"kind\":\"batch_norm\"},{\"kind\":\"batch_norm\"},{\"kind\":\"batch_norm\"}]"),
            "more values than there are"));
  std::string labels = "{\"classes\":[\"a\"";
  for (int i = 0; i < 20000; ++i) labels += ",\"a\"";
  CHECK(has(refusal(forged(good, "weir.labels", labels + "]}")), "a file of"));
  CHECK(has(with_layers("[{\"kind\":\"dense\",\"units\":1,\"evil\":2}]"), "'evil' is not an option"));
  CHECK(has(with_layers("[{\"kind\":\"dense\",\"units\":1},{\"kind\":\"sigmoid\"}]"), "net.0.weight"));
}

TEST_CASE("A file for other layers, a poisoned weight and a wrong probe are refused") {
  const Pipeline<Net> pipeline = classifier();
  const std::vector<std::byte> good = bytes_of(pipeline);
  const auto other =
      try_parse(std::span<const std::byte>(good), Sequential{Dense{pipeline.input.channels, 1}});
  CHECK_FALSE(other.ok());

  Pipeline<Net> poisoned = pipeline;
  std::get<0>(poisoned.net.layers).weight[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK(has(refusal(bytes_of(poisoned)), "not finite"));

  std::vector<std::byte> changed = good;  // a bias changed, checksum made right again
  const auto view = parse_safetensors(good);
  const std::span<const std::byte> weight = view.find("net.3.bias")->bytes;
  const float big = 50.0F;
  std::memcpy(changed.data() + (weight.data() - good.data()), &big, sizeof big);
  SafetensorsWriter writer;
  const auto loose = parse_safetensors(good);
  for (std::size_t i = 0; i < loose.metadata_size(); ++i) {
    const auto [key, value] = loose.metadata_at(i);
    if (key != "weir.checksum") writer.set_metadata(std::string(key), std::string(value));
  }
  for (std::size_t i = 0; i < loose.size(); ++i) {
    const TensorInfo info = loose[i];
    const std::span<const std::byte> same_place(changed.data() + (info.bytes.data() - good.data()),
                                                info.bytes.size());
    writer.add(std::string(info.name), info.dtype, info.shape, same_place);
  }
  CHECK(has(refusal(writer.bytes()), "probe"));
}

TEST_CASE("The net alone comes back, checked as the whole is") {
  const Pipeline<Net> pipeline = classifier();
  const std::vector<std::byte> good = bytes_of(pipeline);
  const Net like = trained_like_net(pipeline.input.channels);
  const auto read = [&](const std::vector<std::byte>& bytes) {
    return try_parse_net(std::span(bytes), like);
  };

  Net cleared = like;
  Net::visit([](Role, const ParamName&, auto p) { std::fill(p.span().begin(), p.span().end(), 0.5F); },
             cleared);
  const auto same = try_parse_net(std::span<const std::byte>(good), cleared);
  REQUIRE(same.ok());
  std::vector<float> stored;
  Net::visit(
      [&](Role, const ParamName&, auto p) { stored.insert(stored.end(), p.span().begin(), p.span().end()); },
      pipeline.net);
  std::size_t at = 0;
  Net::visit(
      [&](Role, const ParamName&, auto p) {
        for (const float v : p.span()) CHECK(v == stored[at++]);
      },
      same.value());
  CHECK(at == stored.size());

  const auto why = [&](const auto& result) { return result.ok() ? std::string() : result.error().what; };
  CHECK(
      has(why(try_parse_net(std::span<const std::byte>(good), Sequential{Dense{pipeline.input.channels, 1}})),
          "layer 0"));
  CHECK(has(why(read(forged(good, "weir.format", "2"))), "this version reads"));
  CHECK(has(why(read(forged(good, "weir.future", "x"))), "not known to this version"));
  CHECK(has(why(read(forged(good, "weir.layers", ""))), "weir.layers"));
  CHECK(has(why(read(forged(good, "weir.input", "[3,1]"))), "does not fit"));
  CHECK(has(why(read(forged(good, "weir.input", "[16777216,16777216]"))), "does not fit"));
  const std::string channels = std::to_string(pipeline.input.channels);
  CHECK(has(why(read(forged(good, "weir.input", "[" + channels + ",16777216]"))), "probe.input"));
  CHECK(has(why(try_load_net<Net>("no such file", like)), "no such file"));
}

TEST_CASE("A sample's shape that a known net cannot take is refused") {
  const Pipeline<Net> pipeline = classifier();
  const std::vector<std::byte> good = bytes_of(pipeline);
  for (const char* input : {"[3,1]", "[16777216,16777216]"}) {
    const std::vector<std::byte> bytes = forged(good, "weir.input", input);
    const auto read = try_parse(std::span<const std::byte>(bytes), pipeline.net);
    CHECK_FALSE(read.ok());
  }
}

TEST_CASE("Every cut of a pipeline file, and flips all over it, are refused") {
  const std::vector<std::byte> good = bytes_of(classifier());
  for (std::size_t size = 0; size < good.size(); size += 7) {
    CHECK_FALSE(try_parse_any(std::span<const std::byte>(good).first(size)).ok());
  }
  std::vector<std::byte> flipped = good;
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 13) {
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CHECK_FALSE(try_parse_any(flipped).ok());
    flipped[bit / 8] = good[bit / 8];
  }
}

namespace {

Pipeline<Net> classifier_with_reference() {
  Pipeline<Net> pipeline = classifier();
  const auto size = static_cast<std::size_t>(pipeline.input.channels);
  Rng rng(3);
  std::vector<float> samples(200 * size);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = i % size == 0 ? static_cast<float>(rng.uniform()) : static_cast<float>(i % 2);
  }
  pipeline.reference = ReferenceStatistics::fit(std::span<const float>(samples), size, {0.25, 0.5, 0.125});
  return pipeline;
}

/// The file with one tensor's bytes replaced.
std::vector<std::byte> with_tensor(const std::vector<std::byte>& from, std::string_view name,
                                   const FileShape& shape, const std::vector<std::byte>& bytes) {
  const auto view = parse_safetensors(from);
  SafetensorsWriter writer;
  for (std::size_t i = 0; i < view.metadata_size(); ++i) {
    const auto [k, v] = view.metadata_at(i);
    if (k != "weir.checksum") writer.set_metadata(std::string(k), std::string(v));
  }
  for (std::size_t i = 0; i < view.size(); ++i) {
    const TensorInfo info = view[i];
    const bool changed = info.name == name;
    if (changed && bytes.empty()) continue;
    writer.add(std::string(info.name), info.dtype, changed ? shape : info.shape,
               changed ? bytes : info.bytes);
  }
  return writer.bytes();
}

template <class T>
std::vector<std::byte> raw(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("The statistics of the training come back, and those that make no sense are refused") {
  const Pipeline<Net> pipeline = classifier_with_reference();
  const std::vector<std::byte> bytes = bytes_of(pipeline);
  auto back = try_parse_any(bytes);
  REQUIRE(back.ok());
  CHECK(back->reference == pipeline.reference);
  CHECK_FALSE(back->reference == classifier().reference);

  const auto view = parse_safetensors(bytes);
  const TensorInfo cuts = *view.find("reference.cuts"), counts = *view.find("reference.counts");
  const auto features = static_cast<std::size_t>(pipeline.input.channels);
  std::vector<double> rising(features * 9, std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> none(features * 10, 0);
  const auto refused = [&](std::string_view name, const FileShape& shape,
                           const std::vector<std::byte>& value) {
    return has(refusal(with_tensor(bytes, name, shape, value)), "reference");
  };
  CHECK(refused("reference.cuts", cuts.shape, raw(std::vector<double>(features * 9, 1.0))));
  CHECK(refused("reference.cuts", cuts.shape, raw(rising)));  // counts for bins that are not there
  rising[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused("reference.cuts", cuts.shape, raw(rising)));
  none[0] = -1;
  CHECK(refused("reference.counts", counts.shape, raw(none)));
  CHECK(refused("reference.scores", file_shape({2}), raw(std::vector<double>{2.0, 1.0})));
  CHECK(refused("reference.scores", file_shape({1}), raw(std::vector<double>{std::nan("")})));
  CHECK(refused("reference.scores", {}, {}));
  CHECK(refused("reference.counts", {}, {}));
  CHECK_FALSE(refusal(with_tensor(bytes, "reference.cuts", {}, {})) == "accepted");
}
