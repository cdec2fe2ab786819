// The kinds of layers that a file or a text may name: one explicit list.
//
//   Result<AnyModel<float>> net = try_build("dense:64,relu,dropout:0.2,dense:2", Shape{41});
//
// Each item is a kind, then its arguments in the order of the layer's `arguments`, or by name:
// `dense:64:bias=false`.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/batch_norm.hpp>
#include <weir/layers/dense.hpp>
#include <weir/layers/dropout.hpp>
#include <weir/layers/gelu.hpp>
#include <weir/layers/leaky_relu.hpp>
#include <weir/layers/relu.hpp>
#include <weir/layers/sigmoid.hpp>
#include <weir/layers/softmax.hpp>
#include <weir/layers/tanh.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/layer_spec.hpp>

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class... L>
struct LayerKinds {};

/// A new layer costs one entry here.
template <class T>
using BuiltinLayers = LayerKinds<Dense<T>, Relu<T>, LeakyRelu<T>, Sigmoid<T>, Tanh<T>, Gelu<T>, Softmax<T>,
                                 Dropout<T>, BatchNorm<T>>;

template <class T, class L>
[[nodiscard]] Result<AnyLayer<T>> make_layer_of(const LayerSpec& spec, Shape input) {
  Result<L> layer = L::from_config(spec.config, input);
  if (!layer) return layer.error();
  return AnyLayer<T>(std::move(*layer));
}

template <class T, class... L>
[[nodiscard]] Result<AnyLayer<T>> make_layer(const LayerSpec& spec, Shape input, LayerKinds<L...>) {
  std::optional<Result<AnyLayer<T>>> made;
  ((L::kind == spec.kind ? static_cast<void>(made.emplace(make_layer_of<T, L>(spec, input))) : void()), ...);
  if (made) return std::move(*made);
  std::string known;
  ((known += (known.empty() ? "" : ", ") + std::string(L::kind)), ...);
  return Failure{ErrorKind::config, "unknown layer '" + spec.kind + "'; known are " + known};
}

template <class... L>
[[nodiscard]] std::span<const std::string_view> arguments_of(std::string_view kind, LayerKinds<L...>) {
  std::span<const std::string_view> names;
  ((L::kind == kind ? static_cast<void>(names = L::arguments) : void()), ...);
  return names;
}

[[nodiscard]] inline std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

[[nodiscard]] inline ConfigValue parse_value(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (const auto r = std::from_chars(text.data(), end, integer); r.ec == std::errc() && r.ptr == end)
    return integer;
  double real = 0.0;
  if (const auto r = std::from_chars(text.data(), end, real); r.ec == std::errc() && r.ptr == end)
    return real;
  return std::string(text);
}

}  // namespace detail

/// "kind:argument:name=value" as data.
template <class T = float>
[[nodiscard]] Result<LayerSpec> try_parse_layer(std::string_view text) {
  const std::vector<std::string_view> parts = detail::split_text(text, ':');
  LayerSpec spec{std::string(parts[0]), {}};
  const auto names = detail::arguments_of(parts[0], detail::BuiltinLayers<T>{});
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals != std::string_view::npos) {
      spec.config.set(std::string(parts[i].substr(0, equals)),
                      detail::parse_value(parts[i].substr(equals + 1)));
    } else if (i - 1 < names.size()) {
      spec.config.set(std::string(names[i - 1]), detail::parse_value(parts[i]));
    } else {
      return Failure{ErrorKind::config, "layer '" + std::string(text) + "' has too many arguments"};
    }
  }
  return spec;
}

/// Limits for what comes from outside.
struct BuildLimits {
  Index layers = 1024;
  Index values = Index{1} << 40;  ///< parameters and buffers of all layers together
};

/// A chain of layers from data, for samples of the given shape; weights are zero.
template <class T = float>
[[nodiscard]] Result<AnyModel<T>> try_build(std::span<const LayerSpec> specs, Shape input,
                                            const BuildLimits& limits = {}) {
  if (specs.empty()) return Failure{ErrorKind::config, "a net needs a layer"};
  if (static_cast<Index>(specs.size()) > limits.layers) {
    return Failure{ErrorKind::config, std::to_string(specs.size()) + " layers are more than the limit"};
  }
  AnyModel<T> net;
  Index values = 0;
  for (const LayerSpec& spec : specs) {
    const std::string where = "layer " + std::to_string(net.layers.size()) + ": ";
    Result<AnyLayer<T>> layer = detail::make_layer<T>(spec, input, detail::BuiltinLayers<T>{});
    if (!layer) return Failure{layer.error().kind, where + layer.error().what};
    for (Index i = 0; i < layer->parameters(); ++i) values += layer->parameter(i).values.size();
    if (values > limits.values) {
      return Failure{ErrorKind::config, where + "the layers need more values than there are"};
    }
    input = layer->out_shape(input);
    net.layers.push_back(std::move(*layer));
  }
  return net;
}

/// A chain of layers from text such as "dense:64,relu,dropout:0.2,dense:2".
template <class T = float>
[[nodiscard]] Result<AnyModel<T>> try_build(std::string_view text, Shape input) {
  std::vector<LayerSpec> specs;
  for (const std::string_view part : detail::split_text(text, ',')) {
    Result<LayerSpec> spec = try_parse_layer<T>(part);
    if (!spec) return spec.error();
    specs.push_back(std::move(*spec));
  }
  return try_build<T>(specs, input);
}

/// As `try_build`; throws ConfigError.
template <class T = float, class Source>
[[nodiscard]] AnyModel<T> build(const Source& source, Shape input) {
  return try_build<T>(source, input).value();
}

}  // namespace weir::inline WEIR_ABI
