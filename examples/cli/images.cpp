#include "images.hpp"

#include "codes.hpp"
#include "labels.hpp"
#include "sequence.hpp"

#include <weir/core/error.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/table.hpp>
#include <weir/train/validation_split.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cli {

namespace {

[[nodiscard]] weir::Table label_table(const Images& images, const std::string& column) {
  weir::Table table(weir::Schema{{{column, weir::ColumnKind::categorical}}});
  for (std::size_t i = 0; i < images.count(); ++i) {
    const std::string text = images.label(i);
    table.append_row({}, std::array<std::string_view, 1>{text});
  }
  return table;
}

/// Classes that are numbers in the order of the numbers: 2 before 10.
void sort_numbers(weir::LabelRule& rule) {
  const auto number = [](const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!std::all_of(rule.classes.begin(), rule.classes.end(), number)) return;
  std::sort(rule.classes.begin(), rule.classes.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
}

/// Some of the images with their classes.
[[nodiscard]] weir::Dataset<float> dataset(const Images& images, const Preparation& prepared,
                                           std::span<const std::int32_t> classes,
                                           std::span<const weir::Index> rows) {
  weir::Dataset<float> data;
  data.shape = prepared.input;
  const auto size = static_cast<std::size_t>(data.shape.size());
  data.x = weir::Matrix<float>(size, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    encode(images.pixels.image(row), prepared.samples, {data.x.data() + i * size, size});
    data.labels.push_back(classes[row]);
  }
  return data;
}

/// What a pixel is multiplied by: an embedding reads its number itself.
[[nodiscard]] double pixel_scale(const TrainOptions& options) {
  const std::optional<std::int64_t> vocabulary = vocabulary_of(options.layers);
  if (!vocabulary) return weir::SampleRule{}.pixel_scale;
  constexpr std::int64_t values = 256;
  if (*vocabulary >= values) return 1.0;
  weir::fail(weir::ErrorKind::config, "--layers: pixels are codes from 0 to 255, and an embedding of " +
                                          std::to_string(*vocabulary) +
                                          " would take many of them for one: embedding:256:...");
}

[[nodiscard]] std::vector<weir::Index> concatenated(std::vector<weir::Index> a,
                                                    const std::vector<weir::Index>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

Images read_images(const std::string& images, const std::string& labels) {
  Images result{weir::read_idx_images(images, weir::open_any), {}};
  if (labels.empty()) return result;
  result.labels = weir::read_idx_labels(labels, weir::open_any);
  if (result.labels.size() != result.count()) {
    weir::fail(weir::ErrorKind::data, labels + ": there are " + std::to_string(result.labels.size()) +
                                          " labels for " + std::to_string(result.count()) + " images");
  }
  return result;
}

Images read_images(const std::string& images, const std::string& labels,
                   const weir::PipelineSettings& settings) {
  Images result = read_images(images, labels);
  const auto rows = static_cast<std::size_t>(settings.samples.rows);
  const auto columns = static_cast<std::size_t>(settings.samples.columns);
  if (result.pixels.rows != rows || result.pixels.columns != columns) {
    weir::fail(weir::ErrorKind::data, images + ": the images have " + std::to_string(result.pixels.rows) +
                                          " x " + std::to_string(result.pixels.columns) +
                                          " pixels, the model takes " + std::to_string(rows) + " x " +
                                          std::to_string(columns));
  }
  return result;
}

void encode(std::span<const std::uint8_t> pixels, const weir::SampleRule& rule, std::span<float> out) {
  const auto scale = static_cast<float>(rule.pixel_scale);
  std::transform(pixels.begin(), pixels.end(), out.begin(),
                 [scale](std::uint8_t pixel) { return scale * static_cast<float>(pixel); });
}

Preparation prepare_images(const TrainOptions& options) {
  const Images images = read_images(options.table, options.input.labels);
  if (images.count() < 2) {
    weir::fail(weir::ErrorKind::data, options.table + ": there are fewer than two images");
  }
  const auto size = static_cast<weir::Index>(images.pixels.size());
  Preparation prepared;
  prepared.task = options.task == "anomaly" ? weir::Task::anomaly : weir::Task::classify;
  prepared.input = options.sequence.empty() ? weir::Shape{size} : sequence_shape(options.sequence, size);
  prepared.samples = {.kind = weir::SampleKind::image,
                      .pixel_scale = pixel_scale(options),
                      .rows = static_cast<weir::Index>(images.pixels.rows),
                      .columns = static_cast<weir::Index>(images.pixels.columns)};
  prepared.rows = images.count();
  const weir::Table labels = label_table(images, options.label);
  prepared.labels = make_rule(options, labels);
  sort_numbers(prepared.labels);
  const std::vector<std::int32_t> classes = prepared.labels.encode(labels);
  prepared.label_counts = counts_text(prepared.labels, classes);

  // An anomaly model learns class 0 and is judged by all others as well.
  std::vector<weir::Index> ordinary, others;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool learned = prepared.task == weir::Task::classify || classes[i] == 0;
    (learned ? ordinary : others).push_back(static_cast<weir::Index>(i));
  }
  const weir::Dataset<float> known = dataset(images, prepared, classes, ordinary);
  const weir::ValidationSplit parts = weir::split_rows(known, options.validation, options.seed);
  prepared.training = known.subset(parts.training);
  prepared.validation = known.subset(parts.validation);
  std::vector<weir::Index> held_back;
  for (const weir::Index row : parts.validation) held_back.push_back(ordinary[static_cast<std::size_t>(row)]);
  if (!held_back.empty()) {
    prepared.held_back_samples = dataset(images, prepared, classes, concatenated(held_back, others));
  }
  if (prepared.task == weir::Task::anomaly) {
    prepared.training.labels.clear();
    prepared.validation.labels.clear();
  }
  return prepared;
}

}  // namespace cli
