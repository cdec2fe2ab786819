// Every loss against PyTorch, in float: value and gradient, with weights, options and padding.
#include <weir/losses/make_loss.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <map>
#include <string>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

const weir_test::Golden& golden() {
  static const weir_test::Golden file = weir_test::read_golden("losses.txt");
  return file;
}

void check(const GoldenCase& expected, const AnyLoss& loss) {
  const Index count = expected.number("shape", 0);
  const Shape shape{expected.number("shape", 2), expected.number("shape", 1)};
  const std::vector<float> z = expected.get("z");
  std::vector<float> values, weights, dz(z.size(), 42.0F);
  std::vector<Label> labels;
  std::vector<Index> lengths;
  if (expected.has("targets")) values = expected.get("targets");
  if (expected.has("weights")) weights = expected.get("weights");
  if (expected.has("labels")) labels = expected.get<Label>("labels");
  if (expected.has("lengths")) lengths = expected.get<Index>("lengths");

  const BatchView<const float> outputs(z.data(), shape, count, lengths);
  Targets<float> targets;
  targets.labels = labels;
  if (!values.empty()) targets.values = BatchView<const float>(values.data(), shape, count, lengths);
  const double total = total_weight(outputs, std::span<const float>(weights));
  const auto scale = static_cast<float>(1.0 / total);
  const double sum =
      loss(LossBatch<float>{outputs, targets, weights, scale, {dz.data(), shape, count, lengths}});
  CHECK(distance(std::vector<double>{sum / total}, expected["loss"]) <= 1e-6);
  CHECK(distance(dz, expected["dz"]) <= 1e-6);
}

}  // namespace

TEST_CASE("losses equal PyTorch's, and each has cases") {
  std::map<std::string, int> cases;
  int all = 0;
  for (const auto& entry : golden()) {
    const std::string& name = entry.first;
    CAPTURE(name);
    const std::string kind = weir_test::kind_of_case(name, kind_names(BuiltinLosses{}));
    Config options;
    for (const KindText& text : kind_texts(BuiltinLosses{})) {
      if (text.kind == kind) options = weir_test::options_in(entry.second, text.options);
    }
    check(entry.second, make_loss(KindSpec{kind, options}));
    ++cases[kind];
    ++all;
  }
  CHECK(all >= 37);
  for (const std::string& kind : kind_names(BuiltinLosses{})) {
    CAPTURE(kind);
    CHECK(cases[kind] >= 6);
  }
}
