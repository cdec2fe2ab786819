// Reading a pipeline from its file.
//
//   auto any = load_any("ids.weir");                      // the layers come from the file
//   auto own = load<MyNet>("ids.weir", MyNet{});          // the layers are known; the file must agree
//
// Everything is checked before it is used: checksum, format, layers, names and extents of all tensors, and
// the probe, which is run again and must give what it gave when the file was written. A reader refuses what
// it does not know.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/load_net.hpp>
#include <weir/io/probe.hpp>
#include <weir/io/read_file.hpp>
#include <weir/io/reference_tensors.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/io/settings_check.hpp>
#include <weir/io/settings_text.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] Result<double> parse_number(const SafetensorsView& file, std::string_view key);

[[nodiscard]] inline Result<Task> parse_task(std::string_view text) {
  if (const std::optional<Task> task = named<Task>(text)) return *task;
  return bad_file("weir.task: " + in_quotes(text) + " is not known");
}

/// Moves the value of a result into `to`, or hands on its error.
template <class T>
[[nodiscard]] Status assign(Result<T> from, T& to) {
  if (!from) return from.error();
  to = std::move(*from);
  return std::monostate{};
}

template <class T, class Parse>
[[nodiscard]] Status read_text(const SafetensorsView& file, std::string_view key, T& to, Parse parse) {
  const Result<std::string_view> text = required_text(file, key);
  if (!text) return text.error();
  return assign<T>(parse(text.value()), to);
}

[[nodiscard]] Status read_errors(const SafetensorsView& file, PipelineSettings& settings);

/// What belongs to another task would be silently lost.
[[nodiscard]] Status refuse_foreign(const SafetensorsView& file, Task task);

[[nodiscard]] Result<PipelineSettings> read_settings(const SafetensorsView& file);

/// The common end of both ways to load: `net` has the right layers, its weights are to come.
template <class Net>
[[nodiscard]] Result<Pipeline<Net>> finish_load(const OpenedFile& file, PipelineSettings settings, Net net) {
  const Result<Shape> output = output_shape(file.view, net, settings.input);
  if (!output) return output.error();
  if (const std::string text = settings_complaint(settings, output.value()); !text.empty())
    return bad_file(text);
  if (Status s = fill_net(file.view, file.budget, settings.input, net); !s) return s.error();
  return Pipeline<Net>{std::move(settings), std::move(net)};
}

#if WEIR_BODIES

WEIR_BODY Result<double> parse_number(const SafetensorsView& file, std::string_view key) {
  const Result<std::string_view> text = required_text(file, key);
  if (!text) return text.error();
  JsonReader in(text.value());
  double value = 0.0;
  if (!in.number(value) || !in.end()) return in.failure(key);
  return value;
}

WEIR_BODY Status read_errors(const SafetensorsView& file, PipelineSettings& settings) {
  const auto size = static_cast<std::size_t>(settings.input.size());
  for (const auto& [name, to] : {std::pair{"errors.mean", &settings.errors.mean},
                                 std::pair{"errors.deviation", &settings.errors.deviation}}) {
    const std::optional<TensorInfo> info = file.find(name);
    if (!info || info->bytes.size() != size * sizeof(double)) {
      return bad_file(std::string("tensor '") + name + "' is missing or has not one number a feature");
    }
    to->resize(size);
    if (Status status = file.try_read_into(name, TensorView<double>(to->data(), {static_cast<Index>(size)}));
        !status) {
      return status;
    }
    for (const double value : *to) {
      if (!std::isfinite(value)) return bad_file(std::string("tensor '") + name + "' is not finite");
    }
  }
  for (const double value : settings.errors.deviation) {
    if (!(value > 0.0)) return bad_file("tensor 'errors.deviation' is not positive");
  }
  return std::monostate{};
}

WEIR_BODY Status refuse_foreign(const SafetensorsView& file, Task task) {
  const auto refuse = [task](const char* name) {
    return bad_file("'" + std::string(name) + "' does not belong to task " + std::string(name_of(task)));
  };
  for (const char* key : {"weir.target_mean", "weir.target_deviation"}) {
    if (task != Task::regress && file.metadata(key)) return refuse(key);
  }
  if (task != Task::anomaly && file.find("errors.mean")) return refuse("errors.mean");
  return std::monostate{};
}

WEIR_BODY Result<PipelineSettings> read_settings(const SafetensorsView& file) {
  PipelineSettings settings;
  if (Status s = read_text(file, "weir.task", settings.task, parse_task); !s) return s.error();
  if (Status s = read_text(file, "weir.input", settings.input, parse_shape); !s) return s.error();
  if (Status s = read_text(file, "weir.labels", settings.labels, parse_labels); !s) return s.error();
  if (Status s = read_text(file, "weir.record", settings.record, parse_record); !s) return s.error();
  if (Status s = assign(parse_number(file, "weir.threshold"), settings.threshold); !s) return s.error();
  if (file.metadata("weir.preprocess")) {
    if (Status s = read_text(file, "weir.preprocess", settings.preprocess, parse_preprocess); !s)
      return s.error();
  }
  if (file.metadata("weir.samples")) {
    if (Status s = read_text(file, "weir.samples", settings.samples, parse_samples); !s) return s.error();
  }
  if (const std::string text = samples_complaint(settings); !text.empty()) return bad_file(text);
  if (settings.task == Task::regress) {
    if (Status s = assign(parse_number(file, "weir.target_mean"), settings.target.mean); !s) return s.error();
    if (Status s = assign(parse_number(file, "weir.target_deviation"), settings.target.deviation); !s)
      return s.error();
  }
  if (settings.task == Task::anomaly) {
    if (Status s = read_errors(file, settings); !s) return s.error();
    if (settings.labels.classes.empty()) settings.labels.classes = {"benign", "anomaly"};
  }
  if (Status s = refuse_foreign(file, settings.task); !s) return s.error();
  if (Status s = read_reference(file, settings.input.size(), settings.reference); !s) return s.error();
  return settings;
}

#endif

}  // namespace detail

/// A pipeline whose layers are known to the program; `like` gives their extents (weights are overwritten).
/// FormatError when the file's layers differ, or when it asks for more memory than `options` allow.
template <class Net>
[[nodiscard]] Result<Pipeline<Net>> try_parse(std::span<const std::byte> bytes, Net like,
                                              const LoadOptions& options = {}) {
  const Result<detail::OpenedFile> file = detail::open_file(bytes, options);
  if (!file) return file.error();
  Result<PipelineSettings> settings = detail::read_settings(file.value().view);
  if (!settings) return settings.error();
  if (Status s = detail::check_layers(file.value().view, describe(like)); !s) return s.error();
  return detail::finish_load(file.value(), std::move(*settings), std::move(like));
}

template <class Net>
[[nodiscard]] Result<Pipeline<Net>> try_load(const std::string& path, Net like,
                                             const LoadOptions& options = {}) {
  return detail::parse_file(path, options, [&](std::span<const std::byte> bytes) {
    return try_parse(bytes, std::move(like), options);
  });
}

/// As `try_load`; throws. A net whose extents are all known at compile time needs no `like`.
template <class Net>
[[nodiscard]] Pipeline<Net> load(const std::string& path, Net like = {}, const LoadOptions& options = {}) {
  return try_load(path, std::move(like), options).value();
}

}  // namespace weir::inline WEIR_ABI
