// Writing a pipeline to one file: a safetensors file with weir's metadata, replaced atomically and durably
// (docs/model_format.md).
//
//   save("ids.weir", pipeline);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/io/format_version.hpp>
#include <weir/io/layers_text.hpp>
#include <weir/io/probe.hpp>
#include <weir/io/reference_tensors.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/settings_check.hpp>
#include <weir/io/settings_text.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class Net>
void add_parameters(SafetensorsWriter& writer, const std::string& prefix, const Net& net) {
  Net::visit([&](Role, const ParamName& name, auto values) { writer.add(prefix + name.str(), values); }, net);
}

[[nodiscard]] inline std::string exact_text(double value) {
  JsonWriter out;
  return out.number(value).text();
}

[[nodiscard]] inline std::string shape_text(Shape shape) {
  JsonWriter out;
  return out.begin('[').integer(shape.channels).integer(shape.length).end(']').text();
}

/// `tables` are those of the reference; the writer keeps views of them.
void add_reference(SafetensorsWriter& writer, const ReferenceStatistics& reference,
                   const ReferenceTables& tables);

void add_settings(SafetensorsWriter& writer, const PipelineSettings& settings);

#if WEIR_BODIES

WEIR_BODY void add_reference(SafetensorsWriter& writer, const ReferenceStatistics& reference,
                             const ReferenceTables& tables) {
  const auto bins = static_cast<Index>(ReferenceTables::bins);
  const auto features = static_cast<Index>(reference.features.size());
  writer.add("reference.cuts", TensorView<const double>(tables.cuts.data(), {bins - 1, features}));
  writer.add("reference.counts", TensorView<const std::int64_t>(tables.counts.data(), {bins, features}));
  writer.add("reference.scores", TensorView<const double>(reference.scores.data(),
                                                          {static_cast<Index>(reference.scores.size())}));
}

WEIR_BODY void add_settings(SafetensorsWriter& writer, const PipelineSettings& settings) {
  writer.set_metadata("weir.format", std::string(format_version));
  writer.set_metadata("weir.task", std::string(name_of(settings.task)));
  writer.set_metadata("weir.input", shape_text(settings.input));
  writer.set_metadata("weir.labels", labels_text(settings.labels));
  writer.set_metadata("weir.threshold", exact_text(settings.threshold));
  writer.set_metadata("weir.record", record_text(settings.record));
  if (settings.takes_records()) writer.set_metadata("weir.preprocess", preprocess_text(settings.preprocess));
  if (settings.samples.kind != SampleKind::features) {
    writer.set_metadata("weir.samples", samples_text(settings.samples));
  }
  if (settings.task == Task::regress) {
    writer.set_metadata("weir.target_mean", exact_text(settings.target.mean));
    writer.set_metadata("weir.target_deviation", exact_text(settings.target.deviation));
  }
}

#endif

}  // namespace detail

namespace detail {

/// Whether what was written is read as what it was: a number that is not finite, or a name that is no UTF-8,
/// is not.
template <class T, class Parse>
[[nodiscard]] Status check_text(const T& value, const std::string& text, const char* what, Parse parse) {
  const Result<T> read = parse(text);
  if (read && read.value() == value) return std::monostate{};
  return Failure{ErrorKind::config, std::string(what) + " cannot be written to a file: " +
                                        (read ? "there is a number that is not finite" : read.error().what)};
}

/// What load() refuses is not written.
[[nodiscard]] Status check_settings(const PipelineSettings& settings, Shape output);

#if WEIR_BODIES

WEIR_BODY Status check_settings(const PipelineSettings& settings, Shape output) {
  if (std::string text = settings_complaint(settings, output); !text.empty()) {
    return Failure{ErrorKind::config, std::move(text)};
  }
  if (Status s = check_text(settings.labels, labels_text(settings.labels), "weir.labels", parse_labels); !s)
    return s;
  if (Status s = check_text(settings.record, record_text(settings.record), "weir.record", parse_record); !s)
    return s;
  if (!settings.takes_records()) return std::monostate{};
  return check_text(settings.preprocess, preprocess_text(settings.preprocess), "weir.preprocess",
                    parse_preprocess);
}

#endif

}  // namespace detail

/// The bytes of the file. ConfigError when the settings do not fit the net or mean nothing.
template <class Net>
[[nodiscard]] Result<std::vector<std::byte>> try_serialize(const Pipeline<Net>& pipeline) {
  using T = typename Net::Scalar;
  const Result<Shape> output = try_out_shape(pipeline.net, pipeline.input);
  if (!output) return output.error();
  if (Status s = detail::check_settings(pipeline, output.value()); !s) return s.error();
  SafetensorsWriter writer;
  detail::add_settings(writer, pipeline);
  writer.set_metadata("weir.layers", detail::layers_text(describe(pipeline.net)));
  detail::add_parameters(writer, "net.", pipeline.net);

  const std::vector<double>& mean = pipeline.errors.mean;
  const std::vector<double>& deviation = pipeline.errors.deviation;
  if (!mean.empty()) {
    writer.add("errors.mean", TensorView<const double>(mean.data(), {static_cast<Index>(mean.size())}));
    writer.add("errors.deviation",
               TensorView<const double>(deviation.data(), {static_cast<Index>(deviation.size())}));
  }

  const detail::ReferenceTables reference = detail::reference_tables(pipeline.reference);
  if (!pipeline.reference.empty()) detail::add_reference(writer, pipeline.reference, reference);

  const std::vector<T> input = detail::probe_input<T>(pipeline.input);
  const std::vector<T> result = detail::probe_output(pipeline.net, pipeline.input, std::span<const T>(input));
  writer.add("probe.input", TensorView<const T>(input.data(), {static_cast<Index>(input.size())}));
  writer.add("probe.output", TensorView<const T>(result.data(), {static_cast<Index>(result.size())}));
  return writer.try_bytes();
}

template <class Net>
[[nodiscard]] Status try_save(const std::string& path, const Pipeline<Net>& pipeline) {
  const Result<std::vector<std::byte>> bytes = try_serialize(pipeline);
  if (!bytes) return Failure{bytes.error().kind, "'" + path + "': " + bytes.error().what};
  return try_write_file(path, bytes.value());
}

/// As `try_save`; throws IoError or FormatError.
template <class Net>
void save(const std::string& path, const Pipeline<Net>& pipeline) {
  static_cast<void>(try_save(path, pipeline).value());
}

}  // namespace weir::inline WEIR_ABI
