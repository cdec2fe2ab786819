// The page of all layers' options says what their lists say. With WEIR_WRITE_DOCS set it is written anew.
#include <weir/models/registry.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "source_dir.hpp"

using namespace weir;

namespace {

/// Of a value that follows from the samples or another option, the meaning tells.
std::string standard_of(const FieldText& option) {
  if (option.standard.empty()) return "has to be given";
  if (option.meaning.find("where a file does not say") != std::string::npos) return "see right";
  return "`" + option.standard + "`";
}

std::string row(const FieldText& option) {
  const std::string standard = standard_of(option);
  return "| `" + option.name + "` | " + option.values + " | " + standard + " | " + option.meaning + " |\n";
}

std::string section(const LayerText& layer) {
  std::string text = "\n## `" + layer.kind;
  for (const std::string& argument : layer.arguments) text += ":" + argument;
  text += "`\n";
  if (layer.options.empty()) return text + "\nNo options.\n";
  text += "\n| option | values | otherwise | |\n|---|---|---|---|\n";
  for (const FieldText& option : layer.options) text += row(option);
  return text;
}

std::string page() {
  std::string text =
      "# Options of all layers\n\n"
      "In a text a layer is `kind:argument:name=value`; arguments of the heading need no name. A file holds "
      "the same\n"
      "names. What each layer computes: [layers](add_a_layer.md#layers) and the head of its header. This "
      "page is made\n"
      "from the lists in the code (`core/fields.hpp`) and a test holds it against them.\n";
  std::vector<LayerText> layers = layer_texts();
  for (LayerText& layer : layers) {  // the bounds of codes are those of the largest vocabulary
    if (layer.kind == Embedding<>::kind) layer.options = field_texts(Embedding<>::Settings{1 << 24, 1, {}});
  }
  std::sort(layers.begin(), layers.end(),
            [](const LayerText& a, const LayerText& b) { return a.kind < b.kind; });
  for (const LayerText& layer : layers) text += section(layer);
  return text;
}

}  // namespace

TEST_CASE("docs/layers.md has the options of all layers") {
  const std::filesystem::path path = weir_test::source_dir() / "docs/layers.md";
  const std::string expected = page();
  if (std::getenv("WEIR_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << expected;
  std::ifstream in(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE(found == expected,
                "make it anew: WEIR_WRITE_DOCS=1 tests/test_models -sf='*layer_texts_test.cpp'");
}

TEST_CASE("arguments without a name are options, and each option has a meaning") {
  for (const LayerText& layer : layer_texts()) {
    CAPTURE(layer.kind);
    for (const std::string& argument : layer.arguments) {
      CAPTURE(argument);
      CHECK(std::any_of(layer.options.begin(), layer.options.end(),
                        [&](const FieldText& option) { return option.name == argument; }));
    }
    for (const FieldText& option : layer.options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.values.empty());
      CHECK_FALSE(option.meaning.empty());
    }
  }
}
