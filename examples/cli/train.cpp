// weir train TRAIN --label COLUMN --model FILE
#include "alarm_rate.hpp"
#include "assessment.hpp"
#include "choices.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "hints.hpp"
#include "preparation.hpp"
#include "report.hpp"
#include "training.hpp"

#include <weir/core/error.hpp>
#include <weir/data/byte_source.hpp>
#include <weir/data/text_encoding.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

namespace {

/// Outputs that the task needs: one for two classes, unless their labels are to be smoothed.
[[nodiscard]] weir::Index outputs_for(const Preparation& prepared, const TrainOptions& options) {
  if (prepared.task == weir::Task::anomaly) return prepared.input.channels;
  if (prepared.task == weir::Task::regress) return 1;
  const auto classes = static_cast<weir::Index>(prepared.labels.classes.size());
  return classes == 2 && options.label_smoothing == 0.0 ? 1 : classes;
}

[[nodiscard]] weir::AnyLoss loss_for(const Preparation& prepared, const TrainOptions& options) {
  if (prepared.task != weir::Task::classify) return weir::MeanSquaredError{};
  if (outputs_for(prepared, options) == 1) return weir::BinaryCrossEntropy{};
  return weir::CategoricalCrossEntropy{.label_smoothing = options.label_smoothing};
}

[[nodiscard]] weir::AnyOptimizer optimizer_for(const TrainOptions& options, const Choices& choices) {
  const double rate = choices.learning_rate;
  if (choices.optimizer == "sgd") {
    return weir::SGD{.learning_rate = rate,
                     .momentum = options.momentum,
                     .nesterov = options.momentum > 0.0,
                     .weight_decay = choices.weight_decay};
  }
  if (choices.optimizer == "adamw") {
    return weir::AdamW{.learning_rate = rate, .weight_decay = choices.weight_decay};
  }
  return weir::Adam{.learning_rate = rate, .weight_decay = choices.weight_decay};
}

[[nodiscard]] weir::Schedule schedule_for(const TrainOptions& options, long epochs) {
  if (options.schedule == "cosine") return weir::CosineSchedule{};
  if (options.schedule == "step") {
    return weir::StepSchedule{.every = static_cast<double>(std::max(1L, epochs / 3))};
  }
  return {};
}

[[nodiscard]] weir::FitOptions fit_options(const TrainOptions& options, const Choices& choices,
                                           const Preparation& prepared, weir::ThreadPool* pool) {
  weir::FitOptions fit;
  fit.epochs = choices.epochs;
  fit.batch_size = choices.batch_size;
  fit.seed = options.seed;
  fit.clip_norm = options.clip_norm;
  fit.schedule = schedule_for(options, choices.epochs);
  fit.early_stopping.patience = choices.patience;
  fit.early_stopping.tolerance = choices.tolerance;
  fit.pool = pool;
  if (options.class_weights == "balanced") {
    fit.class_weights = weir::balanced_class_weights(prepared.training.labels);
    fit.class_weights.resize(prepared.labels.classes.size(), 1.0);
  }
  return fit;
}

/// What `watch --drift` compares with: the rows that were trained on, and the scores of held-back ones where
/// there are any.
[[nodiscard]] weir::ReferenceStatistics reference_of(const Model& model, const Preparation& prepared) {
  constexpr weir::Index most_features = 2'048;  // the statistics take 152 bytes a feature
  const weir::SampleKind kind = model.samples.kind;
  const bool records = kind == weir::SampleKind::features || kind == weir::SampleKind::sequence;
  const auto size = static_cast<std::size_t>(model.input.size());
  if (!records || model.task == weir::Task::regress || model.input.size() > most_features) return {};
  std::vector<double> scores = scores_of(model, prepared.validation);
  if (scores.empty()) scores = scores_of(model, prepared.training);
  const auto values = static_cast<std::size_t>(prepared.training.rows()) * size;
  return weir::ReferenceStatistics::fit(std::span<const float>(prepared.training.x.data(), values), size,
                                        std::move(scores));
}

/// What is written into the file for people, and for commands that read tables like this one. Nothing that
/// differs from run to run: the same training gives the same file.
[[nodiscard]] Record record_of(const TrainOptions& options, const Choices& choices,
                               const Preparation& prepared, const weir::History& history,
                               const AlarmRate& rate, const std::string& layers, const char* loss) {
  Record record;
  const auto add = [&record](std::string name, const std::string& value) {
    // Names of files and words of the command line may be in any encoding; a model's texts are UTF-8.
    if (!value.empty()) record.emplace_back(std::move(name), weir::to_utf8(value));
  };
  const weir::EpochReport last = history.epochs.empty() ? weir::EpochReport{} : history.epochs.back();
  add("program", version_text());
  add("data", std::filesystem::path(options.table).filename().string());
  add("data checksum", checksum_of(options.table));
  for (const auto& [name, value] : format_record(options.input)) add(name, value);
  add("labels", prepared.label_counts);
  add("cells filled in", prepared.gaps);
  add("rows trained on", std::to_string(prepared.training.rows()));
  add("rows held back", std::to_string(prepared.validation.rows()));
  add("scaling", options.scaling);
  add("layers", layers);
  add("loss", loss);
  add("optimizer", choices.optimizer);
  add("learning rate", brief(choices.learning_rate));
  add("schedule", options.schedule);
  add("batch size", std::to_string(choices.batch_size));
  add("class weights", options.class_weights);
  add("seed", std::to_string(options.seed));
  add("epochs", std::to_string(history.epochs.size()) + " of " + std::to_string(choices.epochs));
  if (choices.patience > 0) add("weights of epoch", std::to_string(history.best_epoch));
  add("training loss", number(last.loss));
  if (prepared.validation.rows() > 0) add("validation loss", number(last.validation_loss));
  if (rate.asked > 0.0) {
    add("alarm rate",
        percent(rate.asked) + " of ordinary rows, by " + std::to_string(rate.ordinary) + " held back");
  }
  return record;
}

/// Layers that leave more than one step must not be the last ones, unless the input is to come back.
void check_output(const Preparation& prepared, const Net& net) {
  const weir::Shape output = output_of(net, prepared.input);
  if (prepared.task == weir::Task::anomaly) {
    if (output == prepared.input) return;
    weir::fail(weir::ErrorKind::config, "--layers: an anomaly model gives its input back, which is " +
                                            prepared.input.str() + "; these layers give " + output.str());
  }
  if (output.length == 1) return;
  weir::fail(weir::ErrorKind::config,
             "--layers: the layers end with " + std::to_string(output.length) +
                 " time steps; flatten, last_step or global pooling makes one of them");
}

struct Trained {
  Model model;
  Choices choices;
  weir::History history;
  AlarmRate alarm_rate;
  std::string log_failure;  ///< empty: there is all of it
  double seconds = 0.0;
};

[[nodiscard]] Trained train_model(const TrainOptions& options, const Preparation& prepared,
                                  double alarm_rate) {
  Trained result;
  Choices& choices = result.choices;
  choices = choose(options, prepared);
  const std::string layers = choices.layers + ",dense:" + std::to_string(outputs_for(prepared, options));
  const std::unique_ptr<weir::ThreadPool> pool =
      options.threads > 1 ? std::make_unique<weir::ThreadPool>(options.threads) : nullptr;
  result.model.net = build_net(layers, prepared.input);
  check_output(prepared, result.model.net);
  choose_epochs(choices, options, prepared, result.model.net);
  if (!options.output.json && !options.output.quiet && !choices.chosen.empty()) {
    print("  chosen: " + choices.chosen + "\n");
  }
  const Lesson lesson{prepared.training, prepared.validation, loss_for(prepared, options),
                      optimizer_for(options, choices), fit_options(options, choices, prepared, pool.get())};
  const bool bar = isatty(STDERR_FILENO) != 0 && !options.output.quiet;
  const auto begin = std::chrono::steady_clock::now();
  Watching watching{options.log, bar};
  result.history = learn(result.model.net, lesson, watching);
  result.log_failure = std::move(watching.log_failure);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  Model& model = result.model;
  model.task = prepared.task;
  model.input = prepared.input;
  model.samples = prepared.samples;
  model.preprocess = prepared.preprocess;
  model.labels = prepared.labels;
  model.target = prepared.target;
  if (prepared.task == weir::Task::anomaly) {
    model.errors = weir::ReconstructionError::fit(
        prepared.training.x, outputs_of(model.net, prepared.training.inputs(), pool.get()));
  }
  if (alarm_rate > 0.0) {
    result.alarm_rate = choose_threshold(model, prepared, alarm_rate);
    model.threshold = result.alarm_rate.threshold;
  }
  model.reference = reference_of(model, prepared);
  model.record = record_of(options, choices, prepared, result.history, result.alarm_rate, layers,
                           lesson.loss.kind().data());
  return result;
}

/// "30 steps x 3 channels"
[[nodiscard]] std::string steps_text(weir::Shape shape) {
  return count_of(shape.length, "step") + " x " + count_of(shape.channels, "channel");
}

/// What became of the columns.
[[nodiscard]] std::string features_text(const TrainOptions& options, const Preparation& prepared) {
  const weir::SampleRule& rule = prepared.samples;
  if (rule.kind == weir::SampleKind::image) {
    return std::to_string(rule.rows) + " x " + std::to_string(rule.columns) + " pixels give " +
           (options.sequence.empty() ? count_of(prepared.input.size(), "feature")
                                     : "sequences of " + steps_text(prepared.input)) +
           (rule.pixel_scale == 1.0 ? " (codes from 0 to 255)\n" : " (divided by 255)\n");
  }
  const auto columns = static_cast<std::int64_t>(prepared.preprocess.schema.columns.size());
  const std::string gives = count_of(columns, "column") + (columns == 1 ? " gives " : " give ");
  if (rule.kind == weir::SampleKind::features) {
    return gives + count_of(prepared.input.size(), "feature") + " (" + options.scaling + ", one-hot)\n";
  }
  const bool window = rule.kind == weir::SampleKind::window;
  return gives + (window ? "windows" : "sequences") + " of " + steps_text(prepared.input) + " (" +
         options.scaling + ")" +
         (window ? "; '" + options.label + "' is forecast " + count_of(rule.horizon, "step") + " ahead"
                 : "") +
         "\n";
}

[[nodiscard]] std::string left_out_note(const Preparation& prepared) {
  return "left out: " + count_of(static_cast<std::int64_t>(prepared.unlabelled), "row") +
         " without a label (--not-missing keeps labels such as None)";
}

[[nodiscard]] std::string beginning_text(const TrainOptions& options, const Preparation& prepared) {
  std::string text = options.table + ": " + count_of(static_cast<std::int64_t>(prepared.rows), "row");
  if (!prepared.label_counts.empty()) text += " (" + prepared.label_counts + ")";
  text += "\n";
  if (prepared.unlabelled > 0) text += "  " + left_out_note(prepared) + "\n";
  text += "  trained on " + std::to_string(prepared.training.rows()) + ", held back " +
          std::to_string(prepared.validation.rows());
  if (prepared.task == weir::Task::anomaly)
    text += "; only '" + prepared.labels.classes[0] + "' rows, as it is an anomaly model";
  text += "\n  " + features_text(options, prepared);
  return prepared.gaps.empty() ? text : text + "  " + prepared.gaps + "\n";
}

[[nodiscard]] std::string epochs_text(const weir::History& history) {
  std::string text = "   epoch        loss  validation\n";
  const std::size_t step = std::max<std::size_t>(1, (history.epochs.size() + 9) / 10);
  for (std::size_t i = 0; i < history.epochs.size(); ++i) {
    const weir::EpochReport& epoch = history.epochs[i];
    if ((i + 1) % step != 0 && i + 1 != history.epochs.size()) continue;
    text += right(std::to_string(epoch.epoch), 8) + right(number(epoch.loss), 12) +
            right(number(epoch.validation_loss), 12) + "\n";
  }
  return text;
}

[[nodiscard]] std::string training_text(const TrainOptions& options, const Trained& trained) {
  weir::Index parameters = 0;
  for (const LayerFacts& layer : layer_facts(trained.model)) parameters += layer.parameters;
  char speed[96];
  std::snprintf(speed, sizeof speed, "%.1f s on %ld %s", trained.seconds, options.threads,
                options.threads == 1 ? "thread" : "threads");
  std::string text = "\nNet " + std::string(recorded(trained.model.record, "layers")) + ": " +
                     count_of(parameters, "parameter") + ", trained in " + speed + "\n" +
                     epochs_text(trained.history);
  const weir::History& history = trained.history;
  if (history.stopped_early ||
      (trained.choices.patience > 0 && history.best_epoch != trained.choices.epochs)) {
    text += std::string(history.stopped_early ? "  stopped early; " : "  ") +
            "the weights are those of epoch " + std::to_string(history.best_epoch) + "\n";
  }
  return text;
}

[[nodiscard]] std::string held_back_title(const Preparation& prepared, const Assessment& result) {
  std::string text = "\nOn " + count_of(result.rows, "row") + " of this file that it was not trained on";
  if (prepared.task == weir::Task::anomaly)
    text += " (held-back '" + prepared.labels.classes[0] + "' rows and all others)";
  return text + ":\n";
}

[[nodiscard]] Json epochs_json(const weir::History& history) {
  Json epochs = Json::array();
  for (const weir::EpochReport& epoch : history.epochs) {
    Json one{{"epoch", epoch.epoch}, {"loss", epoch.loss}};
    one["validation_loss"] = std::isnan(epoch.validation_loss) ? Json(nullptr) : Json(epoch.validation_loss);
    one["learning_rate"] = epoch.learning_rate;
    epochs.push_back(std::move(one));
  }
  return epochs;
}

/// The report goes there.
void refuse_standard_output(const char* option, const std::string& path, bool quiet) {
  if (path != "-" && (quiet || path.empty() || !is_standard_output(path))) return;
  weir::fail(weir::ErrorKind::config, std::string(option) + ": '" + path +
                                          "' is standard output, where the report goes; give the name of a "
                                          "file, or /dev/stdout with --quiet");
}

/// What is to be judged by after training is looked at before it: whether it is there, and has the columns.
void check_test(const TrainOptions& options, const Preparation& prepared) {
  if (options.test.empty() || options.test == "-") return;
  if (prepared.samples.kind == weir::SampleKind::image) {
    static_cast<void>(weir::open_file(options.test).value());
    return;
  }
  const TableFile file(options.test, table_format(options.input), options.input.skip_bad_rows);
  file.require(options.label);
  for (const weir::Column& column : prepared.preprocess.schema.columns) file.require(column.name);
}

void judge_by_test(const TrainOptions& options, const Model& model, std::vector<std::string>& notes,
                   Json& json) {
  InputOptions input = options.input;
  if (!options.test_labels.empty()) input.labels = options.test_labels;
  weir::CsvReport report;
  const Assessment result = [&] {
    try {
      return assess_file(model, options.test, input, false, &report);
    } catch (const weir::Error& error) {
      weir::fail(error.kind(), "--test: " + std::string(error.what()) + "; the model is saved");
    }
  }();
  std::vector<std::string> about_test = reading_notes(report);
  about_test.insert(about_test.end(), result.notes.begin(), result.notes.end());
  for (std::string& note : notes_on(model.record, options.test)) about_test.push_back(std::move(note));
  if (!options.output.json && !options.output.quiet) {
    print("\nOn " + options.test + ", " + count_of(result.rows, "row") + ":\n" + notes_text(about_test) +
          to_text(result));
  }
  notes.insert(notes.end(), about_test.begin(), about_test.end());
  json["test"] = to_json(result);
}

}  // namespace

void train(const TrainOptions& given) {
  refuse_standard_output("--model", given.model, given.output.quiet);
  refuse_standard_output("--log", given.log, given.output.quiet);
  const bool layers_in_file = given.layers.starts_with('@');
  check_files({{"TRAIN", given.table},
               {"--labels", given.input.labels},
               {"--test", given.test},
               {"--test-labels", given.test_labels},
               {"--layers", layers_in_file ? given.layers.substr(1) : std::string()}},
              {{"--model", given.model},
               {"--log", given.log},
               {"standard output", given.output.quiet ? std::string() : std::string("-")}});
  const TrainOptions options = with_defaults(given);
  const bool talk = !options.output.json && !options.output.quiet;
  const Preparation prepared = prepare(options);
  check_test(options, prepared);
  const double alarm_rate = alarm_rate_for(options, prepared);
  std::vector<std::string> notes = prepared.notes;
  for (std::string& note : notes_on(prepared)) notes.push_back(std::move(note));
  if (talk) print(beginning_text(options, prepared) + notes_text(notes));
  const Trained trained = train_model(options, prepared, alarm_rate);
  save_model(options.model, trained.model);
  const std::vector<std::string> on_training = notes_on(trained.history);
  notes.insert(notes.end(), on_training.begin(), on_training.end());
  if (talk) print(training_text(options, trained) + notes_text(on_training));

  Json json{{"model", options.model},
            {"task", options.task},
            {"classes", prepared.labels.classes},
            {"features", prepared.input.size()},
            {"rows_trained", prepared.training.rows()},
            {"rows_held_back", prepared.validation.rows()},
            {"rows_without_label", prepared.unlabelled},
            {"seconds", trained.seconds},
            {"chosen", trained.choices.chosen},
            {"epochs", epochs_json(trained.history)}};
  if (prepared.validation.rows() > 0) {
    Assessor assessor(trained.model);
    if (prepared.samples.kind == weir::SampleKind::image) {
      assessor.add(prepared.held_back_samples);
    } else {
      assessor.add(prepared.held_back, prepared.history);
    }
    const Assessment result = assessor.finish();
    if (talk)
      print(held_back_title(prepared, result) + to_text(result) +
            to_text(trained.alarm_rate, prepared.labels));
    json["validation"] = to_json(result);
    if (alarm_rate > 0.0) json["alarm_rate"] = to_json(trained.alarm_rate);
  }
  if (!options.test.empty()) judge_by_test(options, trained.model, notes, json);
  if (talk) print("\nSaved " + options.model + "\n");
  if (!prepared.gaps.empty()) notes.push_back(prepared.gaps);
  if (prepared.unlabelled > 0) notes.push_back(left_out_note(prepared));
  json["notes"] = notes;
  if (options.output.json) print_json(json);
  if (!trained.log_failure.empty()) {
    weir::fail(weir::ErrorKind::io, "--log: " + trained.log_failure + "; the model is saved");
  }
}

}  // namespace cli
