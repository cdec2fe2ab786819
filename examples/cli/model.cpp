#include "model.hpp"

#include "interruption.hpp"

#include <weir/core/content_kind.hpp>
#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

[[nodiscard]] bool is_model(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  char head[512]{};
  std::ifstream file(path, std::ios::binary);
  file.read(head, sizeof head);
  return weir::content_kind(std::string_view(head, static_cast<std::size_t>(file.gcount()))) ==
         weir::ContentKind::weir_model;
}

}  // namespace

Model load_model(const std::string& path, std::uint64_t memory, const std::string& input) {
  if (path == "-") {
    weir::fail(weir::ErrorKind::config,
               "MODEL: '-' is standard input; a model is read from a file, a table from either");
  }
  weir::Result<Model> model = weir::try_load_any(path, {.max_memory = memory});
  if (model) return std::move(*model);
  const bool swapped = !input.empty() && !is_model(path) && is_model(input);
  const std::string hint = swapped ? " ('" + input + "' is one: the model comes first)" : "";
  weir::fail(model.error().kind, model.error().what + hint);
}

void save_model(const std::string& path, const Model& model) {
  const std::vector<std::byte> bytes = weir::try_serialize(model).value();
  const std::uint64_t memory = weir::try_memory_to_allow(bytes).value();
  {
    const SignalsHeld until_it_is_there;
    weir::write_file(path, bytes);
  }
  if (memory == 0) return;
  std::fprintf(stderr,
               "note: %s needs more memory than its size allows: --model-memory %" PRIu64
               "M for what reads it\n",
               path.c_str(), memory >> 20);
}

void replace_threshold(Model& model, std::optional<double> threshold) {
  if (!threshold) return;
  if (!model.has_threshold()) {
    weir::fail(weir::ErrorKind::config,
               "--threshold is for models with two classes or of anomalies; this one has none");
  }
  model.threshold = *threshold;
}

}  // namespace cli
