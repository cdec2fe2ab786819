// Stopping and resuming training. A checkpoint holds the whole FitState: weights, optimizer, best weights,
// history. Going on from it gives the same bits as never having stopped.
//
//   FitState state = start_fit(net, Adam{}, options.seed);
//   resume("run.ckpt", state);                                      // does nothing if there is no such file
//   continue_fit(state, training, validation, loss, Adam{}, options, Checkpoint{"run.ckpt"});
//
// The file is replaced atomically: a program killed at any moment leaves the checkpoint before or the new
// one.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/io/load.hpp>
#include <weir/io/safetensors.hpp>
#include <weir/io/save.hpp>
#include <weir/train/fit.hpp>

#include <unistd.h>

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

inline constexpr std::string_view checkpoint_version = "2";

/// Calls f(prefix, net) for everything in the state that has the form of the net.
template <class State, class F>
void each_net(State& state, F f) {
  f(std::string("net."), state.net);
  f(std::string("best."), state.best);
  for (std::size_t i = 0; i < state.optimizer.moments.size(); ++i) {
    f("moment" + std::to_string(i) + ".", state.optimizer.moments[i]);
  }
}

/// Why a checkpoint does not fit the state; empty when it does.
template <class Net>
[[nodiscard]] std::string misfit(const SafetensorsView& file, const FitState<Net>& state) {
  const std::optional<std::string_view> version = file.metadata("weir.checkpoint");
  if (!version) return "is no checkpoint";
  if (*version != checkpoint_version) {
    return "is a checkpoint of version " + in_quotes(*version) + ", and this is a reader of version '" +
           std::string(checkpoint_version) + "'";
  }
  if (file.metadata("weir.layers") != layers_text(describe(state.net))) return "is of another net";
  if (file.metadata("weir.optimizer") != state.optimizer.kind)
    return "is of another optimizer than " + state.optimizer.kind;
  const std::string moments = std::to_string(state.optimizer.moments.size());
  if (file.metadata("weir.moments") != moments) {
    return "is of other options of " + state.optimizer.kind + ": its moments are not " + moments;
  }
  return {};
}

/// What is neither weight nor history: optimizer steps, best loss (may be infinite), epochs waited, best
/// epoch, stopped.
template <class State>
[[nodiscard]] std::array<double, 5> progress_of(const State& state) {
  return {static_cast<double>(state.optimizer.steps), state.best_loss, static_cast<double>(state.waited),
          static_cast<double>(state.history.best_epoch), state.history.stopped_early ? 1.0 : 0.0};
}

}  // namespace detail

/// Writes the state to `path`, atomically and durably.
template <class Net>
[[nodiscard]] Status try_save_checkpoint(const std::string& path, const FitState<Net>& state) {
  SafetensorsWriter writer;
  writer.set_metadata("weir.checkpoint", std::string(detail::checkpoint_version));
  writer.set_metadata("weir.layers", detail::layers_text(describe(state.net)));
  writer.set_metadata("weir.optimizer", state.optimizer.kind);
  writer.set_metadata("weir.moments", std::to_string(state.optimizer.moments.size()));
  detail::each_net(
      state, [&](const std::string& prefix, const Net& net) { detail::add_parameters(writer, prefix, net); });
  const std::array<double, 5> progress = detail::progress_of(state);
  writer.add("progress", TensorView<const double>(progress.data(), {static_cast<Index>(progress.size())}));
  std::vector<double> history;
  for (const EpochReport& report : state.history.epochs) {
    const auto row = detail::history_row(report);
    history.insert(history.end(), row.begin(), row.end());
  }
  writer.add("history",
             TensorView<const double>(history.data(), {static_cast<Index>(detail::history_columns),
                                                       static_cast<Index>(state.history.epochs.size())}));
  return try_write_safetensors(path, writer);
}

/// Reads a checkpoint into `state`, which must be of the same layers and optimizer and is unchanged on
/// failure.
template <class Net>
[[nodiscard]] Status try_load_checkpoint(const std::string& path, FitState<Net>& state) {
  const Result<SafetensorsFile> read = try_read_safetensors(path);
  if (!read) return read.error();
  const SafetensorsView& file = read.value().view();
  const auto wrong = [&](const std::string& what) {
    return Failure{ErrorKind::format, "'" + path + "': " + what};
  };
  if (const std::string what = detail::misfit(file, state); !what.empty()) return wrong(what);

  FitState<Net> loaded = state;
  Status all = std::monostate{};
  detail::each_net(loaded, [&](const std::string& prefix, Net& net) {
    if (all) all = detail::read_parameters(file, prefix, net);
  });
  if (!all) return wrong(all.error().what);
  std::array<double, 5> progress{};
  if (Status s = file.try_read_into("progress", TensorView<double>(progress.data(), {5})); !s) return s;
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}, std::size_t{3}}) {
    if (!detail::is_count(progress[i])) return wrong("holds a number of steps or epochs that is none");
  }
  loaded.optimizer.steps = static_cast<std::int64_t>(progress[0]);
  loaded.best_loss = progress[1];
  loaded.waited = static_cast<Index>(progress[2]);
  loaded.history.best_epoch = static_cast<Index>(progress[3]);
  loaded.history.stopped_early = progress[4] != 0.0;

  const std::optional<TensorInfo> info = file.find("history");
  const std::size_t row_bytes = detail::history_columns * sizeof(double);
  if (!info || info->bytes.size() % row_bytes != 0) return wrong("has no history");
  const std::size_t rows = info->bytes.size() / row_bytes;
  std::vector<double> history(rows * detail::history_columns);
  const TensorView<double> view(history.data(),
                                {static_cast<Index>(detail::history_columns), static_cast<Index>(rows)});
  if (Status s = file.try_read_into("history", view); !s) return s;
  loaded.history.epochs.clear();
  for (std::size_t i = 0; i < rows; ++i) {
    const double* row = history.data() + i * detail::history_columns;
    if (!detail::is_count(row[0]) || !detail::is_count(row[1])) return wrong("has an epoch that is none");
    loaded.history.epochs.push_back(
        detail::history_report(std::span<const double>(row, detail::history_columns)));
  }
  state = std::move(loaded);
  return std::monostate{};
}

/// Goes on from the checkpoint at `path` if there is one. Returns whether there was; throws when it cannot be
/// used.
template <class Net>
bool resume(const std::string& path, FitState<Net>& state) {
  if (::access(path.c_str(), F_OK) != 0) return false;
  static_cast<void>(try_load_checkpoint(path, state).value());
  return true;
}

/// A callback of `fit` that writes a checkpoint every `every` epochs.
struct Checkpoint {
  std::string path;
  Index every = 1;

  template <class State>
  void on_epoch(const State& state, const EpochReport& report) const {
    if (every < 1) fail(ErrorKind::config, "Checkpoint: 'every' must be at least 1");
    if (report.epoch % every == 0) static_cast<void>(try_save_checkpoint(path, state).value());
  }
};

}  // namespace weir::inline WEIR_ABI
