#include "codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace cli {

namespace {

/// The place behind the layer at the front: its comma at the same depth, or the end.
[[nodiscard]] std::size_t end_of_layer(std::string_view layers) {
  int depth = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i] == '(') ++depth;
    if (layers[i] == ')') --depth;
    if (layers[i] == ',' && depth == 0) return i;
  }
  return layers.size();
}

}  // namespace

std::optional<std::int64_t> vocabulary_of(std::string_view layers) {
  constexpr std::array<std::string_view, 9> movers{"flatten",    "reshape",        "transpose",
                                                   "slice",      "identity",       "repeat_vector",
                                                   "cropping1d", "zero_padding1d", "dropout"};
  while (!layers.empty()) {
    const std::size_t name_end = std::min(layers.find_first_of(":,()"), layers.size());
    const std::string_view name = layers.substr(0, name_end);
    if (name == "embedding") {
      std::int64_t vocabulary = 0;
      if (name_end < layers.size()) {
        std::from_chars(layers.data() + name_end + 1, layers.data() + layers.size(), vocabulary);
      }
      return vocabulary;
    }
    const std::size_t end = end_of_layer(layers);
    const bool moves = std::find(movers.begin(), movers.end(), name) != movers.end();
    const std::size_t branch = layers.find('(');
    if (branch < end) return vocabulary_of(layers.substr(branch + 1));
    if (!moves) return std::nullopt;
    layers.remove_prefix(std::min(layers.size(), end + 1));
  }
  return std::nullopt;
}

}  // namespace cli
