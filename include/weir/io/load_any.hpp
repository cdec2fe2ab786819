// Reading a pipeline whose layers are known from its file alone. Apart from load.hpp, because it compiles
// every kind of layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/io/load.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/workspace.hpp>
#include <weir/pipeline/scorer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

/// What the file's tensors can fill. Weights are allocated from extents in the metadata, so before that the
/// file must hold as many, and the memory must be there.
template <class T>
[[nodiscard]] BuildLimits build_limits(const OpenedFile& file) {
  double stored = 0.0;
  for (std::size_t i = 0; i < file.view.size(); ++i) stored += static_cast<double>(file.view[i].bytes.size());
  const double bytes = std::min(stored, file.budget.left());
  return {static_cast<Index>(most_file_layers), static_cast<Index>(bytes / sizeof(T)),
          static_cast<Index>(file.budget.left() / sizeof(T)) + 1};
}

}  // namespace detail

// Templates, so that a program which includes this file and does not call them compiles no layer for them.

template <class T = float>
[[nodiscard]] Result<Pipeline<AnyModel<T>>> try_parse_any(std::span<const std::byte> bytes,
                                                          const LoadOptions& options = {}) {
  const Result<detail::OpenedFile> file = detail::open_file(bytes, options);
  if (!file) return file.error();
  Result<PipelineSettings> settings = detail::read_settings(file.value().view);
  if (!settings) return settings.error();
  std::vector<LayerSpec> layers;
  if (Status s = detail::read_text(file.value().view, "weir.layers", layers, detail::parse_layers); !s)
    return s.error();
  Result<AnyModel<T>> net = try_build<T>(layers, settings->input, detail::build_limits<T>(file.value()));
  if (!net) return detail::bad_file(net.error().what);
  return detail::finish_load(file.value(), std::move(*settings), std::move(*net));
}

template <class T = float>
[[nodiscard]] Result<Pipeline<AnyModel<T>>> try_load_any(const std::string& path,
                                                         const LoadOptions& options = {}) {
  return detail::parse_file(
      path, options, [&](std::span<const std::byte> bytes) { return try_parse_any<T>(bytes, options); });
}

/// As `try_load_any`; throws IoError or FormatError.
template <class T = float>
[[nodiscard]] Pipeline<AnyModel<T>> load_any(const std::string& path, const LoadOptions& options = {}) {
  return try_load_any<T>(path, options).value();
}

/// What LoadOptions::max_memory has to be for a file, in whole MiB; 0 where the file can be read without.
template <class T = float>
[[nodiscard]] Result<std::uint64_t> try_memory_to_allow(std::span<const std::byte> bytes) {
  if (try_parse_any<T>(bytes)) return std::uint64_t{0};
  const auto pipeline = try_parse_any<T>(bytes, {.max_memory = std::uint64_t{1} << 62});
  if (!pipeline) return pipeline.error();
  constexpr std::uint64_t mebi = 1048576;
  const double run = workspace_bytes(pipeline.value().net, pipeline.value().input, 1);
  const double least = detail::MemoryBudget::least_limit(static_cast<double>(bytes.size())) + 2.5 * run;
  return (static_cast<std::uint64_t>(std::ceil(least / static_cast<double>(mebi))) + 1) * mebi;
}

#if defined(WEIR_COMPILED)
extern template Result<Pipeline<AnyModel<float>>> try_parse_any<float>(std::span<const std::byte>,
                                                                       const LoadOptions&);
extern template Result<Pipeline<AnyModel<float>>> try_load_any<float>(const std::string&, const LoadOptions&);
extern template class Workspace<AnyModel<float>>;
extern template class Scorer<AnyModel<float>>;
#endif

}  // namespace weir::inline WEIR_ABI
