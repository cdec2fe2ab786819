// One sample and what the net makes of it, stored in the model file, so that every reader can find out
// whether its net computes the same. load() does; who wants to see by how much another machine rounds differently:
//
//   const auto pipeline = load_any("ids.weir");
//   const auto probe = run_probe("ids.weir", pipeline.net, pipeline.input);
//   std::printf("%g\n", probe.difference());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/rng.hpp>
#include <weir/io/load_limits.hpp>
#include <weir/io/read_file.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/models/workspace.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Outputs before a final sigmoid or softmax: those that the file's writer got, and those of a net here.
template <class T>
struct Probe {
  std::vector<T> stored{};
  std::vector<T> computed{};

  /// The largest of any output.
  [[nodiscard]] double difference() const {
    double most = 0.0;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      most = std::max(most, std::fabs(static_cast<double>(stored[i]) - static_cast<double>(computed[i])));
    }
    return most;
  }
};

namespace detail {

/// A sample that every reader runs again and whose result it compares: uniform in [0, 1), from a fixed key.
template <class T>
[[nodiscard]] std::vector<T> probe_input(Shape input) {
  Rng rng(RngKey{0x5052'4f42'45});
  std::vector<T> sample(static_cast<std::size_t>(input.size()));
  for (T& value : sample) value = static_cast<T>(rng.uniform());
  return sample;
}

/// What the net makes of it, before a final sigmoid or softmax, which would hide differences.
template <class Net>
[[nodiscard]] std::vector<typename Net::Scalar> probe_output(const Net& net, Shape input,
                                                             std::span<const typename Net::Scalar> sample) {
  Workspace<Net> workspace(net, input, 1);
  const auto y = workspace.forward(net, {sample.data(), input, 1}, {.logits = true}).span();
  return {y.begin(), y.end()};
}

/// A tensor of the probe; its size is compared before memory is taken for it.
template <class T>
[[nodiscard]] Result<std::vector<T>> read_probe(const SafetensorsView& file, std::string_view name,
                                                Shape shape) {
  const std::optional<TensorInfo> info = file.find(name);
  if (!info || info->bytes.size() / sizeof(T) != static_cast<std::size_t>(shape.size())) {
    return bad_file("tensor '" + std::string(name) + "' is missing or not of " + shape.str() + " values");
  }
  std::vector<T> values(static_cast<std::size_t>(shape.size()));
  if (Status s = file.try_read_into(name, TensorView<T>(values.data(), {shape.size()})); !s) return s.error();
  return values;
}

template <class Net>
[[nodiscard]] Result<Probe<typename Net::Scalar>> try_run_probe(const SafetensorsView& file, const Net& net,
                                                                Shape input, Shape output) {
  using T = typename Net::Scalar;
  const Result<std::vector<T>> sample = read_probe<T>(file, "probe.input", input);
  if (!sample) return sample.error();
  Result<std::vector<T>> stored = read_probe<T>(file, "probe.output", output);
  if (!stored) return stored.error();
  return Probe<T>{std::move(*stored), probe_output(net, input, std::span<const T>(sample.value()))};
}

}  // namespace detail

/// Runs the sample of the file at `path` through a net for samples of that shape.
template <class Net>
[[nodiscard]] Result<Probe<typename Net::Scalar>> try_run_probe(const std::string& path, const Net& net,
                                                                Shape input) {
  const Result<std::vector<std::byte>> bytes = try_read_file(path, LoadOptions{}.max_file_bytes);
  if (!bytes) return bytes.error();
  const auto run = [&]() -> Result<Probe<typename Net::Scalar>> {
    const Result<SafetensorsView> file = try_parse_safetensors(bytes.value());
    if (!file) return file.error();
    const Result<Shape> output = try_out_shape(net, input);
    if (!output) return output.error();
    return detail::try_run_probe(file.value(), net, input, output.value());
  };
  Result<Probe<typename Net::Scalar>> probe = run();
  if (!probe) return Failure{probe.error().kind, "'" + path + "': " + probe.error().what};
  return probe;
}

/// The same; throws IoError, FormatError or ShapeError.
template <class Net>
[[nodiscard]] Probe<typename Net::Scalar> run_probe(const std::string& path, const Net& net, Shape input) {
  return try_run_probe(path, net, input).value();
}

}  // namespace weir::inline WEIR_ABI
