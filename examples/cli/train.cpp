// weir train TRAIN --label COLUMN --model FILE
#include "commands.hpp"
#include "cross_validation.hpp"
#include "files.hpp"
#include "hints.hpp"
#include "input.hpp"
#include "interrupted.hpp"
#include "interruption.hpp"
#include "page.hpp"
#include "preparation.hpp"
#include "report.hpp"
#include "training.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/core/text_chart.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/data/text/text_encoding.hpp>
#include <weir/pipeline/assess_file.hpp>
#include <weir/pipeline/assessment_json.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/samples.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

namespace {

/// "benign 52734, attack 7266"
[[nodiscard]] std::string counts_text(const weir::Samples& samples) {
  std::string text;
  for (std::size_t i = 0; i < samples.class_counts.size(); ++i) {
    text += (i == 0 ? "" : ", ") + samples.settings.labels.classes[i] + " " +
            std::to_string(samples.class_counts[i]);
  }
  return text;
}

/// "Monday.csv, Tuesday.csv"
[[nodiscard]] std::string names_of(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) {
    text += (text.empty() ? "" : ", ") + std::filesystem::path(path).filename().string();
  }
  return text;
}

[[nodiscard]] std::string_view scaling_of(const TrainOptions& options) {
  return weir::name_of(options.samples.scaling_or_usual());
}

/// What is written into the file for people, and for commands that read tables like this one. Nothing that
/// differs from run to run: the same training gives the same file.
[[nodiscard]] weir::TextRecord record_of(const TrainOptions& options, const weir::Samples& samples,
                                         const Learned& learned) {
  const weir::History& history = learned.history;
  const weir::LearnChoices& choices = learned.choices;
  const weir::AlarmRate& rate = learned.alarm_rate;
  weir::TextRecord record;
  const auto add = [&record](std::string name, const std::string& value) {
    // Names of files and words of the command line may be in any encoding; a model's texts are UTF-8.
    if (!value.empty()) record.emplace_back(std::move(name), weir::to_utf8(value));
  };
  const weir::EpochReport last = history.epochs.empty() ? weir::EpochReport{} : history.epochs.back();
  add("program", version_text());
  add("data", names_of(options.tables));
  add("data checksum", checksums_of(options.tables));
  for (const auto& [name, value] : weir::record_of(options.input)) add(name, value);
  for (const auto& [name, value] : samples.settings.record) add(name, value);
  add("labels", counts_text(samples));
  add("cells filled in", weir::gaps_text(samples.gaps, samples.settings.preprocess));
  add("rows trained on", std::to_string(samples.training.rows()));
  add("rows held back", std::to_string(samples.validation.rows()));
  add("held back by", samples.held_back_by);
  add("scaling", std::string(scaling_of(options)));
  add("layers", learned.layers);
  add("loss", options.learning.loss.empty() ? learned.loss : options.learning.loss);
  add("optimizer", choices.optimizer);
  add("learning rate", weir::brief_text(choices.learning_rate));
  add("schedule", options.learning.schedule);
  add("batch size", std::to_string(choices.batch_size));
  add("class weights", std::string(weir::name_of(options.learning.class_weights)));
  add("seed", std::to_string(options.learning.seed));
  add("options", options.given);
  add("epochs", epochs_text(history, choices.epochs) + (history.interrupted ? ", interrupted" : ""));
  if (choices.patience > 0) add("weights of epoch", std::to_string(history.best_epoch));
  add("training loss", weir::number_text(last.loss));
  if (samples.validation.rows() > 0) add("validation loss", weir::number_text(last.validation_loss));
  if (rate.asked > 0.0) {
    add("alarm rate", weir::percent_text(rate.asked) + " of ordinary rows, by " +
                          std::to_string(rate.ordinary) + " held back");
  }
  return record;
}

/// What the program chose by itself, in words; empty when nothing.
[[nodiscard]] std::string chosen_text(const TrainOptions& options, const weir::LearnChoices& choices,
                                      weir::Index rows) {
  std::string text = options.learning.layers.empty() ? choices.layers : std::string();
  if (options.learning.epochs && text.empty()) return text;
  return text + (text.empty() ? "" : "; ") + std::to_string(choices.epochs) + " epochs of " +
         weir::count_text((rows + choices.batch_size - 1) / choices.batch_size, "step") + ", " +
         std::to_string(choices.batch_size) + " rows each, " + choices.optimizer + " at " +
         weir::brief_text(choices.learning_rate);
}

/// "30 steps x 3 channels"
[[nodiscard]] std::string steps_text(weir::Shape shape) {
  return weir::count_text(shape.length, "step") + " x " + weir::count_text(shape.channels, "channel");
}

/// What became of the columns.
[[nodiscard]] std::string features_text(const TrainOptions& options, const weir::Samples& samples) {
  const weir::PipelineSettings& settings = samples.settings;
  const weir::SampleRule& rule = settings.samples;
  if (rule.kind == weir::SampleKind::image) {
    return std::to_string(rule.rows) + " x " + std::to_string(rule.columns) + " pixels give " +
           (!options.samples.is_sequence() ? weir::count_text(samples.settings.input.size(), "feature")
                                           : "sequences of " + steps_text(samples.settings.input)) +
           (rule.pixel_scale == 1.0 ? " (codes from 0 to 255)\n" : " (divided by 255)\n");
  }
  const auto columns = static_cast<std::int64_t>(samples.settings.preprocess.schema.columns.size());
  const std::string gives = weir::count_text(columns, "column") + (columns == 1 ? " gives " : " give ");
  if (rule.kind == weir::SampleKind::features) {
    return gives + weir::count_text(samples.settings.input.size(), "feature") + " (" +
           std::string(scaling_of(options)) + ", one-hot)\n";
  }
  const bool window = rule.kind == weir::SampleKind::window;
  return gives + (window ? "windows" : "sequences") + " of " + steps_text(samples.settings.input) + " (" +
         std::string(scaling_of(options)) + ")" +
         (window ? "; '" + options.samples.label + "' is forecast " + weir::count_text(rule.horizon, "step") +
                       " ahead"
                 : "") +
         "\n";
}

[[nodiscard]] std::string left_out_note(const weir::Samples& samples) {
  return "left out: " + weir::count_text(samples.unlabelled, "row") +
         " without a label (--not-missing keeps labels such as None)";
}

[[nodiscard]] std::string beginning_text(const TrainOptions& options, const weir::Samples& samples) {
  std::string text = weir::files_text(options.tables) + ": " + weir::count_text(samples.rows, "row");
  if (const std::string counts = counts_text(samples); !counts.empty())
    text += " (" + weir::brief_list(counts) + ")";
  text += "\n";
  if (samples.unlabelled > 0) text += "  " + left_out_note(samples) + "\n";
  text += "  trained on " + std::to_string(samples.training.rows()) + ", held back " +
          std::to_string(samples.validation.rows());
  if (!samples.held_back_by.empty()) {
    text += (options.samples.by_time() ? ", the latest by '" : " in whole groups of '") +
            samples.held_back_by + "'";
  }
  if (samples.settings.task == weir::Task::anomaly)
    text += "; only '" + samples.settings.labels.classes[0] + "' rows, as it is an anomaly model";
  text += "\n  " + features_text(options, samples);
  const std::string gaps = weir::gaps_text(samples.gaps, samples.settings.preprocess);
  return gaps.empty() ? text : text + "  " + gaps + "\n";
}

[[nodiscard]] std::string epochs_table(const weir::History& history) {
  std::string text = "   epoch        loss  validation\n";
  const std::size_t step = std::max<std::size_t>(1, (history.epochs.size() + 9) / 10);
  for (std::size_t i = 0; i < history.epochs.size(); ++i) {
    const weir::EpochReport& epoch = history.epochs[i];
    if ((i + 1) % step != 0 && i + 1 != history.epochs.size()) continue;
    text += weir::pad_left(std::to_string(epoch.epoch), 8) +
            weir::pad_left(weir::number_text(epoch.loss), 12) +
            weir::pad_left(weir::number_text(epoch.validation_loss), 12) + "\n";
  }
  return text;
}

[[nodiscard]] std::string training_text(const TrainOptions& options, const Learned& learned) {
  char speed[96];
  std::snprintf(speed, sizeof speed, "%.1f s on %ld %s", learned.seconds, options.learning.threads,
                options.learning.threads == 1 ? "thread" : "threads");
  const weir::History& history = learned.history;
  std::string text = "\nNet " + std::string(weir::recorded(learned.pipeline.record, "layers")) + ": " +
                     weir::count_text(weir::parameter_count(learned.pipeline.net), "parameter") +
                     ", trained in " + speed + "\n" + epochs_table(history);
  const bool last = history.epochs.empty() || history.best_epoch == history.epochs.back().epochs;
  if (history.stopped_early || (learned.choices.patience > 0 && !last)) {
    text += std::string(history.stopped_early ? "  stopped early; " : "  ") +
            "the weights are those of epoch " + std::to_string(history.best_epoch) + "\n";
  }
  return text;
}

[[nodiscard]] std::string held_back_title(const weir::Samples& samples, const weir::Assessment& result) {
  std::string text =
      "\nOn " + weir::count_text(result.rows, "row") + " of this file that it was not trained on";
  if (samples.settings.task == weir::Task::anomaly)
    text += " (held-back '" + samples.settings.labels.classes[0] + "' rows and all others)";
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
void check_test(const TrainOptions& options, const weir::Samples& samples) {
  const auto& paths = options.test;
  if (paths.empty() || std::find(paths.begin(), paths.end(), "-") != paths.end()) return;
  if (samples.settings.samples.kind == weir::SampleKind::image) {
    for (const std::string& path : paths) static_cast<void>(weir::open_file(path).value());
    return;
  }
  weir::TableFile file = open_input(paths, options.input);
  weir::read_columns_of(samples.settings, file, true);
}

/// A checkpoint that is there may be of hours; one that is gone on from is kept.
void check_checkpoint(const TrainOptions& options) {
  if (options.checkpoint.empty() || options.checkpoint == options.resume) return;
  if (!std::filesystem::is_regular_file(options.checkpoint)) return;
  weir::fail(weir::ErrorKind::config,
             "--checkpoint: " + options.checkpoint +
                 " is there already: --resume goes on from it; remove it to begin anew");
}

/// No file may be read and written at once, and none be mixed with the report.
void check_paths(const TrainOptions& options) {
  refuse_standard_output("--model", options.model, options.output.quiet);
  refuse_standard_output("--log", options.log, options.output.quiet);
  refuse_standard_output("--report", options.report, options.output.quiet);
  if (!options.report.empty() && options.model.empty())
    weir::fail(weir::ErrorKind::config, "--report: the page is of a model, so it needs --model");
  const std::string& layers = options.learning.layers;
  std::vector<NamedFile> inputs{
      {"--labels", options.input.labels},
      {"--test-labels", options.test_labels},
      {"--label-map", options.samples.label_map},
      {"--layers", layers.starts_with('@') ? layers.substr(1) : std::string()},
      {"--resume", options.resume == kept_checkpoint(options) ? std::string() : options.resume}};
  for (NamedFile& file : named("TRAIN", options.tables)) inputs.push_back(std::move(file));
  for (NamedFile& file : named("--test", options.test)) inputs.push_back(std::move(file));
  check_files(inputs, {{"--model", options.model},
                       {"--log", options.log},
                       {"--report", options.report},
                       {options.resume.empty() ? "--checkpoint" : "--resume", kept_checkpoint(options)},
                       {"standard output", options.output.quiet ? std::string() : std::string("-")}});
  check_checkpoint(options);
}

/// What is told while it goes on, and as JSON at the end.
class TrainReport {
 public:
  TrainReport(const TrainOptions& options, const weir::Samples& samples, const weir::LearnChoices& choices)
      : options_(options),
        samples_(samples),
        talk_(!options.output.json && !options.output.quiet),
        chosen_(chosen_text(options, choices, samples.training.rows())),
        notes_(samples.notes) {
    say(beginning_text(options, samples) + notes_text(notes_) +
        (chosen_.empty() ? std::string() : "  chosen: " + chosen_ + "\n") +
        (options.resume.empty() ? std::string() : "  goes on from " + options.resume + "\n"));
  }

  void training(const Learned& learned) {
    const std::vector<std::string> notes = notes_on(learned.history);
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    say(training_text(options_, learned) + notes_text(notes));
    json_ = {{"model", options_.model},
             {"task", std::string(weir::name_of(options_.samples.task))},
             {"classes", samples_.settings.labels.classes},
             {"features", samples_.settings.input.size()},
             {"rows_trained", samples_.training.rows()},
             {"rows_held_back", samples_.validation.rows()},
             {"rows_without_label", samples_.unlabelled},
             {"seconds", learned.seconds},
             {"chosen", chosen_},
             {"epochs", epochs_json(learned.history)}};
    if (!samples_.held_back_by.empty()) json_["held_back_by"] = samples_.held_back_by;
    if (!parts_.empty()) json_["cross_validation"] = std::move(parts_);
  }

  /// What parts of the table say, of which the model is made as a whole.
  void parts(const weir::CrossValidation& result) {
    std::vector<std::string> notes;
    for (const std::string& note : result.notes) {
      if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) notes.push_back(note);
    }
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    parts_ = to_json(result);
    say("\n" + cross_validation_text(result) + notes_text(notes));
  }

  void held_back(const Learned& learned) {
    if (samples_.validation.rows() == 0) return;
    const weir::Assessment result = weir::assess(learned.pipeline, samples_);
    if (draws()) {
      judged_.push_back({"Held back from training", result, weir::notes_on(learned.pipeline, result),
                         weir::permutation_importance(learned.pipeline, samples_.held_back)});
    }
    say(held_back_title(samples_, result) + weir::to_text(result) +
        weir::to_text(learned.alarm_rate, samples_.settings.labels));
    json_["validation"] = parsed(weir::to_json(result));
    if (learned.alarm_rate.asked > 0.0) json_["alarm_rate"] = parsed(weir::to_json(learned.alarm_rate));
  }

  void test(const Model& model) {
    if (options_.test.empty()) return;
    weir::CsvReport report;
    const weir::Assessment result = judged_by_test(model, report);
    std::vector<std::string> notes = weir::reading_notes(report, weir::OptionWords::flags);
    for (std::string& note : weir::notes_on(model, result)) notes.push_back(std::move(note));
    for (std::string& note : notes_on(model.record, options_.test)) notes.push_back(std::move(note));
    say("\nOn " + weir::files_text(options_.test) + ", " + weir::count_text(result.rows, "row") + ":\n" +
        weir::unjudged_text(result) + notes_text(notes) + weir::to_text(result));
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    json_["test"] = parsed(weir::to_json(result));
    if (!draws()) return;
    const bool first = judged_.empty();
    judged_.push_back({"On " + shown_name(weir::files_text(options_.test)), result, std::move(notes),
                       first ? weir::permutation_importance(model, result.sample) : weir::Importance()});
  }

  /// The page, where it was asked for.
  void page(const Learned& learned) {
    if (!draws()) return;
    weir::ModelReport report{shown_name(options_.model), learned.pipeline};
    report.training.emplace(
        weir::TrainingReport{samples_, learned.history, learned.kept_epoch(), learned.alarm_rate});
    report.judged = std::move(judged_);
    try {
      write_page(options_.report, weir::to_html(report));
    } catch (const weir::Error& error) {
      weir::fail(error.kind(), "--report: " + std::string(error.what()) + "; the model is saved");
    }
    json_["report"] = to_json(report);
  }

  void end() {
    say("\nSaved " + options_.model + (draws() ? ", and its page " + options_.report : "") + "\n");
    const std::string gaps = weir::gaps_text(samples_.gaps, samples_.settings.preprocess);
    if (!gaps.empty()) notes_.push_back(gaps);
    if (samples_.unlabelled > 0) notes_.push_back(left_out_note(samples_));
    json_["notes"] = notes_;
    if (options_.output.json) print_json(json_);
    if (!unsaid_.empty()) weir::fail(weir::ErrorKind::io, unsaid_ + "; the model is saved");
  }

 private:
  [[nodiscard]] bool draws() const noexcept { return !options_.report.empty(); }
  /// Who reads may be gone, or the disk full: that costs the words, not the model.
  void say(const std::string& text) {
    if (!talk_ || !unsaid_.empty()) return;
    try {
      print(text);
    } catch (const weir::Error& error) {
      unsaid_ = error.what();
    }
  }
  [[nodiscard]] weir::Assessment judged_by_test(const Model& model, weir::CsvReport& report) const {
    weir::TableOptions input = options_.input;
    if (!options_.test_labels.empty()) input.labels = options_.test_labels;
    try {
      const bool columns = draws() && judged_.empty();
      return assess_files(
          model, options_.test, input,
          {.ignore_unknown = options_.ignore_unknown, .keep_rows = columns ? rows_for_importance : 0},
          report);
    } catch (const weir::Error& error) {
      weir::fail(error.kind(), "--test: " + std::string(error.what()) + "; the model is saved");
    }
  }

  const TrainOptions& options_;
  const weir::Samples& samples_;
  bool talk_;
  std::string chosen_;
  std::vector<std::string> notes_;
  std::vector<weir::JudgedRows> judged_{};  // for the page
  Json json_{};
  Json parts_{};
  std::string unsaid_{};
};

/// The loss at growing learning rates, as a picture, and the rate to take.
void show_rates(const TrainOptions& options, const weir::RateCurve& curve) {
  if (curve.rates.empty()) weir::fail(weir::ErrorKind::numeric, "--find-lr: the first loss is not finite");
  if (options.output.json) {
    print_json({{"learning_rates", curve.rates},
                {"losses", curve.losses},
                {"smoothed_losses", curve.smoothed},
                {"suggested", curve.falls() ? Json(curve.suggested()) : Json(nullptr)}});
  } else if (!options.output.quiet) {
    print("Loss, smoothed, at growing learning rates; O is the lowest\n" +
          weir::text_chart(curve.rates, curve.smoothed,
                           {.log_x = true,
                            .highest = 1.5 * curve.smoothed.front(),
                            .marked = curve.lowest(),
                            .x_title = "learning rate"}) +
          (curve.falls() ? "\nA tenth of that is a good rate to begin with: --lr " +
                               weir::detail::formatted("%.1g", curve.suggested()) + "\n"
                         : std::string("\nThe loss does not fall at any of these rates: other layers, "
                                       "another scaling or more rows are needed\n")));
  }
}

}  // namespace

void train(const TrainOptions& told) {
  TrainOptions given = told;
  given.tables = weir::expand_files(told.tables);
  given.test = weir::expand_files(told.test);
  check_paths(given);
  const TrainOptions options = with_defaults(std::move(given));
  if (options.model.empty() && !options.find_lr) return report_cross_validation(options);
  const weir::Samples samples = weir::read_samples(options.tables, options.input, options.samples);
  check_test(options, samples);
  const Plan plan = plan_learning(samples, options.learning);
  if (options.find_lr) return show_rates(options, weir::find_learning_rate(samples, plan));
  State state = begin_training(plan, options.resume);
  std::signal(SIGPIPE, SIG_IGN);
  TrainReport report(options, samples, plan.choices);
  if (options.cross_validates()) report.parts(cross_validate(options));
  Watching watching{.log = options.log,
                    .bar = isatty(STDERR_FILENO) != 0 && !options.output.quiet,
                    .checkpoint = kept_checkpoint(options),
                    .checkpoint_every = options.checkpoint_every,
                    .stop = EndAsked::flag()};
  std::optional<EndAsked> until_it_is_saved(std::in_place);
  continue_training(samples, plan, state, watching);
  if (state.epochs_done() == 0) tell_interrupted(options, state, plan, watching);
  Learned learned = finish_training(samples, plan, state);
  learned.pipeline.record = record_of(options, samples, learned);
  save_model(options.model, learned.pipeline);
  report.training(learned);
  if (EndAsked::flag()) tell_interrupted(options, state, plan, watching);
  until_it_is_saved.reset();
  report.held_back(learned);
  report.test(learned.pipeline);
  report.page(learned);
  report.end();
  for (const auto& [option, failure] :
       {std::pair<const char*, const std::string&>{"--log", watching.log_failure},
        {"--checkpoint", watching.checkpoint_failure}}) {
    if (!failure.empty())
      weir::fail(weir::ErrorKind::io, std::string(option) + ": " + failure + "; the model is saved");
  }
}

}  // namespace cli
