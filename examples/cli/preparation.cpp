#include "preparation.hpp"

#include "files.hpp"
#include "input.hpp"

#include <weir/core/error.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/codes.hpp>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace cli {

namespace {

[[noreturn]] void wrong(const std::string& what) { weir::fail(weir::ErrorKind::config, what); }

/// What depends on the format of the file.
void check_format(const TrainOptions& options) {
  const weir::SampleOptions& samples = options.samples;
  const bool images = options.input.format == "idx";
  if (images && options.input.labels.empty()) wrong("--format idx needs --labels FILE: the labels to learn");
  if (!images && !options.input.labels.empty()) wrong("--labels is for --format idx");
  if (images && options.tables.size() > 1) wrong("--format idx: images are read from one file at a time");
  if (images && (samples.window > 0 || samples.label != "label" || !samples.drop.empty() ||
                 !samples.categorical.empty())) {
    wrong("--window, --label, --drop and --categorical are for tables, not for --format idx");
  }
  if (images && samples.task == weir::Task::regress) wrong("--task regress is not for --format idx");
  if (!images) weir::check_codes(samples, options.learning.layers);
  const bool nsl_kdd = options.input.format == "nsl-kdd";
  if (options.classes && (samples.task != weir::Task::classify || !nsl_kdd || !samples.benign.empty())) {
    wrong("--classes 5 is for --format nsl-kdd and --task classify, without --benign");
  }
}

/// What goes with parts of the table, with and without a model of all of it.
void check_cross_validation(const TrainOptions& options) {
  weir::check_options(options.samples, options.validation);
  if (options.input.format == "idx")
    wrong("--folds, --leave-group-out and --repeat are for tables, not for --format idx");
  if (options.model.empty()) {
    if (!options.test.empty()) wrong("--test needs --model: it is about one model, not about parts");
    for (const auto& [flag, value] : {std::pair<const char*, const std::string&>{"--log", options.log},
                                      {"--report", options.report},
                                      {"--checkpoint", options.checkpoint},
                                      {"--resume", options.resume}}) {
      if (!value.empty()) wrong(std::string(flag) + " needs --model: it is about one model, not about parts");
    }
  } else if (std::find(options.tables.begin(), options.tables.end(), "-") != options.tables.end()) {
    wrong(
        "TRAIN is read twice, for its parts and for --model; standard input cannot be: give the name of a "
        "file");
  }
}

/// `--layers` as given, or from the file behind an @, in which the text may stand on several lines.
[[nodiscard]] std::string layers_from(const std::string& given) {
  if (!given.starts_with('@')) return given;
  if (given.size() == 1) wrong("--layers: the name of a file belongs behind the @");
  std::string text = read_file(given.substr(1));
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  if (text.empty())
    wrong("--layers: '" + given.substr(1) + "' is empty; it should name layers, such as dense:64,relu");
  return text;
}

}  // namespace

TrainOptions with_defaults(TrainOptions options) {
  weir::SampleOptions& samples = options.samples;
  weir::LearnOptions& learning = options.learning;
  samples.words = weir::OptionWords::flags;
  options.input = reading_of(std::move(options.input));
  if (samples.label.empty())
    samples.label = weir::table_format_named(options.input.format, weir::OptionWords::flags).label;
  if (samples.window > 0 && samples.task == weir::Task::classify) samples.task = weir::Task::regress;
  samples.scaling = samples.scaling_or_usual();
  learning.layers = layers_from(learning.layers);
  check_format(options);
  samples.seed = learning.seed;
  const auto& names = samples.categorical;
  const bool by_file =
      samples.group == "source" || std::find(names.begin(), names.end(), "source") != names.end();
  if (options.tables.size() > 1 && by_file && options.input.source_column.empty())
    options.input.source_column = "source";  // is kept in the model, whose tables then get it, too
  samples.source = weir::files_text(options.tables);
  if (options.classes) samples.rule = weir::nsl_kdd::five_classes(samples.label);
  weir::check_options(samples, learning);
  if (options.cross_validates()) check_cross_validation(options);
  if (options.input.format == "idx") samples.pixel_scale = weir::pixel_scale_for(samples, learning.layers);
  return options;
}

}  // namespace cli
