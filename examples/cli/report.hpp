// Results as text for people and as JSON for machines.
#pragma once

#include <weir/pipeline/cross_validation.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace cli {

using Json = nlohmann::ordered_json;

/// What the library wrote, to be part of something larger.
[[nodiscard]] Json parsed(const std::string& json);
[[nodiscard]] Json to_json(const weir::CrossValidation& result);

/// Writes to standard output; throws IoError when that fails.
void print(const std::string& text);
/// One object and a line end.
void print_json(const Json& json);

}  // namespace cli
