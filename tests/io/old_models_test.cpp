// Model files that an earlier version wrote (tests/golden/make_models.cpp) are read as it read them: one of each
// task and kind of sample, among them settings, labels and what each says of one record.
#include "source_dir.hpp"

#include <weir/io/load_any.hpp>
#include <weir/pipeline/scorer.hpp>

#include <doctest/doctest.h>

#include "forged_file.hpp"

#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;

namespace {

std::string path_of(const std::string& name) {
  return (weir_test::source_dir() / "tests/golden/models" / name).string();
}

/// The last verdict on three records, as make_models.cpp has it.
Verdict verdict_on(const Pipeline<AnyModel<float>>& model) {
  Scorer scorer(model);
  if (model.samples.kind == SampleKind::image) {
    std::vector<float> pixels;
    for (int i = 0; i < 16; ++i) pixels.push_back(static_cast<float>(i * 16) / 255.0F);
    return scorer.score(std::span<const float>(pixels));
  }
  Verdict verdict;
  for (int record = 0; record < 3; ++record) {
    std::vector<double> values;
    for (std::size_t i = 0; i < model.preprocess.numeric.size(); ++i)
      values.push_back(3.0 + static_cast<double>(i) * 2.5 + record);
    const std::array<std::string_view, 1> texts{"udp"};
    verdict = scorer.score(values, std::span(texts).first(model.preprocess.categorical.size()));
  }
  return verdict;
}

struct Told {
  std::string name;
  Task task;
  SampleKind kind;
  std::vector<std::string> classes;
};

}  // namespace

TEST_CASE("models of an earlier version are read and say what they said") {
  const std::vector<Told> told{
      {"classify", Task::classify, SampleKind::features, {"benign", "attack"}},
      {"anomaly", Task::anomaly, SampleKind::features, {"benign", "anomaly"}},
      {"regress", Task::regress, SampleKind::features, {}},
      {"sequence", Task::classify, SampleKind::sequence, {"chat", "mail", "web"}},
      {"image", Task::classify, SampleKind::image, {"0", "1", "2"}},
      {"window", Task::regress, SampleKind::window, {}},
  };
  std::ifstream scores(path_of("scores.txt"));
  for (const Told& one : told) {
    CAPTURE(one.name);
    const Pipeline<AnyModel<float>> model = load_any(path_of(one.name + ".weir"));
    CHECK(model.task == one.task);
    CHECK(model.samples.kind == one.kind);
    CHECK(model.labels.classes == one.classes);
    std::string name;
    int label = -1, alert = -1;
    double score = 0;
    scores >> name >> label >> score >> alert;
    REQUIRE(name == one.name);
    const Verdict verdict = verdict_on(model);
    CHECK(verdict.usable);
    CHECK(verdict.label == label);
    CHECK(verdict.score == doctest::Approx(score).epsilon(1e-5));
    CHECK(verdict.alert == (alert == 1));
  }
}

TEST_CASE("models of an earlier version: every setting of a classifier") {
  const Pipeline<AnyModel<float>> model = load_any(path_of("classify.weir"));
  CHECK(model.labels.column == "label");
  CHECK(model.labels.class_of("odd \"name\"") == 0);
  CHECK(model.labels.class_of("anything") == 1);
  CHECK(model.threshold == 0.375);
  CHECK(model.preprocess.exclude == std::vector<std::string>{"label"});
  REQUIRE(model.preprocess.numeric.size() == 2);
  CHECK(model.preprocess.numeric[0].scaler.scaling == Scaling::log_standard);
  CHECK(model.preprocess.numeric[0].high == 3.0F);
  CHECK(model.preprocess.numeric[1].on_missing == OnMissing::reject);
  REQUIRE(model.preprocess.categorical.size() == 1);
  CHECK(model.preprocess.categorical[0].categories == std::vector<std::string>{"icmp", "tcp", "udp"});
  CHECK(model.reference.features.size() == static_cast<std::size_t>(model.input.size()));
  CHECK(model.reference.scores == std::vector<double>{0.125, 0.25, 0.5, 0.75});
  const std::vector<std::pair<std::string, std::string>> record{{"rows", "4"},
                                                                {"note", "quotes \" and \\ and \n lines"}};
  CHECK(model.record == record);
}

TEST_CASE("a model of a version that is not known is refused with the version") {
  std::ifstream file(path_of("classify.weir"), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto bytes = std::as_bytes(std::span(text));
  const std::vector<std::byte> known(bytes.begin(), bytes.end());
  REQUIRE(try_parse_any(known).ok());
  const auto refused = try_parse_any(weir_test::forged(known, "weir.format", "2"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("format is '2'") != std::string::npos);
}

TEST_CASE("a model whose metadata takes more memory than is allowed says how much") {
  const Result<Pipeline<AnyModel<float>>> refused =
      try_load_any(path_of("classify.weir"), {.max_memory = 20'000});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("reading the metadata's values needs 1") != std::string::npos);  // 128 KiB
  CHECK(refused.error().what.find(" 0 bytes") == std::string::npos);
}
