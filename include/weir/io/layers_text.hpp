// The layers of a net as JSON text, for the file's metadata (docs/model_format.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/json_text.hpp>
#include <weir/models/layer_spec.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

// Layers: [{"kind":"dense","units":64,"bias":true},
//          {"kind":"parallel","merge":"add","branches":[[...], [...]]}]

inline void write_config_value(JsonWriter& out, const ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) out.boolean(*flag);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) out.integer(*integer);
  if (const auto* real = std::get_if<double>(&value)) out.number(*real);
  if (const auto* text = std::get_if<std::string>(&value)) out.string(*text);
}

void write_layers(JsonWriter& out, const std::vector<LayerSpec>& layers);

[[nodiscard]] inline std::string layers_text(const std::vector<LayerSpec>& layers) {
  JsonWriter out;
  write_layers(out, layers);
  return out.text();
}

[[nodiscard]] bool read_config_value(JsonReader& in, ConfigValue& value);

/// `left` counts layers and branches, each of which takes more memory than text.
[[nodiscard]] bool read_layers(JsonReader& in, std::vector<LayerSpec>& layers, int depth, std::size_t& left);

[[nodiscard]] Result<std::vector<LayerSpec>> parse_layers(std::string_view text);

#if WEIR_BODIES

WEIR_BODY void write_layers(JsonWriter& out, const std::vector<LayerSpec>& layers) {
  out.begin('[');
  for (const LayerSpec& layer : layers) {
    out.begin('{').key("kind").string(layer.kind);
    for (const auto& [name, value] : layer.config.entries()) {
      out.key(name);
      write_config_value(out, value);
    }
    if (!layer.branches.empty()) {
      out.key("branches").begin('[');
      for (const std::vector<LayerSpec>& branch : layer.branches) write_layers(out, branch);
      out.end(']');
    }
    out.end('}');
  }
  out.end(']');
}

WEIR_BODY bool read_config_value(JsonReader& in, ConfigValue& value) {
  if (in.cursor().sees('"')) return in.string(value.emplace<std::string>());
  if (in.cursor().sees('t') || in.cursor().sees('f')) return in.boolean(value.emplace<bool>());
  double number = 0.0;
  if (!in.number(number)) return false;
  const bool whole = number == std::floor(number) && std::fabs(number) < 9007199254740992.0;
  value = whole ? ConfigValue(static_cast<std::int64_t>(number)) : ConfigValue(number);
  return true;
}

WEIR_BODY bool read_layers(JsonReader& in, std::vector<LayerSpec>& layers, int depth, std::size_t& left) {
  const auto count = [&in, &left] {
    if (left == 0) return in.cursor().refuse(in.cursor().position(), "more than 256 layers");
    --left;
    return true;
  };
  if (depth >= most_nested_layers)
    return in.cursor().refuse(in.cursor().position(), "layers are nested too deeply");
  return in.array([&] {
    if (!count()) return false;
    LayerSpec& layer = layers.emplace_back();
    return in.object([&](std::string_view key) {
      if (key == "kind") return in.string(layer.kind);
      if (key == "branches") {
        return layer.branches.empty() && in.array([&] {
          return count() && read_layers(in, layer.branches.emplace_back(), depth + 1, left);
        });
      }
      ConfigValue value;
      if (!read_config_value(in, value)) return false;
      layer.config.set(std::string(key), std::move(value));
      return true;
    });
  });
}

WEIR_BODY Result<std::vector<LayerSpec>> parse_layers(std::string_view text) {
  std::vector<LayerSpec> layers;
  JsonReader in(text);
  std::size_t left = most_file_layers;
  if (!read_layers(in, layers, 0, left) || !in.end()) return in.failure("layers");
  return layers;
}

#endif

}  // namespace weir::inline WEIR_ABI::detail
