// Stopping and resuming training. A checkpoint holds the whole FitState: weights, optimizer, best weights, history,
// the epoch that training stands in. Going on from it gives the same bits as never having stopped.
//
//   FitState state = start_fit(net, Adam{}, options.seed);
//   resume("run.ckpt", state);                                      // does nothing if there is no such file
//   continue_fit(state, data, loss, Adam{}, options, Checkpoint{"run.ckpt"});
//
// The file is replaced atomically: a program killed at any moment leaves the checkpoint before or the new
// one. It is a safetensors file with checksum; weights of the net, best ones and moments stand in it under "net.",
// "best." and "moment0." and so on, as in a model file.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/layers_text.hpp>
#include <weir/io/load.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/save.hpp>
#include <weir/io/settings_text.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/train/fit_callbacks.hpp>
#include <weir/train/fit_state.hpp>

#include <unistd.h>

#include <array>
#include <chrono>
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

inline constexpr std::size_t history_columns = 8;

[[nodiscard]] inline std::array<double, history_columns> history_row(const EpochReport& report) {
  return {static_cast<double>(report.epoch),
          static_cast<double>(report.epochs),
          report.loss,
          report.validation_loss,
          report.learning_rate,
          report.seconds,
          report.samples_per_second,
          report.best ? 1.0 : 0.0};
}

/// Whether a number of a file is a count, so that it may be taken for an integer.
[[nodiscard]] inline bool is_count(double value) noexcept {
  return value >= 0.0 && value <= 9007199254740992.0 && value == std::floor(value);
}

[[nodiscard]] inline EpochReport history_report(std::span<const double> row) {
  return {.epoch = static_cast<Index>(row[0]),
          .epochs = static_cast<Index>(row[1]),
          .loss = row[2],
          .validation_loss = row[3],
          .learning_rate = row[4],
          .seconds = row[5],
          .samples_per_second = row[6],
          .best = row[7] != 0.0};
}

inline constexpr std::string_view checkpoint_version = "3";

/// Calls f(prefix, net) for everything in the state that has the form of the net.
template <class State, class F>
void each_net(State& state, F f) {
  f(std::string("net."), state.net);
  f(std::string("best."), state.best);
  for (std::size_t i = 0; i < state.optimizer.moments.size(); ++i) {
    f("moment" + std::to_string(i) + ".", state.optimizer.moments[i]);
  }
}

/// The first layer that is another.
[[nodiscard]] std::string other_layer(std::string_view text, const std::vector<LayerSpec>& layers);

/// Why a checkpoint does not fit the state; empty when it does.
template <class Net>
[[nodiscard]] std::string misfit(const SafetensorsView& file, const FitState<Net>& state) {
  const std::optional<std::string_view> version = file.metadata("weir.checkpoint");
  if (!version) return "is no checkpoint";
  if (*version != checkpoint_version) {
    return "is a checkpoint of version " + in_quotes(*version) + ", and this is a reader of version '" +
           std::string(checkpoint_version) + "'";
  }
  const std::vector<LayerSpec> layers = describe(state.net);
  const std::string_view then = file.metadata("weir.layers").value_or("");
  if (then != layers_text(layers)) return "is of another net: " + other_layer(then, layers);
  const std::string_view optimizer = file.metadata("weir.optimizer").value_or("");
  if (optimizer != state.optimizer.kind)
    return "is of another optimizer than " + state.optimizer.kind + ": " + in_quotes(optimizer);
  const std::string moments = std::to_string(state.optimizer.moments.size());
  if (file.metadata("weir.moments") != moments) {
    return "is of other options of " + state.optimizer.kind + ": its moments are not " + moments;
  }
  return {};
}

/// What is neither weight nor history: optimizer steps, best loss (may be infinite), epochs waited, best
/// epoch, stopped; then the epoch it stands in.
using Progress = std::array<double, 10>;

template <class State>
[[nodiscard]] Progress progress_of(const State& state) {
  const PartialEpoch& partial = state.partial;
  return {static_cast<double>(state.optimizer.steps),
          state.best_loss,
          static_cast<double>(state.waited),
          static_cast<double>(state.history.best_epoch),
          state.history.stopped_early ? 1.0 : 0.0,
          static_cast<double>(partial.batches),
          partial.loss_sum,
          partial.weight_sum,
          partial.learning_rate,
          partial.seconds};
}

template <class State>
void set_progress(State& state, const Progress& progress) {
  state.optimizer.steps = static_cast<std::int64_t>(progress[0]);
  state.best_loss = progress[1];
  state.waited = static_cast<Index>(progress[2]);
  state.history.best_epoch = static_cast<Index>(progress[3]);
  state.history.stopped_early = progress[4] != 0.0;
  state.partial = {static_cast<Index>(progress[5]), progress[6], progress[7], progress[8], progress[9]};
}

[[nodiscard]] Status read_progress(const SafetensorsView& file, Progress& progress);
[[nodiscard]] Status read_history(const SafetensorsView& file, History& history);

#if WEIR_BODIES

WEIR_BODY std::string other_layer(std::string_view text, const std::vector<LayerSpec>& layers) {
  const Result<std::vector<LayerSpec>> read = parse_layers(text);
  if (!read) return read.error().what;
  const std::vector<LayerSpec>& then = read.value();
  const auto shown = [](const std::vector<LayerSpec>& specs, std::size_t i) {
    return i < specs.size() ? in_quotes(kind_text(specs[i].kind, specs[i].config)) : std::string("not there");
  };
  std::size_t i = 0;
  while (i < then.size() && i < layers.size() && then[i] == layers[i]) ++i;
  return "layer " + std::to_string(i + 1) + " was " + shown(then, i) + ", and is " + shown(layers, i);
}

WEIR_BODY Status read_progress(const SafetensorsView& file, Progress& progress) {
  const TensorView<double> all(progress.data(), {static_cast<Index>(progress.size())});
  if (Status s = file.try_read_into("progress", all); !s) return s;
  for (const std::size_t i : {0U, 2U, 3U, 5U}) {
    if (!is_count(progress[i]))
      return Failure{ErrorKind::format, "holds a number of steps, batches or epochs that is none"};
  }
  return std::monostate{};
}

WEIR_BODY Status read_history(const SafetensorsView& file, History& history) {
  const std::optional<TensorInfo> info = file.find("history");
  constexpr std::size_t row_bytes = history_columns * sizeof(double);
  if (!info || info->bytes.size() % row_bytes != 0) return Failure{ErrorKind::format, "has no history"};
  const std::size_t rows = info->bytes.size() / row_bytes;
  std::vector<double> values(rows * history_columns);
  const TensorView<double> view(values.data(),
                                {static_cast<Index>(history_columns), static_cast<Index>(rows)});
  if (Status s = file.try_read_into("history", view); !s) return s;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::span<const double> row =
        std::span<const double>(values).subspan(i * history_columns, history_columns);
    if (!is_count(row[0]) || !is_count(row[1]))
      return Failure{ErrorKind::format, "has an epoch that is none"};
    history.epochs.push_back(history_report(row));
  }
  return std::monostate{};
}

#endif

}  // namespace detail

/// The bytes of the file.
template <class Net>
[[nodiscard]] Result<std::vector<std::byte>> try_serialize_checkpoint(const FitState<Net>& state) {
  SafetensorsWriter writer;
  writer.set_metadata("weir.checkpoint", std::string(detail::checkpoint_version));
  writer.set_metadata("weir.layers", detail::layers_text(describe(state.net)));
  writer.set_metadata("weir.optimizer", state.optimizer.kind);
  writer.set_metadata("weir.moments", std::to_string(state.optimizer.moments.size()));
  writer.set_metadata("weir.terms", detail::record_text(state.terms));
  detail::each_net(
      state, [&](const std::string& prefix, const Net& net) { detail::add_parameters(writer, prefix, net); });
  const detail::Progress progress = detail::progress_of(state);
  writer.add("progress", TensorView<const double>(progress.data(), {static_cast<Index>(progress.size())}));
  std::vector<double> history;
  for (const EpochReport& report : state.history.epochs) {
    const auto row = detail::history_row(report);
    history.insert(history.end(), row.begin(), row.end());
  }
  writer.add("history",
             TensorView<const double>(history.data(), {static_cast<Index>(detail::history_columns),
                                                       static_cast<Index>(state.history.epochs.size())}));
  return writer.try_bytes();
}

/// Reads the bytes of a checkpoint into `state`, which must be of the same layers and optimizer and is unchanged on
/// failure. It then is bound to the terms by which it came to where it is.
template <class Net>
[[nodiscard]] Status try_parse_checkpoint(std::span<const std::byte> bytes, FitState<Net>& state) {
  const Result<SafetensorsView> file = try_parse_safetensors(bytes);
  if (!file) return file.error();
  if (const std::string what = detail::misfit(file.value(), state); !what.empty())
    return Failure{ErrorKind::format, what};
  FitState<Net> loaded = state;
  Status all = std::monostate{};
  detail::each_net(loaded, [&](const std::string& prefix, Net& net) {
    if (all) all = detail::read_parameters(file.value(), prefix, net);
  });
  if (!all) return all;
  detail::Progress progress{};
  if (Status s = detail::read_progress(file.value(), progress); !s) return s;
  loaded.history = {};
  if (Status s = detail::read_history(file.value(), loaded.history); !s) return s;
  detail::set_progress(loaded, progress);
  Result<FitTerms> terms = detail::parse_record(file.value().metadata("weir.terms").value_or(""));
  if (!terms) return terms.error();
  loaded.terms = std::move(*terms);
  loaded.bound = true;
  state = std::move(loaded);
  return std::monostate{};
}

/// Writes the state to `path`, atomically and durably.
template <class Net>
[[nodiscard]] Status try_save_checkpoint(const std::string& path, const FitState<Net>& state) {
  const Result<std::vector<std::byte>> bytes = try_serialize_checkpoint(state);
  if (!bytes) return Failure{bytes.error().kind, "'" + path + "': " + bytes.error().what};
  return try_write_file(path, bytes.value());
}

template <class Net>
[[nodiscard]] Status try_load_checkpoint(const std::string& path, FitState<Net>& state) {
  const Result<std::vector<std::byte>> bytes = try_read_file(path, ReadOptions{}.max_file_bytes);
  if (!bytes) return bytes.error();
  const Status read = try_parse_checkpoint(bytes.value(), state);
  return read ? read : Failure{read.error().kind, "'" + path + "': " + read.error().what};
}

/// Goes on from the checkpoint at `path` if there is one. Returns whether there was; throws when it cannot be
/// used.
template <class Net>
bool resume(const std::string& path, FitState<Net>& state) {
  if (::access(path.c_str(), F_OK) != 0) return false;
  static_cast<void>(try_load_checkpoint(path, state).value());
  return true;
}

/// A callback of `fit` that keeps a checkpoint: of the end of training, also where another callback stops it, and
/// before that after every `every` epochs; or, with `seconds`, whenever so many have passed, between two batches.
class Checkpoint {
 public:
  explicit Checkpoint(std::string path, Index every = 1) : path_(std::move(path)), every_(every) {
    if (every < 1) fail(ErrorKind::config, "Checkpoint: 'every' must be at least 1");
  }
  [[nodiscard]] static Checkpoint by_time(std::string path, double seconds) {
    Checkpoint result(std::move(path));
    result.seconds_ = seconds;
    return result;
  }

  template <class State>
  void on_batch(const State& state, const BatchReport&) {
    if (seconds_ && since_written() >= *seconds_) write(state);
  }
  template <class State>
  void on_epoch(const State& state, const EpochReport& report) {
    if (seconds_ ? since_written() >= *seconds_ : report.epoch % every_ == 0) write(state);
  }
  template <class State>
  void on_end(const State& state) {
    if (steps_ != state.optimizer.steps || epochs_ != state.epochs_done()) write(state);
  }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] double since_written() const {
    return std::chrono::duration<double>(Clock::now() - written_).count();
  }
  template <class State>
  void write(const State& state) {
    static_cast<void>(try_save_checkpoint(path_, state).value());
    written_ = Clock::now();
    steps_ = state.optimizer.steps;
    epochs_ = state.epochs_done();
  }

  std::string path_;
  Index every_;
  std::optional<double> seconds_{};
  Clock::time_point written_ = Clock::now();
  std::int64_t steps_ = -1;  ///< of what is written
  Index epochs_ = -1;
};

}  // namespace weir::inline WEIR_ABI
