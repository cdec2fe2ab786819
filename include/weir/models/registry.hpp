// Nets from texts and from data: of the kinds of layers in models/builtin_layers.hpp.
//
//   Result<AnyModel<float>> net = try_build("dense:64,relu,dropout:0.2,dense:2", Shape{41});
//
// Each item is a kind, then its arguments in the order of the layer's `arguments`, or by name:
// `dense:64:bias=false`. A layer made of layers takes its branches in brackets, before its arguments:
// `bidirectional[gru:64]:concat`, `parallel[slice:0:90,reshape:3|slice:90:43,dense:64]`; `residual[...]` is
// `parallel[...|identity]:add`.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/core/near_names.hpp>
#include <weir/models/any_backward.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/builtin_layers.hpp>
#include <weir/models/layer_maker.hpp>
#include <weir/models/layer_spec.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class... L>
[[nodiscard]] std::span<const std::string_view> arguments_of(std::string_view kind, KindList<L...>) {
  std::span<const std::string_view> names;
  ((L::kind == kind ? static_cast<void>(names = L::arguments) : void()), ...);
  return names;
}

template <class... L>
[[nodiscard]] bool is_known(std::string_view kind, KindList<L...>) {
  return ((L::kind == kind) || ...);
}

template <class... L>
[[nodiscard]] Failure unknown_layer(std::string_view kind, KindList<L...> all) {
  return {ErrorKind::config,
          "unknown layer " + in_quotes(kind) + near_names(kind, kind_names(all), sizeof...(L))};
}

/// Parts between separators that stand outside of brackets.
[[nodiscard]] inline std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0, depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[') ++depth;
    if (text[at] == ']' && depth > 0) --depth;
    if (text[at] != separator || depth > 0) continue;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace detail

template <class T = float>
[[nodiscard]] Result<LayerSpec> try_parse_layer(std::string_view text, Index depth = 0);

/// "dense:64,relu" as data.
template <class T = float>
[[nodiscard]] Result<std::vector<LayerSpec>> try_parse_layers(std::string_view text, Index depth = 0) {
  std::vector<LayerSpec> specs;
  for (const std::string_view part : detail::split_text(text, ',')) {
    Result<LayerSpec> spec = try_parse_layer<T>(part, depth);
    if (!spec)
      return Failure{spec.error().kind, "layer " + std::to_string(specs.size()) + ": " + spec.error().what};
    specs.push_back(std::move(*spec));
  }
  return specs;
}

/// "kind[branch|branch]:argument:name=value" as data.
template <class T>
[[nodiscard]] Result<LayerSpec> try_parse_layer(std::string_view text, Index depth) {
  const auto bad = [&](const char* what) {
    return Failure{ErrorKind::config, "layer " + detail::in_quotes(text) + " " + what};
  };
  if (depth >= most_nested_layers) return bad("is nested too deeply");
  std::vector<std::string_view> parts = detail::split_text(text, ':');
  LayerSpec spec;
  if (const std::size_t open = parts[0].find('['); open != std::string_view::npos) {
    if (parts[0].back() != ']') return bad("has no closing bracket before its arguments");
    const std::string_view inside = parts[0].substr(open + 1, parts[0].size() - open - 2);
    parts[0] = parts[0].substr(0, open);
    for (const std::string_view branch : detail::split_text(inside, '|')) {
      Result<std::vector<LayerSpec>> chain = try_parse_layers<T>(branch, depth + 1);
      if (!chain) return chain.error();
      spec.branches.push_back(std::move(*chain));
    }
  }
  spec.kind = std::string(parts[0]);
  if (spec.kind == "residual") {
    spec.kind = "parallel";
    spec.config.set("merge", std::string("add"));
    if (spec.branches.size() == 1) spec.branches.push_back({LayerSpec{"identity"}});
  }
  if (!detail::is_known(spec.kind, detail::BuiltinLayers<T>{}))
    return detail::unknown_layer(spec.kind, detail::BuiltinLayers<T>{});
  const auto names = detail::arguments_of(spec.kind, detail::BuiltinLayers<T>{});
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    const bool named = equals != std::string_view::npos;
    if (i > most_layer_options || (!named && i > names.size())) return bad("has too many arguments");
    const std::string_view name = named ? parts[i].substr(0, equals) : names[i - 1];
    if (spec.config.find(name) != nullptr) {
      return bad(("has " + detail::in_quotes(name) + " twice").c_str());
    }
    spec.config.set(std::string(name), detail::option_value(named ? parts[i].substr(equals + 1) : parts[i]));
  }
  return spec;
}

/// What there is to say of a kind of layer in a text.
struct LayerText {
  std::string kind;
  std::vector<std::string> arguments;  ///< options that need no name, in their order
  std::vector<FieldText> options;      ///< all of them
};

namespace detail {
template <class... L>
[[nodiscard]] std::vector<LayerText> texts_of(KindList<L...>) {
  return {LayerText{std::string(L::kind), {L::arguments.begin(), L::arguments.end()}, options_of<L>()}...};
}
}  // namespace detail

/// All kinds of layers that a text or a file may name, in the order of their list.
template <class T = float>
[[nodiscard]] std::vector<LayerText> layer_texts() {
  return detail::texts_of(detail::BuiltinLayers<T>{});
}

/// Limits for what comes from outside.
struct BuildLimits {
  Index layers = 1024;             ///< of all branches together
  Index values = Index{1} << 40;   ///< parameters and buffers of all layers together
  Index outputs = Index{1} << 36;  ///< values of one sample behind each layer
};

namespace detail {

template <class T>
[[nodiscard]] Result<AnyModel<T>> build_chain(std::span<const LayerSpec> specs, Shape input,
                                              BuildLimits& left, Index depth);

/// The chains that a layer is made of.
template <class T>
[[nodiscard]] Result<std::vector<AnyModel<T>>> build_branches(const LayerMaker<T>& maker,
                                                              const LayerSpec& spec, Shape input,
                                                              BuildLimits& left, Index depth) {
  // A branch that a layer takes in two copies is built twice, so that the limits count both.
  const std::size_t copies = maker.copies_branch && spec.branches.size() == 1 ? 2 : 1;
  std::vector<AnyModel<T>> chains;
  for (std::size_t i = 0; i < copies * spec.branches.size(); ++i) {
    const Shape inner = maker.branch_input(input, chains);
    Result<AnyModel<T>> chain = build_chain<T>(spec.branches[i / copies], inner, left, depth + 1);
    if (!chain) return chain.error();
    chains.push_back(std::move(*chain));
  }
  if (chains.empty()) return Failure{ErrorKind::config, "'" + spec.kind + "' needs layers in brackets"};
  return chains;
}

template <class T>
[[nodiscard]] Result<AnyLayer<T>> make_layer(const LayerSpec& spec, Shape input, BuildLimits& left,
                                             Index depth) {
  const LayerMaker<T>* maker = find_maker<T>(spec.kind, BuiltinLayers<T>{});
  if (maker == nullptr) return unknown_layer(spec.kind, BuiltinLayers<T>{});
  if (maker->values_needed(spec.config, input) > static_cast<double>(left.values)) {
    return Failure{ErrorKind::config, "the layers need more values than there are"};
  }
  if (maker->join != nullptr) {
    Result<std::vector<AnyModel<T>>> chains = build_branches<T>(*maker, spec, input, left, depth);
    return chains ? maker->join(spec.config, std::move(*chains), input) : chains.error();
  }
  if (!spec.branches.empty()) {
    return Failure{ErrorKind::config, in_quotes(spec.kind) + " is not made of other layers"};
  }
  Result<AnyLayer<T>> layer = maker->make(spec.config, input);
  if (layer) {
    AnyLayer<T>::visit([&](Role, const ParamName&, auto p) { left.values -= p.size(); }, *layer);
  }
  return layer;
}

template <class T>
[[nodiscard]] Result<AnyModel<T>> build_chain(std::span<const LayerSpec> specs, Shape input,
                                              BuildLimits& left, Index depth) {
  if (specs.empty()) return Failure{ErrorKind::config, "a net needs a layer"};
  if (depth >= most_nested_layers) return Failure{ErrorKind::config, "layers are nested too deeply"};
  AnyModel<T> net;
  for (const LayerSpec& spec : specs) {
    const std::string where = "layer " + std::to_string(net.layers.size()) + ": ";
    if (--left.layers < 0) return Failure{ErrorKind::config, "there are more layers than the limit"};
    Result<AnyLayer<T>> layer = make_layer<T>(spec, input, left, depth);
    if (!layer) return Failure{layer.error().kind, where + layer.error().what};
    if (const std::string text = layer->complaint(input); !text.empty()) {
      return Failure{ErrorKind::shape, where + text};
    }
    input = layer->out_shape(input);
    if (left.values < 0 || size_of(input) > static_cast<double>(left.outputs)) {
      return Failure{ErrorKind::config, where + "the layers need more values than there are"};
    }
    net.layers.push_back(std::move(*layer));
  }
  return net;
}

}  // namespace detail

/// A chain of layers from data, for samples of the given shape; weights are zero.
template <class T = float>
[[nodiscard]] Result<AnyModel<T>> try_build(std::span<const LayerSpec> specs, Shape input,
                                            const BuildLimits& limits = {}) {
  BuildLimits left = limits;
  return detail::build_chain<T>(specs, input, left, 0);
}

/// A chain of layers from text such as "dense:64,relu,dropout:0.2,dense:2".
template <class T = float>
[[nodiscard]] Result<AnyModel<T>> try_build(std::string_view text, Shape input) {
  const Result<std::vector<LayerSpec>> specs = try_parse_layers<T>(text);
  if (!specs) return specs.error();
  return try_build<T>(specs.value(), input);
}

/// As `try_build`; throws ConfigError.
template <class T = float, class Source>
[[nodiscard]] AnyModel<T> build(const Source& source, Shape input) {
  return try_build<T>(source, input).value();
}

#if defined(WEIR_COMPILED)
extern template Result<AnyModel<float>> detail::build_chain<float>(std::span<const LayerSpec>, Shape,
                                                                   BuildLimits&, Index);
extern template struct detail::BuiltinBackward<float>;
extern template Result<std::vector<LayerSpec>> try_parse_layers<float>(std::string_view, Index);
#endif

}  // namespace weir::inline WEIR_ABI
