// Writes the model files of tests/golden/models, one of each task and kind of sample, and scores.txt: what each
// says of one record. They are of the library of commit a3fce14, the last one before a model's settings were
// laid out anew; its headers compile this program:
//
//   git archive a3fce14 include | tar -x -C OLD
//   g++ -std=c++20 -O1 -IOLD/include make_models.cpp && ./a.out models
#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/io/pipeline.hpp>
#include <weir/io/save.hpp>
#include <weir/models/registry.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace weir;
using Model = Pipeline<AnyModel<float>>;

/// A net of random weights; its buffers (running statistics) are random, too.
AnyModel<float> net(std::string_view layers, Shape input) {
  AnyModel<float> result = build<float>(layers, input);
  Rng rng(7);
  result.init(rng);
  AnyModel<float>::visit(
      [&rng](Role role, const ParamName&, auto parameter) {
        for (float& value : parameter.span()) {
          if (role == Role::buffer) value = static_cast<float>(0.5 + rng.uniform());
        }
      },
      result);
  return result;
}

Table flows() {
  return parse_csv(
      "bytes,packets,proto,label\n10,1,tcp,web\n2000,4,udp,dns\n,9,tcp,\"odd "
      "\"\"name\"\"\"\n1e6,70,icmp,scan\n");
}

/// Of columns a, b, ...: three rows of numbers.
Preprocessor numbers(int columns, Scaling scaling) {
  std::string names, rows[3];
  for (int i = 0; i < columns; ++i) {
    names += (i == 0 ? "" : ",") + std::string(1, static_cast<char>('a' + i));
    for (int row = 0; row < 3; ++row)
      rows[row] += (i == 0 ? "" : ",") + std::to_string((row + 1) * (i + 2) + row * row);
  }
  const std::string text = names + "\n" + rows[0] + "\n" + rows[1] + "\n" + rows[2] + "\n";
  return Preprocessor::fit(training_rows(parse_csv(text)),
                           {.numeric = {.scaling = scaling, .drop_constant = false}});
}

Model classify() {
  Model model;
  model.preprocess = Preprocessor::fit(
      training_rows(flows()),
      {.exclude = {"label"},
       .numeric_rules = {{"bytes", {.scaling = Scaling::log_standard, .low = -3.0F, .high = 3.0F}},
                         {"packets", {.scaling = Scaling::rank, .on_missing = OnMissing::reject}}}});
  model.input = {static_cast<Index>(model.preprocess.features())};
  model.labels = {"label", {"benign", "attack"}, {{"web", "benign"}, {"odd \"name\"", "benign"}}, "attack"};
  model.threshold = 0.375;
  model.net = net("dense:5,batch_norm,relu,dropout:0.2,dense:1,sigmoid", model.input);
  const Matrix<float> x = model.preprocess.transform(flows());
  model.reference = ReferenceStatistics::fit(
      std::span<const float>(x.data(), static_cast<std::size_t>(x.extents()[0] * x.extents()[1])),
      static_cast<std::size_t>(x.extents()[0]), {0.125, 0.5, 0.25, 0.75});
  model.record = {{"rows", "4"}, {"note", "quotes \" and \\ and \n lines"}};
  return model;
}

Model anomaly() {
  Model model;
  model.task = Task::anomaly;
  model.preprocess = numbers(3, Scaling::log_min_max);
  model.input = {3};
  model.labels = {"label", {"benign", "anomaly"}, {{"web", "benign"}}, "anomaly"};
  model.threshold = 2.5;
  model.errors = {{0.125, 0.0, 0.25}, {0.5, 1.0, 0.0625}};
  model.net = net("dense:2,tanh,dense:3", model.input);
  return model;
}

Model regress() {
  Model model;
  model.task = Task::regress;
  model.preprocess = numbers(3, Scaling::standard);
  model.input = {3};
  model.labels.column = "seconds";
  model.target = {100.0, 8.0};
  model.net = net("dense:4,leaky_relu:0.1,layer_norm,dense:1", model.input);
  return model;
}

Model sequence() {
  Model model;
  model.preprocess = numbers(8, Scaling::min_max);
  model.input = {2, 4};
  model.samples.kind = SampleKind::sequence;
  model.labels = {"app", {"chat", "mail", "web"}, {}, {}};
  model.net = net("conv1d:4:3:same,relu,gru:3,dense:3,softmax", model.input);
  return model;
}

Model image() {
  Model model;
  model.input = {4, 4};
  model.samples = {.kind = SampleKind::image, .pixel_scale = 1.0 / 255.0, .rows = 4, .columns = 4};
  model.labels = {"label", {"0", "1", "2"}, {}, {}};
  model.net = net("conv2d:2:3:same,relu,max_pool2d:2:planes=2,flatten,dense:3,softmax", model.input);
  return model;
}

Model window() {
  Model model;
  model.task = Task::regress;
  model.preprocess = numbers(2, Scaling::log_standard);
  model.input = {2, 3};
  model.samples = {.kind = SampleKind::window, .horizon = 2, .target = 1, .relative = true};
  model.labels.column = "b";
  model.target = {0.25, 0.5};
  model.net = net("lstm:3,dense:1", model.input);
  return model;
}

/// The last verdict on three records: windows need that many.
Verdict verdict_on(const Model& model) {
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

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string folder = std::string(arguments[1]) + "/";
  std::FILE* const scores = std::fopen((folder + "scores.txt").c_str(), "w");
  if (scores == nullptr) return 1;
  for (const auto& [name, model] : std::vector<std::pair<std::string, Model>>{{"classify", classify()},
                                                                              {"anomaly", anomaly()},
                                                                              {"regress", regress()},
                                                                              {"sequence", sequence()},
                                                                              {"image", image()},
                                                                              {"window", window()}}) {
    save(folder + name + ".weir", model);
    const Verdict verdict = verdict_on(model);
    if (!verdict.usable) return 1;
    std::fprintf(scores, "%s %d %.9g %d\n", name.c_str(), verdict.label, verdict.score,
                 verdict.alert ? 1 : 0);
  }
  return std::fclose(scores) == 0 ? 0 : 1;
}
