// How a net is chosen and trained. Where nothing is given, the recipe for the rows chooses
// (train/recipe.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/task.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class ClassWeights : unsigned char {
  none,     ///< every row weighs the same
  balanced  ///< rare classes weigh more, so that all together weigh the same
};
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(ClassWeights) {
  return {"none", "balanced"};
}

struct LearnOptions {
  std::string layers{};     ///< hidden ones, as build() reads them: "dense:64,relu"; the last is added
  bool quick = false;       ///< a small net and 20 epochs instead of what suits the rows
  std::string loss{};       ///< as make_loss() reads it: "huber:delta=2"; otherwise by the task
  std::string optimizer{};  ///< as make_optimizer() reads it: "adamw", "sgd:momentum=0.5"
  std::optional<double> learning_rate{};  ///< 0.002; own layers, quick: 0.001; anomaly: 0.003; sgd: 0.05
  std::optional<double> momentum{};       ///< of an optimizer that has one; sgd: 0.9
  std::optional<double> weight_decay{};   ///< 0.01; quick, own optimizer: 0
  double clip_norm = 0.0;                 ///< largest norm of the gradient; 0: any
  double label_smoothing = 0.0;           ///< classify
  std::string schedule = "cosine";        ///< of the learning rate: "cosine", "step" or "constant"
  ClassWeights class_weights = ClassWeights::none;  ///< classify
  std::optional<Index> epochs{};
  std::optional<Index> batch_size{};
  std::optional<Index> patience{};     ///< epochs without a lower loss after which training ends; 0: never
  std::optional<double> alarm_rate{};  ///< share of ordinary rows that may raise an alarm; sets the threshold
  std::uint64_t seed = 0;
  Index threads = 1;  ///< the result is the same for any number
};

/// All that was chosen; what was given stands in it as it was given.
struct LearnChoices {
  std::string layers{};     ///< hidden ones
  std::string optimizer{};  ///< its kind, or the text that was given
  double learning_rate = 0.0;
  double weight_decay = 0.0;
  Index epochs = 0;
  Index batch_size = 0;
  Index patience = 0;
  double tolerance = 0.0;  ///< see EarlyStopping
};

namespace detail {

/// Throws ConfigError when options do not fit the task.
inline void check_learning(const LearnOptions& o, Task task, double validation, OptionWords words) {
  const auto is = [words](const char* member) { return option_word(words, member); };
  const auto wrong = [](const std::string& what) { fail(ErrorKind::config, what); };
  const bool classify = task == Task::classify;
  if (!classify && o.class_weights != ClassWeights::none)
    wrong(is("class_weights") + " is for " + is("task") + " classify");
  if (!classify && o.label_smoothing > 0.0)
    wrong(is("label_smoothing") + " is for " + is("task") + " classify");
  if (!o.alarm_rate) return;
  if (task == Task::regress) wrong(is("alarm_rate") + " is not for " + is("task") + " regress");
  if (validation == 0.0) {
    wrong(is("alarm_rate") + " needs rows that are not trained on: " + is("validation") + " above 0");
  }
}

}  // namespace detail

/// Throws ConfigError when options exclude each other: what plan_learning() would find, but without samples.
inline void check_options(const SampleOptions& samples, const LearnOptions& options) {
  check_options(samples);
  detail::check_learning(options, samples.task, samples.validation, samples.words);
}

}  // namespace weir::inline WEIR_ABI
