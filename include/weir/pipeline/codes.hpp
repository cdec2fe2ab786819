// Nets whose first layer is an embedding: they read codes, whole numbers from 0, not scaled values.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/pipeline/sample_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The place behind the layer at the front: its comma at the same depth, or the end.
[[nodiscard]] inline std::size_t end_of_layer(std::string_view layers) {
  int depth = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i] == '(') ++depth;
    if (layers[i] == ')') --depth;
    if (layers[i] == ',' && depth == 0) return i;
  }
  return layers.size();
}

}  // namespace detail

/// The vocabulary of the embedding that such a text of layers begins with, behind layers that only move
/// values; nothing when it begins with something else.
[[nodiscard]] inline std::optional<std::int64_t> vocabulary_of(std::string_view layers) {
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
    const std::size_t end = detail::end_of_layer(layers);
    const bool moves = std::find(movers.begin(), movers.end(), name) != movers.end();
    const std::size_t branch = layers.find('(');
    if (branch < end) return vocabulary_of(layers.substr(branch + 1));
    if (!moves) return std::nullopt;
    layers.remove_prefix(std::min(layers.size(), end + 1));
  }
  return std::nullopt;
}

/// ConfigError when the numbers of a table would be scaled for a net that reads codes.
inline void check_codes(const SampleOptions& samples, std::string_view layers) {
  if (samples.scaling == Scaling::none || !vocabulary_of(layers)) return;
  fail(ErrorKind::config, option_word(samples.words, "layers") +
                              " begins with an embedding, which reads codes, whole numbers from 0: " +
                              option_word(samples.words, "scaling") + " none keeps them");
}

/// What a pixel is multiplied by: an embedding reads its number itself. ConfigError when its vocabulary has
/// less than 256 words.
[[nodiscard]] inline double pixel_scale_for(const SampleOptions& samples, std::string_view layers) {
  constexpr std::int64_t values = 256;
  const std::optional<std::int64_t> vocabulary = vocabulary_of(layers);
  if (!vocabulary) return samples.pixel_scale;
  if (*vocabulary >= values) return 1.0;
  fail(ErrorKind::config,
       option_word(samples.words, "layers") + ": pixels are codes from 0 to 255, and an embedding of " +
           std::to_string(*vocabulary) + " would take many of them for one: embedding:256:...");
}

}  // namespace weir::inline WEIR_ABI
