// Reading a pipeline whose layers are known from its file alone. Apart from load.hpp, because it compiles
// every kind of layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/io/load.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/registry.hpp>

#include <span>
#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

/// What the file's tensors can fill. Weights are allocated from extents in the metadata, so before that the
/// file must hold as many; a layer's output may be larger than its input, but not without measure.
[[nodiscard]] inline Result<BuildLimits> build_limits(const SafetensorsView& file, Shape input) {
  constexpr Index most_layers = 256;
  constexpr Index growth = 64, allowance = 65536;
  Index stored = 0;
  for (std::size_t i = 0; i < file.size(); ++i) {
    stored += static_cast<Index>(file[i].bytes.size() / sizeof(float));
  }
  const std::optional<TensorInfo> probe = file.find("probe.input");
  if (!probe || static_cast<double>(probe->bytes.size()) < static_cast<double>(input.size())) {
    return bad_file("tensor 'probe.input' is missing or smaller than the net's input");
  }
  return BuildLimits{most_layers, stored, growth * input.size() + stored + allowance};
}

}  // namespace detail

// Templates, so that a program which includes this file and does not call them compiles no layer for them.

template <class T = float>
[[nodiscard]] Result<Pipeline<AnyModel<T>>> try_parse_any(std::span<const std::byte> bytes) {
  const Result<SafetensorsView> file = try_parse_safetensors(bytes);
  if (!file) return file.error();
  Result<PipelineSettings> settings = detail::read_settings(file.value());
  if (!settings) return settings.error();
  std::vector<LayerSpec> layers;
  if (Status s = detail::read_text(file.value(), "weir.layers", layers, detail::parse_layers); !s)
    return s.error();
  const Result<BuildLimits> limits = detail::build_limits(file.value(), settings->input);
  if (!limits) return limits.error();
  Result<AnyModel<T>> net = try_build<T>(layers, settings->input, limits.value());
  if (!net) return detail::bad_file(net.error().what);
  return detail::finish_load(file.value(), std::move(*settings), std::move(*net));
}

template <class T = float>
[[nodiscard]] Result<Pipeline<AnyModel<T>>> try_load_any(const std::string& path) {
  const Result<std::vector<std::byte>> bytes = try_read_file(path, ReadOptions{}.max_file_bytes);
  if (!bytes) return bytes.error();
  Result<Pipeline<AnyModel<T>>> pipeline = try_parse_any<T>(bytes.value());
  if (!pipeline) return Failure{pipeline.error().kind, "'" + path + "': " + pipeline.error().what};
  return pipeline;
}

/// As `try_load_any`; throws IoError or FormatError.
template <class T = float>
[[nodiscard]] Pipeline<AnyModel<T>> load_any(const std::string& path) {
  return try_load_any<T>(path).value();
}

}  // namespace weir::inline WEIR_ABI
