// Reading the net alone from a pipeline's file, for a program that prepares its samples itself: what the
// outputs mean, and how records are encoded, stays unread and uncompiled.
//
//   using Net = Sequential<Dense<float, 100, 64>, Relu<>, Dense<float, 64, 1>, Sigmoid<>>;
//   const Net net = load_net<Net>("ids.weir");
//   Workspace workspace(net, Shape{100, 1}, 1);
//
// Checked as by load(): checksum, format, layers, names and extents of all tensors, and the probe.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_text.hpp>
#include <weir/core/layer.hpp>
#include <weir/io/format_version.hpp>
#include <weir/io/layers_text.hpp>
#include <weir/io/load_limits.hpp>
#include <weir/io/probe.hpp>
#include <weir/io/read_file.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/simd/reduce.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The text of a metadata key that must be there.
[[nodiscard]] inline Result<std::string_view> required_text(const SafetensorsView& file,
                                                            std::string_view key) {
  const std::optional<std::string_view> text = file.metadata(key);
  if (!text) return bad_file("the file has no '" + std::string(key) + "'");
  return *text;
}

[[nodiscard]] Status refuse_unknown_keys(const SafetensorsView& file);

/// What must hold before any text is read.
[[nodiscard]] Status check_format(const SafetensorsView& file, const MemoryBudget& budget);

[[nodiscard]] Result<Shape> parse_shape(std::string_view text);

/// The first option in which two layers of one kind differ, with both values.
[[nodiscard]] std::string differing_option(const LayerSpec& stored, const LayerSpec& own);

/// The file's layers must be those of the program.
[[nodiscard]] Status check_layers(const SafetensorsView& file, const std::vector<LayerSpec>& own);

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
  if (file.find("reference.cuts")) known += 3;
  if (file.size() != known) return bad_file("the file holds tensors that are not of this pipeline");
  return std::monostate{};
}

/// The shape of the net's output, or why it cannot take such samples. A sample as large as the stored one
/// cannot make an extent overflow.
template <class Net>
[[nodiscard]] Result<Shape> output_shape(const SafetensorsView& file, const Net& net, Shape input) {
  const std::optional<TensorInfo> sample = file.find("probe.input");
  if (!sample) return bad_file("the file has no tensor 'probe.input'");
  const std::size_t stored = sample->bytes.size() / sizeof(typename Net::Scalar);
  if (static_cast<double>(stored) != size_of(input)) {
    return bad_file("weir.input, " + input.str() + ", does not fit tensor 'probe.input', which has " +
                    std::to_string(stored) + " values");
  }
  Result<Shape> output = try_out_shape(net, input);
  if (!output) return bad_file("weir.input does not fit the layers: " + output.error().what);
  return output;
}

/// Runs the stored sample again. Other instruction sets round differently; a wrong model is off by far more.
template <class Net>
[[nodiscard]] Status check_probe(const SafetensorsView& file, const Net& net, Shape input, Shape output) {
  const Result<Probe<typename Net::Scalar>> probe = try_run_probe(file, net, input, output);
  if (!probe) return probe.error();
  for (std::size_t i = 0; i < probe.value().stored.size(); ++i) {
    const double wanted = static_cast<double>(probe.value().stored[i]);
    const double found = static_cast<double>(probe.value().computed[i]);
    if (!(std::fabs(found - wanted) <= 1e-4 * (1.0 + std::fabs(wanted)))) {
      return bad_file("the probe gives " + std::to_string(found) + " for output " + std::to_string(i) +
                      " where " + std::to_string(wanted) + " was stored: this net computes something else");
    }
  }
  return std::monostate{};
}

/// Fills `net`, whose layers are right, and runs the probe through it.
template <class Net>
[[nodiscard]] Status fill_net(const SafetensorsView& file, const MemoryBudget& budget, Shape input,
                              Net& net) {
  const Result<Shape> output = output_shape(file, net, input);
  if (!output) return output.error();
  if (Status s = check_memory(budget, net, input, output.value()); !s) return s;
  if (Status s = read_parameters(file, "net.", net); !s) return s;
  if (Status s = refuse_other_tensors(file, net); !s) return s;
  return check_probe(file, net, input, output.value());
}

/// The bytes of a file that can be a model, or what else they look like.
[[nodiscard]] inline Status check_kind(std::span<const std::byte> bytes) {
  const ContentKind kind = content_kind(bytes.first(std::min<std::size_t>(bytes.size(), 512)));
  if (kind == ContentKind::weir_model || kind == ContentKind::safetensors) return std::monostate{};
  return bad_file("this is no model: it looks like " + std::string(description(kind)) +
                  "; expected is a file written by save() or `weir train`");
}

/// What all ways to read a file begin with.
struct OpenedFile {
  SafetensorsView view;
  MemoryBudget budget;
};
[[nodiscard]] Result<OpenedFile> open_file(std::span<const std::byte> bytes, const LoadOptions& options);

/// parse(bytes) of the file at `path`, whose name stands before what is wrong.
template <class Parse>
[[nodiscard]] auto parse_file(const std::string& path, const LoadOptions& options, Parse parse)
    -> decltype(parse(std::span<const std::byte>())) {
  const Result<std::vector<std::byte>> bytes = try_read_file(path, options.max_file_bytes);
  if (!bytes) return bytes.error();
  auto result = parse(std::span<const std::byte>(bytes.value()));
  if (!result) return Failure{result.error().kind, "'" + path + "': " + result.error().what};
  return result;
}

#if WEIR_BODIES

WEIR_BODY Status refuse_unknown_keys(const SafetensorsView& file) {
  constexpr std::array<std::string_view, 13> known{
      "weir.checksum",   "weir.format",  "weir.input",     "weir.labels",      "weir.layers",
      "weir.preprocess", "weir.record",  "weir.threshold", "weir.target_mean", "weir.target_deviation",
      "weir.task",       "weir.version", "weir.samples"};
  for (std::size_t i = 0; i < file.metadata_size(); ++i) {
    const std::string_view key = file.metadata_at(i).first;
    const bool ours = key.substr(0, 5) == "weir.";
    if (key == "weir.checkpoint")
      return bad_file("this is a checkpoint of a training, from which it goes on, and no model");
    if (ours && std::find(known.begin(), known.end(), key) == known.end()) {
      return bad_file(in_quotes(key) + " is not known to this version");
    }
  }
  return std::monostate{};
}

WEIR_BODY Status check_format(const SafetensorsView& file, const MemoryBudget& budget) {
  if (Status s = budget.check(); !s) return s;
  if (Status s = refuse_unknown_keys(file); !s) return s;
  const Result<std::string_view> format = required_text(file, "weir.format");
  if (!format) return format.error();
  if (format.value() == format_version) return std::monostate{};
  return bad_file("the file's format is " + in_quotes(format.value()) + ", this version reads " +
                  std::string(format_version));
}

WEIR_BODY Result<Shape> parse_shape(std::string_view text) {
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

WEIR_BODY std::string differing_option(const LayerSpec& stored, const LayerSpec& own) {
  const auto text = [](const ConfigValue* value) {
    JsonWriter out;
    if (value == nullptr) return std::string("no such option");
    write_config_value(out, *value);
    return out.text();
  };
  for (const LayerSpec* layer : {&own, &stored}) {
    for (const auto& [name, value] : layer->config.entries()) {
      const ConfigValue *theirs = stored.config.find(name), *ours = own.config.find(name);
      if (theirs != nullptr && ours != nullptr && same_value(*theirs, *ours)) continue;
      return "the file has '" + name + "' " + text(theirs) + ", the program " + text(ours);
    }
  }
  return "the file has other layers inside than the program";
}

WEIR_BODY Status check_layers(const SafetensorsView& file, const std::vector<LayerSpec>& own) {
  const Result<std::string_view> text = required_text(file, "weir.layers");
  if (!text) return text.error();
  const Result<std::vector<LayerSpec>> read = parse_layers(text.value());
  if (!read) return read.error();
  const std::vector<LayerSpec>& stored = read.value();
  const auto kind = [](const std::vector<LayerSpec>& layers, std::size_t i) {
    return i < layers.size() ? layers[i].kind : std::string("no layer");
  };
  for (std::size_t i = 0; i < std::max(own.size(), stored.size()); ++i) {
    if (kind(own, i) != kind(stored, i)) {
      return bad_file("layer " + std::to_string(i) + ": the file has " + kind(stored, i) + ", the program " +
                      kind(own, i));
    }
    if (!(own[i] == stored[i])) {
      return bad_file("layer " + std::to_string(i) + " (" + own[i].kind +
                      "): " + differing_option(stored[i], own[i]));
    }
  }
  return std::monostate{};
}

WEIR_BODY Result<OpenedFile> open_file(std::span<const std::byte> bytes, const LoadOptions& options) {
  if (Status s = check_kind(bytes); !s) return s.error();
  Result<SafetensorsView> view = try_parse_safetensors(bytes);
  if (!view) return view.error();
  const MemoryBudget budget(*view, bytes.size(), options);
  if (Status s = check_format(*view, budget); !s) return s.error();
  return OpenedFile{std::move(*view), budget};
}

#endif

}  // namespace detail

/// `like` gives the extents of layers that do not know them when they are compiled; its weights are
/// overwritten. FormatError when the file's layers differ.
template <class Net>
[[nodiscard]] Result<Net> try_parse_net(std::span<const std::byte> bytes, Net like = {},
                                        const LoadOptions& options = {}) {
  const Result<detail::OpenedFile> file = detail::open_file(bytes, options);
  if (!file) return file.error();
  const SafetensorsView& view = file.value().view;
  const Result<std::string_view> shape = detail::required_text(view, "weir.input");
  if (!shape) return shape.error();
  const Result<Shape> input = detail::parse_shape(shape.value());
  if (!input) return input.error();
  if (Status s = detail::check_layers(view, describe(like)); !s) return s.error();
  if (Status s = detail::fill_net(view, file.value().budget, input.value(), like); !s) return s.error();
  return like;
}

template <class Net>
[[nodiscard]] Result<Net> try_load_net(const std::string& path, Net like = {},
                                       const LoadOptions& options = {}) {
  return detail::parse_file(path, options, [&](std::span<const std::byte> bytes) {
    return try_parse_net(bytes, std::move(like), options);
  });
}

/// As `try_load_net`; throws IoError or FormatError.
template <class Net>
[[nodiscard]] Net load_net(const std::string& path, Net like = {}, const LoadOptions& options = {}) {
  return try_load_net(path, std::move(like), options).value();
}

}  // namespace weir::inline WEIR_ABI
