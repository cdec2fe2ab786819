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
#include <weir/io/pipeline.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/save.hpp>
#include <weir/io/settings_text.hpp>
#include <weir/models/layer_spec.hpp>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] inline Failure bad_file(std::string what) { return {ErrorKind::format, std::move(what)}; }

/// The text of a metadata key that must be there.
[[nodiscard]] inline Result<std::string_view> required_text(const SafetensorsView& file,
                                                            std::string_view key) {
  const std::optional<std::string_view> text = file.metadata(key);
  if (!text) return bad_file("the file has no '" + std::string(key) + "'");
  return *text;
}

[[nodiscard]] inline Status refuse_unknown_keys(const SafetensorsView& file) {
  constexpr std::array<std::string_view, 13> known{
      "weir.checksum",   "weir.format",  "weir.input",     "weir.labels",      "weir.layers",
      "weir.preprocess", "weir.record",  "weir.threshold", "weir.target_mean", "weir.target_deviation",
      "weir.task",       "weir.version", "weir.samples"};
  for (std::size_t i = 0; i < file.metadata_size(); ++i) {
    const std::string_view key = file.metadata_at(i).first;
    const bool ours = key.substr(0, 5) == "weir.";
    if (ours && std::find(known.begin(), known.end(), key) == known.end()) {
      return bad_file("'" + std::string(key) + "' is not known to this version");
    }
  }
  return std::monostate{};
}

[[nodiscard]] inline Result<double> parse_number(const SafetensorsView& file, std::string_view key) {
  const Result<std::string_view> text = required_text(file, key);
  if (!text) return text.error();
  JsonReader in(text.value());
  double value = 0.0;
  if (!in.number(value) || !in.end()) return in.failure(key);
  return value;
}

[[nodiscard]] inline Result<Shape> parse_shape(std::string_view text) {
  constexpr std::int64_t limit = 1 << 24;
  std::vector<std::int64_t> extents;
  JsonReader in(text);
  const bool fine =
      in.array([&] { return extents.size() < 2 && in.integer(extents.emplace_back()); }) && in.end();
  if (!fine) return in.failure("weir.input");
  if (extents.size() != 2 || extents[0] < 1 || extents[0] > limit || extents[1] < 1 || extents[1] > limit) {
    return bad_file("weir.input: two extents from 1 to 2^24 are expected");
  }
  return Shape{static_cast<Index>(extents[0]), static_cast<Index>(extents[1])};
}

[[nodiscard]] inline Result<Task> parse_task(std::string_view text) {
  for (std::size_t i = 0; i < task_names.size(); ++i) {
    if (task_names[i] == text) return static_cast<Task>(i);
  }
  return bad_file("weir.task: '" + std::string(text) + "' is not known");
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

[[nodiscard]] inline Status read_errors(const SafetensorsView& file, PipelineSettings& settings) {
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

/// Texts of many tiny values would take many times their size in memory: a string of two characters takes 32
/// bytes, and twice that while its list grows.
[[nodiscard]] inline Status check_values(const SafetensorsView& file) {
  constexpr double string_cost = 96, number_cost = 16, allowance = 65536;
  double size = 0.0, strings = 0.0, numbers = 0.0;
  for (std::size_t i = 0; i < file.size(); ++i) size += static_cast<double>(file[i].bytes.size());
  for (std::size_t i = 0; i < file.metadata_size(); ++i) {
    const std::string_view text = file.metadata_at(i).second;
    size += static_cast<double>(text.size());
    strings += static_cast<double>(std::count(text.begin(), text.end(), '"')) / 2;
    numbers += static_cast<double>(std::count(text.begin(), text.end(), ','));
  }
  if (strings * string_cost + numbers * number_cost > 2 * size + allowance) {
    return bad_file("the metadata has more values than a file of this size can have");
  }
  return std::monostate{};
}

/// What a record gives must be what samples are made of.
[[nodiscard]] inline Status check_samples(const PipelineSettings& settings) {
  const std::string complaint = sample_complaint(settings.samples, settings.input, settings.preprocess);
  if (!complaint.empty()) return bad_file(complaint);
  if (settings.samples.kind == SampleKind::window && settings.task != Task::regress) {
    return bad_file("weir.samples: windows are for forecasts, task regress");
  }
  return std::monostate{};
}

[[nodiscard]] inline Result<PipelineSettings> read_settings(const SafetensorsView& file) {
  PipelineSettings settings;
  if (Status s = check_values(file); !s) return s.error();
  if (Status s = refuse_unknown_keys(file); !s) return s.error();
  const Result<std::string_view> format = required_text(file, "weir.format");
  if (!format) return format.error();
  if (format.value() != format_version) {
    return bad_file("the file's format is " + std::string(format.value()) + ", this version reads " +
                    std::string(format_version));
  }
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
  if (Status s = check_samples(settings); !s) return s.error();
  if (settings.task == Task::regress) {
    if (Status s = assign(parse_number(file, "weir.target_mean"), settings.target.mean); !s) return s.error();
    if (Status s = assign(parse_number(file, "weir.target_deviation"), settings.target.deviation); !s)
      return s.error();
  }
  if (settings.task == Task::anomaly) {
    if (Status s = read_errors(file, settings); !s) return s.error();
  }
  return settings;
}

/// What the outputs mean must fit how many there are.
[[nodiscard]] inline Status check_outputs(const PipelineSettings& settings, Shape output) {
  const auto wrong = [&](const char* what) {
    return bad_file("the net gives " + output.str() + " values, which does not fit " + what);
  };
  if (settings.task == Task::anomaly && output != settings.input) return wrong("an autoencoder");
  if (settings.task == Task::regress && output.size() != 1) return wrong("a regression");
  const Index classes = static_cast<Index>(settings.labels.classes.size());
  if (settings.task == Task::classify && output.size() != classes && !(output.size() == 1 && classes == 2)) {
    return wrong("the number of classes");
  }
  return std::monostate{};
}

/// Fills the parameters of `net`, whose extents are known.
template <class Net>
[[nodiscard]] Status read_parameters(const SafetensorsView& file, const std::string& prefix, Net& net) {
  Status status = std::monostate{};
  Net::visit(
      [&](Role, const ParamName& name, auto values) {
        if (!status) return;
        status = file.try_read_into(prefix + name.str(), values);
        if (status && !simd::all_finite(values.size(), values.data())) {
          status = bad_file("tensor '" + prefix + name.str() + "' is not finite");
        }
      },
      net);
  return status;
}

/// Tensors of the net that the file has beside those that were read would be silently lost: refused.
template <class Net>
[[nodiscard]] Status refuse_other_tensors(const SafetensorsView& file, const Net& net) {
  std::size_t known = 2;  // the probe
  Net::visit([&](Role, const ParamName&, auto) { ++known; }, net);
  if (file.find("errors.mean")) known += 2;
  if (file.size() != known) return bad_file("the file holds tensors that are not of this pipeline");
  return std::monostate{};
}

/// Runs the stored sample again. Other instruction sets round differently; a wrong model is off by far more.
template <class Net>
[[nodiscard]] Status run_probe(const SafetensorsView& file, const Net& net, Shape input, Shape output) {
  using T = typename Net::Scalar;
  std::vector<T> sample(static_cast<std::size_t>(input.size()));
  std::vector<T> expected(static_cast<std::size_t>(output.size()));
  const TensorView<T> sample_view(sample.data(), {input.size()});
  const TensorView<T> expected_view(expected.data(), {output.size()});
  if (Status s = file.try_read_into("probe.input", sample_view); !s) return s;
  if (Status s = file.try_read_into("probe.output", expected_view); !s) return s;
  const std::vector<T> result = probe_output(net, input, sample);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double wanted = static_cast<double>(expected[i]);
    const double found = static_cast<double>(result[i]);
    if (!(std::fabs(found - wanted) <= 1e-4 * (1.0 + std::fabs(wanted)))) {
      return bad_file("the probe gives " + std::to_string(found) + " for output " + std::to_string(i) +
                      " where " + std::to_string(wanted) + " was stored: this net computes something else");
    }
  }
  return std::monostate{};
}

/// The common end of both ways to load: `net` has the right layers, its weights are to come.
template <class Net>
[[nodiscard]] Result<Pipeline<Net>> finish_load(const SafetensorsView& file, PipelineSettings settings,
                                                Net net) {
  const Shape output = net.out_shape(settings.input);
  if (Status s = check_outputs(settings, output); !s) return s.error();
  if (Status s = read_parameters(file, "net.", net); !s) return s.error();
  if (Status s = refuse_other_tensors(file, net); !s) return s.error();
  if (Status s = run_probe(file, net, settings.input, output); !s) return s.error();
  return Pipeline<Net>{std::move(settings), std::move(net)};
}

}  // namespace detail

/// A pipeline whose layers are known to the program; `like` gives their extents (weights are overwritten).
/// FormatError when the file's layers differ.
template <class Net>
[[nodiscard]] Result<Pipeline<Net>> try_parse(std::span<const std::byte> bytes, Net like) {
  const Result<SafetensorsView> file = try_parse_safetensors(bytes);
  if (!file) return file.error();
  Result<PipelineSettings> settings = detail::read_settings(file.value());
  if (!settings) return settings.error();
  Result<std::vector<LayerSpec>> layers = Failure{};
  if (Status s =
          detail::read_text(file.value(), "weir.layers", layers,
                            [](std::string_view text) {
                              return Result<Result<std::vector<LayerSpec>>>(detail::parse_layers(text));
                            });
      !s) {
    return s.error();
  }
  if (!layers) return layers.error();
  const std::vector<LayerSpec> own = describe(like);
  for (std::size_t i = 0; i < std::max(own.size(), layers->size()); ++i) {
    if (i >= own.size() || i >= layers->size() || own[i].kind != (*layers)[i].kind) {
      return detail::bad_file("layer " + std::to_string(i) + ": the file has " +
                              (i < layers->size() ? (*layers)[i].kind : std::string("no layer")) +
                              ", the program " + (i < own.size() ? own[i].kind : std::string("no layer")));
    }
    if (!(own[i] == (*layers)[i])) {
      return detail::bad_file("layer " + std::to_string(i) + " (" + own[i].kind +
                              "): the file has other options than the program");
    }
  }
  return detail::finish_load(file.value(), std::move(*settings), std::move(like));
}

template <class Net>
[[nodiscard]] Result<Pipeline<Net>> try_load(const std::string& path, Net like) {
  const Result<std::vector<std::byte>> bytes = try_read_file(path, ReadOptions{}.max_file_bytes);
  if (!bytes) return bytes.error();
  Result<Pipeline<Net>> pipeline = try_parse(std::span<const std::byte>(bytes.value()), std::move(like));
  if (!pipeline) return Failure{pipeline.error().kind, "'" + path + "': " + pipeline.error().what};
  return pipeline;
}

/// As `try_load`; throws. A net whose extents are all known at compile time needs no `like`.
template <class Net>
[[nodiscard]] Pipeline<Net> load(const std::string& path, Net like = {}) {
  return try_load(path, std::move(like)).value();
}

}  // namespace weir::inline WEIR_ABI
