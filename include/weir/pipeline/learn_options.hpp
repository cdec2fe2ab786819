// How a net is chosen and trained. Where nothing is given, the recipe for the rows chooses
// (train/recipe.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>
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
  std::string schedule = "cosine";        ///< of the learning rate: "constant", "cosine", "plateau" or "step"
  ClassWeights class_weights = ClassWeights::none;  ///< classify
  std::optional<Index> epochs{};
  std::optional<Index> batch_size{};
  std::optional<Index> patience{};     ///< epochs without a lower loss after which training ends; 0: never
  std::optional<double> alarm_rate{};  ///< share of ordinary rows that may raise an alarm; sets the threshold
  std::uint64_t seed = 0;
  Index threads = 1;  ///< the result is the same for any number

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("alarm_rate", o.alarm_rate, share_between(1e-7, 0.5),
          "share of ordinary rows that may raise an alarm; sets the threshold", "anomaly: 0.05");
    visit.group("Net and training");
    visit("layers", o.layers, AnyText{"layers"},
          "hidden layers, such as dense:64,relu,dropout:0.2; the last is added", "by the rows");
    visit("quick", o.quick, "a small net and 20 epochs, instead of what suits the rows");
    visit("loss", o.loss, "alone or with options, such as huber:delta=2", "by task and classes");
    visit("optimizer", o.optimizer, "alone or with options, such as sgd:momentum=0.5", "adamw; quick: adam");
    visit("learning_rate", o.learning_rate, RealRange{1e-12, 1e3}, "learning rate",
          "0.002; own layers, quick: 0.001; anomaly: 0.003; sgd: 0.05");
    visit("schedule", o.schedule, OneOf{{"constant", "cosine", "plateau", "step"}}, "of the learning rate");
    visit("epochs", o.epochs, count_from(1), "passes over the rows", "by rows and net, 10 to 400");
    visit("batch_size", o.batch_size, count_from(1), "rows of a step", "by rows, 32 to 128");
    visit("patience", o.patience, count_from(0), "stop after so many epochs without a lower loss; 0 never",
          "a third of epochs");
    visit("momentum", o.momentum, RealRange{0.0, 0.9999}, "of an optimizer that has one", "sgd: 0.9");
    visit("weight_decay", o.weight_decay, RealRange{0.0, 10.0}, "how strongly weights are drawn to 0",
          "0.01; quick, own optimizer: 0");
    visit("clip_norm", o.clip_norm, RealRange{0.0, 1e9}, "largest norm of the gradient; 0: any");
    visit("label_smoothing", o.label_smoothing, share_between(0.0, 0.5),
          "share of each label that is spread evenly over all classes");
    visit("class_weights", o.class_weights, "balanced: rare classes weigh more");
    visit("seed", o.seed, "of everything random");
    visit("threads", o.threads, IntegerRange{1, 256}, "the result is the same for any number");
  }
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

/// Throws ConfigError when an option lies outside of its bounds or does not fit the task.
inline void check_learning(const LearnOptions& o, Task task, double validation, OptionWords words) {
  const auto is = [words](const char* member) { return option_word(words, member); };
  const auto wrong = [](const std::string& what) { fail(ErrorKind::config, what); };
  checked_fields("learn", o);
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

/// Throws ConfigError when an option lies outside of its bounds or options exclude each other: what plan_learning() would find, but without samples.
inline void check_options(const SampleOptions& samples, const LearnOptions& options) {
  check_options(samples);
  detail::check_learning(options, samples.task, samples.validation, samples.words);
}

}  // namespace weir::inline WEIR_ABI
