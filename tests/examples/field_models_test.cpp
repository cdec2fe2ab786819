// The nets of examples/08_field_models: each builds, has the number of parameters that is published (or that
// follows from its layers by hand), goes into a file and comes back.
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include "source_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace weir;

namespace {

struct Model {
  std::string name;
  Shape input;
  std::string last;  ///< the layer that the program adds
  Index outputs;
  Index parameters;  ///< 0: not published
};

const std::vector<Model> models{
    {"wang_cnn", {1, 784}, ",dense:12", 12, 5'832'588},
    {"wang_2d_cnn", {28, 28}, ",dense:20", 20, 3'284'884},
    {"deep_packet_cnn", {1, 1500}, ",dense:17", 17, 10'107'417},
    {"deep_packet_sae",
     {1, 1500},
     ",dense:17",
     17,
     1500 * 400 + 400 + 400 * 300 + 300 + 300 * 200 + 200 + 200 * 100 + 100 + 100 * 50 + 50 + 50 * 17 + 17},
    {"deep_fingerprinting", {1, 5000}, ",dense:95", 95, 0},
    {"fs_net", {1, 32}, ",dense:18", 18, 0},
    {"cesnet_multimodal", {133}, ",dense:102", 102, 2'261'653},
    {"hast_ids", {100, 6}, ",dense:10", 10, 0},
    {"gru_early", {3, 30}, ",dense:10", 10, 0},
    {"transformer", {3, 30}, ",dense:10", 10, 0},
    {"kitsune_ensemble", {100}, "", 100, 0},
    {"variational", {122}, ",dense:122", 122, 0},
};

const std::filesystem::path folder = weir_test::source_dir() / "examples/08_field_models";

/// The text of a net, its line breaks left out.
std::string net_text(const std::string& name) {
  std::ifstream file(folder / name / "net.txt");
  REQUIRE(file.good());
  std::string text(std::istreambuf_iterator<char>(file), {});
  std::erase(text, '\n');
  return text;
}

}  // namespace

TEST_CASE("the nets of the field") {
  for (const Model& model : models) {
    CAPTURE(model.name);
    const auto net = try_build<float>(net_text(model.name) + model.last, model.input);
    INFO((net.ok() ? std::string() : net.error().what));
    REQUIRE(net.ok());
    Pipeline<AnyModel<float>> pipeline;
    pipeline.net = net.value();
    pipeline.input = model.input;
    CHECK(pipeline.net.out_shape(model.input) == Shape{model.outputs});
    MESSAGE(model.name << ": " << parameter_count(pipeline.net) << " parameters");
    if (model.parameters > 0) CHECK(parameter_count(pipeline.net) == model.parameters);
    Rng rng(1);
    pipeline.net.init(rng);
    if (model.outputs == model.input.size()) {
      pipeline.task = Task::anomaly;
      pipeline.errors.mean.assign(static_cast<std::size_t>(model.outputs), 0.0);
      pipeline.errors.deviation.assign(static_cast<std::size_t>(model.outputs), 1.0);
    } else {
      for (Index i = 0; i < model.outputs; ++i) pipeline.labels.classes.push_back(std::to_string(i));
    }
    const auto bytes = try_serialize(pipeline);
    REQUIRE(bytes.ok());
    const auto loaded = try_parse_any<float>(bytes.value());
    INFO((loaded.ok() ? std::string() : loaded.error().what));
    REQUIRE(loaded.ok());
    CHECK(describe(loaded.value().net) == describe(pipeline.net));
  }
}

TEST_CASE("no folder is forgotten") {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    CHECK(std::any_of(models.begin(), models.end(), [&](const Model& model) { return model.name == name; }));
    CHECK(std::filesystem::exists(entry.path() / "README.md"));
  }
}
