// Nets whose first layer is an embedding: they read codes, whole numbers from 0, not scaled values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cli {

/// The vocabulary of the embedding that such a text of layers begins with, behind layers that only move
/// values; nothing when it begins with something else.
[[nodiscard]] std::optional<std::int64_t> vocabulary_of(std::string_view layers);

}  // namespace cli
