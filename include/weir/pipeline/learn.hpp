// From samples to a pipeline: a net by recipe or by options, trained, with its threshold and statistics. What
// `weir train` does:
//
//   const SampleOptions wanted{.task = Task::anomaly, .label = "label", .benign = {"BENIGN"}};
//   const Samples samples = make_samples(read_csv("flows.csv", {.kinds = kinds_for(wanted)}), wanted);
//   const auto learned = learn(samples);
//   const Assessment held_back = assess(learned.pipeline, samples);
//   save("ids.weir", learned.pipeline);
//
// What may be stopped and go on (io/checkpoint.hpp):
//
//   const auto plan = plan_learning(samples);
//   FitState state = start_learning(plan);
//   resume("ids.ckpt", state);
//   continue_learning(samples, plan, state, Checkpoint{"ids.ckpt"}, StopWhen{flag});
//   save("ids.weir", finish_learning(samples, plan, state).pipeline);
//
// The same samples and options give the same bits, for any number of threads.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/losses/any_loss.hpp>
#include <weir/losses/make_loss.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/registry.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/make_optimizer.hpp>
#include <weir/pipeline/complete.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/learned.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/train/find_learning_rate.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/fit_state.hpp>
#include <weir/train/recipe.hpp>
#include <weir/train/schedules.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

/// Whether a loss that takes that, and takes over that activation, can be what the task learns by.
[[nodiscard]] inline bool goes_with(Task task, Takes takes, Link link) noexcept {
  if (task == Task::classify) return takes != Takes::values && link != Link::identity;
  return takes != Takes::labels && link == Link::identity;
}

namespace detail {

inline constexpr Index quick_epochs = 20, quick_batch = 128;

[[nodiscard]] inline Goal goal_of(Task task) noexcept {
  if (task == Task::anomaly) return Goal::reconstruct;
  return task == Task::regress ? Goal::regress : Goal::classify;
}

[[nodiscard]] inline Recipe recipe_of(const Samples& samples) {
  return recipe_for(goal_of(samples.settings.task), samples.training.rows(), samples.settings.input);
}

/// A small net, whatever there is to learn.
[[nodiscard]] inline std::string quick_layers(const PipelineSettings& settings, const std::string& recipe) {
  if (settings.task == Task::anomaly) return recipe;
  return std::string(settings.input.length > 1 ? "flatten," : "") + "dense:64,relu,dense:32,relu";
}

[[nodiscard]] inline double rate_for(const LearnOptions& options, const std::string& optimizer,
                                     const Recipe& recipe, Task task) {
  if (optimizer == SGD::kind) return 0.05;
  const bool small = options.quick || !options.layers.empty();
  return small && task != Task::anomaly ? 1e-3 : recipe.learning_rate;
}

/// 0 where there is none of that name.
[[nodiscard]] inline double number_of(const Config& config, std::string_view name) {
  const ConfigValue* value = config.find(name);
  const auto* number = value == nullptr ? nullptr : std::get_if<double>(value);
  return number == nullptr ? 0.0 : *number;
}

/// Sets an option of `spec`, unless its text does: what was asked for, or else, where the kind has this option,
/// what suits.
inline void complete_option(KindSpec& spec, const Config& known, const char* name,
                            std::optional<double> asked, double otherwise) {
  const bool given = spec.options.find(name) != nullptr;
  if (asked && given) fail(ErrorKind::config, spec.kind, in_quotes(name) + " is given twice");
  if (asked || (!given && known.find(name) != nullptr)) spec.options.set(name, asked.value_or(otherwise));
}

/// The optimizer that was asked for, or AdamW; what its text leaves open is chosen by the recipe.
[[nodiscard]] inline AnyOptimizer optimizer_for(const LearnOptions& options, const std::string& text,
                                                const Samples& samples) {
  const Recipe recipe = recipe_of(samples);
  KindSpec spec = try_parse_kind(text).value();
  const Config known = make_optimizer(spec).config();
  const bool decays = options.optimizer.empty() && !options.quick;
  complete_option(spec, known, "learning_rate", options.learning_rate,
                  rate_for(options, spec.kind, recipe, samples.settings.task));
  complete_option(spec, known, "weight_decay", options.weight_decay, decays ? recipe.weight_decay : 0.0);
  if (spec.kind == SGD::kind) {
    complete_option(spec, known, "momentum", options.momentum, 0.9);
    const bool moves = make_optimizer(spec).moments() > 0;
    if (spec.options.find("nesterov") == nullptr) spec.options.set("nesterov", moves);
  } else if (options.momentum) {
    complete_option(spec, known, "momentum", options.momentum, 0.0);
  }
  return make_optimizer(spec);
}

/// Without epochs, which depend on what the net costs.
[[nodiscard]] inline LearnChoices choices_for(const LearnOptions& options, const Samples& samples) {
  const Recipe recipe = recipe_of(samples);
  LearnChoices result;
  result.layers = !options.layers.empty() ? options.layers
                  : options.quick         ? quick_layers(samples.settings, recipe.layers)
                                          : recipe.layers;
  result.optimizer = !options.optimizer.empty() ? options.optimizer : options.quick ? "adam" : "adamw";
  const Index batch = options.batch_size.value_or(options.quick ? quick_batch : recipe.batch_size);
  result.batch_size = std::min(batch, std::max<Index>(1, samples.training.rows()));
  return result;
}

/// Epochs, and what depends on them, for a net of so many operations a sample.
inline void choose_epochs(LearnChoices& choices, const LearnOptions& options, const Samples& samples,
                          Index flops) {
  Recipe recipe = recipe_of(samples);
  recipe.batch_size = choices.batch_size;
  choices.epochs = options.epochs.value_or(options.quick ? quick_epochs : recipe.epochs(flops));
  choices.patience = options.patience.value_or(0);
  // A number of epochs that was asked for is kept.
  if (!options.epochs && !options.patience && !options.quick && samples.validation.rows() > 0) {
    choices.patience = Recipe::patience(choices.epochs);
    choices.tolerance = Recipe::tolerance;
  }
}

/// The loss that was asked for, if it suits.
[[nodiscard]] inline AnyLoss asked_loss(const LearnOptions& options, const PipelineSettings& settings,
                                        OptionWords words) {
  KindSpec spec = try_parse_kind(options.loss).value();
  const bool smooths = options.label_smoothing > 0.0;
  if (smooths) complete_option(spec, {}, "label_smoothing", options.label_smoothing, 0.0);
  const AnyLoss loss = make_loss(spec);
  const std::string what = option_word(words, "loss") + " " + spec.kind;
  if (!goes_with(settings.task, loss.takes(), loss.final_link())) {
    fail(ErrorKind::config, what + " does not go with " + option_word(words, "task") + " " +
                                std::string(name_of(settings.task)));
  }
  if (loss.final_link() == Link::sigmoid && settings.labels.classes.size() > 2) {
    fail(ErrorKind::config,
         what + " tells two classes apart, but there are " + std::to_string(settings.labels.classes.size()));
  }
  return loss;
}

/// Two classes have one output, unless their labels are to be smoothed.
[[nodiscard]] inline AnyLoss loss_for(const LearnOptions& options, const PipelineSettings& settings,
                                      OptionWords words) {
  if (!options.loss.empty()) return asked_loss(options, settings, words);
  if (settings.task != Task::classify) return MeanSquaredError{};
  if (settings.labels.classes.size() == 2 && options.label_smoothing == 0.0) return BinaryCrossEntropy{};
  return CategoricalCrossEntropy{.label_smoothing = options.label_smoothing};
}

/// Outputs that task and loss need.
[[nodiscard]] inline Index outputs_for(const PipelineSettings& settings, const AnyLoss& loss) {
  if (settings.task == Task::anomaly) return settings.input.channels;
  if (loss.final_link() != Link::softmax) return 1;
  return static_cast<Index>(settings.labels.classes.size());
}

[[nodiscard]] inline Schedule schedule_for(const std::string& name, Index epochs) {
  const auto share = [epochs](Index part) { return std::max<Index>(1, epochs / part); };
  if (name == "cosine") return CosineSchedule{};
  if (name == "step") return StepSchedule{.every = static_cast<double>(share(3))};
  if (name == "plateau") return PlateauSchedule{.patience = share(10)};
  return {};
}

/// Layers that leave more than one step must not be the last ones, unless the input is to come back.
inline void check_output(const Samples& samples, Shape output) {
  const PipelineSettings& settings = samples.settings;
  const std::string layers = option_word(samples.words, "layers");
  if (settings.task == Task::anomaly) {
    if (output == settings.input) return;
    fail(ErrorKind::config, layers + ": an anomaly model gives its input back, which is " +
                                settings.input.str() + "; these layers give " + output.str());
  }
  if (output.length == 1) return;
  fail(ErrorKind::config, layers + ": the layers end with " + std::to_string(output.length) +
                              " time steps; flatten, last_step or global pooling makes one of them");
}

}  // namespace detail

/// Chooses what the options leave open. ConfigError when a net, an optimizer or an option does not fit the
/// samples, DataError when the alarm rate needs more rows.
template <class Net = AnyModel<float>>
[[nodiscard]] LearnPlan<Net> plan_learning(const Samples& samples, const LearnOptions& options = {}) {
  const PipelineSettings& settings = samples.settings;
  detail::check_learning(options, settings.task, samples.held_back_share, samples.words);
  static_cast<void>(alarm_rate_for(samples, options.alarm_rate));
  LearnChoices choices = detail::choices_for(options, samples);
  AnyLoss loss = detail::loss_for(options, settings, samples.words);
  AnyOptimizer optimizer = detail::optimizer_for(options, choices.optimizer, samples);
  choices.learning_rate = optimizer.learning_rate;
  choices.weight_decay = detail::number_of(optimizer.config(), "weight_decay");
  const std::string layers = choices.layers + ",dense:" + std::to_string(detail::outputs_for(settings, loss));
  Net net = build<typename Net::Scalar>(std::string_view(layers), settings.input);
  detail::check_output(samples, net.out_shape(settings.input));
  detail::choose_epochs(choices, options, samples, net.flops(settings.input));
  FitOptions fit;
  fit.epochs = choices.epochs;
  fit.batch_size = choices.batch_size;
  fit.seed = options.seed;
  fit.clip_norm = options.clip_norm;
  fit.schedule = detail::schedule_for(options.schedule, choices.epochs);
  fit.early_stopping = {.patience = choices.patience, .tolerance = choices.tolerance};
  if (options.class_weights == ClassWeights::balanced) {
    fit.class_weights = balanced_class_weights(samples.training.labels);
    fit.class_weights.resize(settings.labels.classes.size(), 1.0);
  }
  return {std::move(net),       layers,         std::move(choices), std::move(loss),
          std::move(optimizer), std::move(fit), options.alarm_rate, options.threads};
}

namespace detail {

[[nodiscard]] inline std::unique_ptr<ThreadPool> threads_of(Index threads) {
  return threads > 1 ? std::make_unique<ThreadPool>(threads) : nullptr;
}

}  // namespace detail

/// Where the training of a plan begins.
template <class Net>
[[nodiscard]] FitState<Net> start_learning(const LearnPlan<Net>& plan) {
  return start_fit(plan.net, plan.optimizer, plan.fit.seed);
}

/// Trains what was planned, from where `state` stands. Callbacks as for fit(); NumericError when training goes
/// astray.
template <class Net, class... Callbacks>
void continue_learning(const Samples& samples, const LearnPlan<Net>& plan, FitState<Net>& state,
                       Callbacks&&... callbacks) {
  const auto pool = detail::threads_of(plan.threads);
  FitOptions options = plan.fit;
  options.pool = pool.get();
  continue_fit(state, samples.training, samples.validation, plan.loss, plan.optimizer, options, callbacks...);
}

/// The pipeline of what was trained, also where a callback stopped it.
template <class Net>
[[nodiscard]] Learned<Net> finish_learning(const Samples& samples, const LearnPlan<Net>& plan,
                                           const FitState<Net>& state) {
  const auto pool = detail::threads_of(plan.threads);
  Completed<Net> done =
      complete_pipeline(samples, chosen_net(state, plan.fit.early_stopping), plan.alarm_rate, pool.get());
  return {std::move(done.pipeline),
          done.alarm_rate,
          state.history,
          state.seconds(),
          plan.choices,
          plan.layers,
          std::string(plan.loss.kind())};
}

/// Trains what was planned.
template <class Net, class... Callbacks>
[[nodiscard]] Learned<Net> learn(const Samples& samples, const LearnPlan<Net>& plan,
                                 Callbacks&&... callbacks) {
  FitState<Net> state = start_learning(plan);
  continue_learning(samples, plan, state, callbacks...);
  return finish_learning(samples, plan, state);
}

/// Chooses and trains.
template <class Net = AnyModel<float>>
[[nodiscard]] Learned<Net> learn(const Samples& samples, const LearnOptions& options = {}) {
  return learn(samples, plan_learning<Net>(samples, options));
}

/// The loss of what was planned at growing learning rates (train/find_learning_rate.hpp).
template <class Net>
[[nodiscard]] RateCurve find_learning_rate(const Samples& samples, const LearnPlan<Net>& plan) {
  ThreadPool pool(plan.threads);
  return find_learning_rate(plan.net, samples.training, plan.loss, plan.optimizer,
                            {.batch_size = plan.fit.batch_size,
                             .clip_norm = plan.fit.clip_norm,
                             .class_weights = plan.fit.class_weights,
                             .seed = plan.fit.seed,
                             .pool = &pool});
}

#if defined(WEIR_COMPILED)
extern template RateCurve find_learning_rate<AnyModel<float>>(const Samples&,
                                                              const LearnPlan<AnyModel<float>>&);
extern template LearnPlan<AnyModel<float>> plan_learning<AnyModel<float>>(const Samples&,
                                                                          const LearnOptions&);
extern template Learned<AnyModel<float>> learn<AnyModel<float>>(const Samples&,
                                                                const LearnPlan<AnyModel<float>>&);
extern template Learned<AnyModel<float>> finish_learning<AnyModel<float>>(const Samples&,
                                                                          const LearnPlan<AnyModel<float>>&,
                                                                          const FitState<AnyModel<float>>&);
extern template Completed<AnyModel<float>> complete_pipeline<AnyModel<float>>(const Samples&, AnyModel<float>,
                                                                              std::optional<double>,
                                                                              ThreadPool*);
#endif

}  // namespace weir::inline WEIR_ABI
