// How much a model file may ask for: reading it, and running its net on one sample, take at most 8 times its
// size and 1 MiB, unless the caller allows more for a file that is trusted. Time follows memory: a run may
// take 4096 operations for each byte of that limit, and 2^32, which is seconds for a small file.
//
//   auto big = load_any("segmentation.weir", {.max_memory = std::uint64_t{2} << 30});
//
// Nothing is taken before it is counted: the file and its tables, the texts' values, weights, and what each
// layer says its cache needs (core/layer_traits.hpp) with the buffers between the layers.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/models/workspace.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

struct LoadOptions {
  /// Bytes that reading the file and running its net on one sample may take, the file among them. 0: 8 times
  /// the size of the file and 1 MiB.
  std::uint64_t max_memory = 0;
  std::uint64_t max_file_bytes = ReadOptions{}.max_file_bytes;
};

namespace detail {

[[nodiscard]] inline Failure bad_file(std::string what) { return {ErrorKind::format, std::move(what)}; }

/// "1.3 MiB"
[[nodiscard]] std::string bytes_text(double bytes);

/// What the values of the metadata's texts take at most: a string of two characters takes 32 bytes, and three
/// times that while its list grows; an option of a layer more.
[[nodiscard]] double settings_bytes(const SafetensorsView& file);

/// The memory that is left of what a file may ask for.
class MemoryBudget {
 public:
  MemoryBudget(const SafetensorsView& file, std::size_t file_bytes, const LoadOptions& options)
      : file_bytes_(static_cast<double>(file_bytes)), limit_(static_cast<double>(options.max_memory)) {
    if (options.max_memory == 0) limit_ = least_limit(file_bytes_);
    settings_ = settings_bytes(file);
    taken_ = file_bytes_ + static_cast<double>(file.table_bytes()) + settings_;
  }

  /// What a file may ask for unless the caller allows more.
  [[nodiscard]] static double least_limit(double file_bytes) noexcept { return 8.0 * file_bytes + 1048576.0; }

  [[nodiscard]] double file_bytes() const noexcept { return file_bytes_; }
  [[nodiscard]] double left() const noexcept { return std::max(limit_ - taken_, 0.0); }

  /// Whether `bytes` more may be taken; `what` says for what.
  [[nodiscard]] Status check(double bytes, std::string_view what) const;
  /// Whether a run of so many operations is in proportion.
  [[nodiscard]] Status check_work(double operations, std::string_view what) const;
  /// Whether the metadata may be read.
  [[nodiscard]] Status check() const;

 private:
  [[nodiscard]] Status check(double bytes, double sum, std::string_view what) const;

  double file_bytes_;
  double limit_;
  double settings_ = 0.0;
  double taken_ = 0.0;  // by these and by the file itself
};

/// The layer that asks for most memory, in words: "layer 3 (conv1d: 1.2 MiB)".
template <class Net>
[[nodiscard]] std::string greediest_layer(const Net& net, Shape input) {
  double most = -1.0;
  std::string text;
  each_layer(net, [&](std::size_t i, const auto& layer) {
    const Shape output = layer.out_shape(input);
    const double own = scratch(layer, input, 1) + bytes_of<typename Net::Scalar>(size_of(output));
    input = output;
    if (own <= most) return;
    most = own;
    const std::string kind(kind_of(layer));
    text = "layer " + std::to_string(i) + " (" + kind + ": " + bytes_text(own) + ")";
  });
  return text;
}

/// Whether the net may be run on one sample, and step by step where it can.
template <class Net>
[[nodiscard]] Status check_memory(const MemoryBudget& budget, const Net& net, Shape input, Shape output) {
  using T = typename Net::Scalar;
  const auto refuse = [&](double bytes) {
    return budget.check(bytes, "running the net, above all " + greediest_layer(net, input) + ",");
  };
  const double weights = bytes_of<T>(stored_values(net));
  const double samples = bytes_of<T>(size_of(input)) + 3.0 * bytes_of<T>(size_of(output));
  const double workspace = workspace_bytes(net, input, 1);
  if (Status s = refuse(weights + samples + workspace); !s) return s;
  // A scorer, when the file is no longer there: the weights packed, by a layer that packs in its cache as large as there.
  if (Status s = refuse(2.0 * (weights + workspace) + samples - budget.file_bytes()); !s) return s;
  if (Status s = budget.check_work(work(net, input), "running the net"); !s) return s;
  if (!streams(net)) return std::monostate{};
  return refuse(weights + bytes_of<T>(state_size(net, input)));
}

#if WEIR_BODIES

WEIR_BODY std::string bytes_text(double bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024.0 && unit + 1 < units.size(); bytes /= 1024.0) ++unit;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", std::min(bytes, 1e15),
                units[unit]);
  return text.data();
}

WEIR_BODY double settings_bytes(const SafetensorsView& file) {
  constexpr double string_cost = 96.0, option_cost = 256.0, number_cost = 24.0, objects = 131072.0;
  double bytes = objects;
  for (std::size_t i = 0; i < file.metadata_size(); ++i) {
    const auto [key, text] = file.metadata_at(i);
    if (key.substr(0, 5) != "weir.") continue;  // of others, and stays unread
    const double strings = static_cast<double>(std::count(text.begin(), text.end(), '"')) / 2.0;
    bytes += static_cast<double>(text.size());
    bytes += strings * (key == "weir.layers" ? option_cost : string_cost);
    bytes += number_cost * static_cast<double>(std::count(text.begin(), text.end(), ','));
  }
  return bytes;
}

WEIR_BODY Status MemoryBudget::check(double bytes, double sum, std::string_view what) const {
  if (sum <= limit_) return std::monostate{};
  return bad_file(std::string(what) + " needs " + bytes_text(bytes) + ", which makes " + bytes_text(sum) +
                  " with the file and its tables; a file of " + bytes_text(file_bytes_) + " may ask for " +
                  bytes_text(limit_) + " (whoever trusts it allows more: max_memory, --model-memory)");
}

WEIR_BODY Status MemoryBudget::check_work(double operations, std::string_view what) const {
  if (operations <= 4096.0 * limit_ + 4294967296.0) return std::monostate{};
  std::array<char, 40> count{};
  std::snprintf(count.data(), count.size(), "%.1e", operations);
  return bad_file(std::string(what) + " takes " + count.data() + " operations, too many for a file of " +
                  bytes_text(file_bytes_) + " (whoever trusts it allows more: max_memory, --model-memory)");
}

WEIR_BODY Status MemoryBudget::check(double bytes, std::string_view what) const {
  return check(bytes, taken_ + bytes, what);
}

WEIR_BODY Status MemoryBudget::check() const {
  return check(settings_, taken_, "reading the metadata's values");
}

#endif

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
