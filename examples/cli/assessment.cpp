#include "assessment.hpp"

#include "gaps.hpp"
#include "near_names.hpp"

#include <weir/core/error.hpp>
#include <weir/data/csv_cells.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/label_sound.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/image_samples.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cli {

std::vector<weir::Column> columns_for(const Model& model, const TableFile& file, bool label) {
  std::vector<weir::Column> columns = weir::columns_of(model, label);
  for (const weir::Column& column : columns) file.require(column.name);
  return columns;
}

namespace {

constexpr std::size_t rows_at_once = 8'192;

[[nodiscard]] weir::AssessOptions options_for(const std::string& source, bool ignore_unknown) {
  return {.ignore_unknown = ignore_unknown, .source = source, .words = weir::OptionWords::flags};
}

[[nodiscard]] weir::Assessment assess_images(const Model& model, const std::string& path,
                                             const InputOptions& input, bool ignore_unknown) {
  if (input.labels.empty()) {
    weir::fail(weir::ErrorKind::config, "the model takes images: --labels FILE is needed to judge by");
  }
  const weir::LabelledImages images = weir::read_images(path, input.labels, weir::open_any);
  weir::check_images(images, model.samples, path);
  weir::Assessor<Net> assessor(model, options_for(path, ignore_unknown));
  std::vector<float> sample(static_cast<std::size_t>(model.input.size()));
  for (std::size_t i = 0; i < images.count(); ++i) {
    weir::encode_pixels(images.pixels.image(i), model.samples, sample);
    assessor.add(assessor.class_of(images.label(i), static_cast<std::int64_t>(i) + 1),
                 std::span<const float>(sample));
  }
  return assessor.finish();
}

[[nodiscard]] weir::Assessment assess_table(const Model& model, const std::string& path,
                                            const InputOptions& input, bool ignore_unknown,
                                            weir::CsvReport* report) {
  if (!input.labels.empty() || input.format == "idx") {
    weir::fail(weir::ErrorKind::config,
               "--format idx and --labels are for models of images; this one reads tables");
  }
  TableFile file(path, table_format(input, model.record), input.skip_bad_rows);
  std::vector<weir::Column> columns = columns_for(model, file, true);
  const std::string name = file.name();
  weir::CsvReader reader = std::move(file).open(std::move(columns), false);
  weir::Assessor<Net> assessor(model, options_for(name, ignore_unknown));
  const std::string notation = stored_notation(model.record);
  for (;;) {
    weir::Table rows = reader.make_table();
    if (read_rows(reader, rows, rows_at_once, notation) == 0) break;
    assessor.add(rows);
  }
  if (report != nullptr) *report = reader.report();
  return assessor.finish();
}

}  // namespace

weir::Assessment assess_file(const Model& model, const std::string& path, const InputOptions& input,
                             bool ignore_unknown, weir::CsvReport* report) {
  weir::Assessment result = model.samples.kind == weir::SampleKind::image
                                ? assess_images(model, path, input, ignore_unknown)
                                : assess_table(model, path, input, ignore_unknown, report);
  if (result.rows == 0) weir::fail(weir::ErrorKind::data, path + ": there is no labelled row to judge by");
  return result;
}

weir::Assessment assess_held_back(const Model& model, const weir::Samples& samples) {
  return weir::assess(model, samples);
}

/// Two classes, one of them being all other labels, hide labels that are spelt in another way than the model
/// knows them; and a class without a row makes figures that mean little.
std::vector<std::string> notes_on(const Model& model, const weir::Assessment& result) {
  std::vector<std::string> notes;
  const weir::LabelRule& rule = model.labels;
  const auto& classes = rule.classes;
  const bool one_of_many = !rule.otherwise.empty();
  for (const auto& [label, known] : result.mistaken) {
    notes.push_back("label " + weir::quoted_excerpt(label) + " (not '" + known + "') counts as '" +
                    rule.otherwise +
                    "': labels are told apart by capital letters and the form of numbers; if they are one, "
                    "write them as in training");
  }
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const bool told = one_of_many ? classes[k] != rule.otherwise : k == 0 && weir::sounds_benign(classes[k]);
    if (!told || result.rows == 0 || result.confusion.support(static_cast<weir::Index>(k)) > 0) continue;
    std::string note = "no row is '" + classes[k] + "'";
    std::vector<std::string> names;
    for (const auto& [label, name] : rule.map) {
      if (name == classes[k]) names.push_back(label);
    }
    if (!names.empty()) note += " (labels " + name_list(names) + ")";
    notes.push_back(note + ", so the figures say nothing of how such rows are judged");
  }
  if (std::string text = gaps_text(result.gaps, model.preprocess); !text.empty())
    notes.push_back(std::move(text));
  return notes;
}

}  // namespace cli
