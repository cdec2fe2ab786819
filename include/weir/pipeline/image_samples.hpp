// Images as samples: pixels times a scale, as features or as a sequence of rows.
//
//   LabelledImages images = read_images("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
//   const Samples samples = make_samples(images, {.label = "digit"});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/idx.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/pipeline/label_choice.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/sequence_rows.hpp>
#include <weir/train/validation_split.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Images and the numbers of their labels; without a file of labels there are none.
struct LabelledImages {
  IdxImages pixels{};
  std::vector<std::uint8_t> labels{};

  [[nodiscard]] std::size_t count() const noexcept { return pixels.count; }
  /// "0" to "255"
  [[nodiscard]] std::string label(std::size_t i) const { return std::to_string(labels[i]); }
};

/// From IDX files; no path of labels: images without. Throws IoError or FormatError when a file cannot be
/// read, DataError when there are not as many labels as images.
[[nodiscard]] inline LabelledImages read_images(const std::string& images, const std::string& labels = {},
                                                Opener open = &open_file) {
  LabelledImages result{read_idx_images(images, open), {}};
  if (labels.empty()) return result;
  result.labels = read_idx_labels(labels, open);
  if (result.labels.size() != result.count()) {
    fail(ErrorKind::data, labels + ": there are " + std::to_string(result.labels.size()) + " labels for " +
                              std::to_string(result.count()) + " images");
  }
  return result;
}

/// DataError when the images are not of the size that a pipeline takes; `source` names them.
inline void check_images(const LabelledImages& images, const SampleRule& rule, const std::string& source) {
  const auto rows = static_cast<std::size_t>(rule.rows), columns = static_cast<std::size_t>(rule.columns);
  if (images.pixels.rows == rows && images.pixels.columns == columns) return;
  fail(ErrorKind::data, source + ": the images have " + std::to_string(images.pixels.rows) + " x " +
                            std::to_string(images.pixels.columns) + " pixels, the model takes " +
                            std::to_string(rows) + " x " + std::to_string(columns));
}

/// The pixels of an image as the net reads them.
inline void encode_pixels(std::span<const std::uint8_t> pixels, const SampleRule& rule,
                          std::span<float> out) {
  const auto scale = static_cast<float>(rule.pixel_scale);
  std::transform(pixels.begin(), pixels.end(), out.begin(),
                 [scale](std::uint8_t pixel) { return scale * static_cast<float>(pixel); });
}

namespace detail {

[[nodiscard]] inline Table label_table(const LabelledImages& images, const std::string& column) {
  Table table(Schema{{{column, ColumnKind::categorical}}});
  for (std::size_t i = 0; i < images.count(); ++i) {
    const std::string text = images.label(i);
    table.append_row({}, std::array<std::string_view, 1>{text});
  }
  return table;
}

/// Some of the images with their classes.
[[nodiscard]] inline Dataset<float> encoded_images(const LabelledImages& images,
                                                   const PipelineSettings& settings,
                                                   std::span<const std::int32_t> classes,
                                                   std::span<const Index> rows) {
  Dataset<float> data;
  data.shape = settings.input;
  const auto size = static_cast<std::size_t>(data.shape.size());
  data.x = Matrix<float>(size, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    encode_pixels(images.pixels.image(row), settings.samples, {data.x.data() + i * size, size});
    data.labels.push_back(classes[row]);
  }
  return data;
}

/// An anomaly model learns class 0 alone and is judged by all others as well.
inline void divide_images(Samples& samples, const LabelledImages& images,
                          const std::vector<std::int32_t>& classes, const SampleOptions& options) {
  std::vector<Index> ordinary, others;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool learned = options.task == Task::classify || classes[i] == 0;
    (learned ? ordinary : others).push_back(static_cast<Index>(i));
  }
  const Dataset<float> known = encoded_images(images, samples.settings, classes, ordinary);
  const ValidationSplit parts = split_rows(known, options.validation, options.seed);
  samples.training = known.subset(parts.training);
  samples.validation = known.subset(parts.validation);
  std::vector<Index> held_back;
  for (const Index row : parts.validation) held_back.push_back(ordinary[static_cast<std::size_t>(row)]);
  if (!held_back.empty()) {
    held_back.insert(held_back.end(), others.begin(), others.end());
    samples.held_back_samples = encoded_images(images, samples.settings, classes, held_back);
  }
  if (options.task != Task::anomaly) return;
  samples.training.labels.clear();
  samples.validation.labels.clear();
}

}  // namespace detail

/// The samples of labelled images, `options.label` being the name of what the labels say. ConfigError when
/// options exclude each other or ask for labels that do not occur, DataError with fewer than two images.
[[nodiscard]] Samples make_samples(const LabelledImages& images, const SampleOptions& options);

#if WEIR_BODIES

WEIR_BODY Samples make_samples(const LabelledImages& images, const SampleOptions& options) {
  check_options(options);
  if (options.task == Task::regress) {
    fail(ErrorKind::config, option_word(options.words, "task") + " regress is not for images");
  }
  if (!options.group.empty() || options.by_time()) {
    fail(ErrorKind::config, option_word(options.words, options.by_time() ? "time_split" : "group") +
                                " is not for images: they have no columns");
  }
  const std::string where = options.source.empty() ? std::string() : options.source + ": ";
  if (images.count() < 2) fail(ErrorKind::data, where + "there are fewer than two images");
  if (images.labels.size() != images.count()) fail(ErrorKind::data, where + "the images have no labels");
  const auto size = static_cast<Index>(images.pixels.size());
  Samples samples;
  samples.held_back_share = options.validation;
  samples.words = options.words;
  PipelineSettings& settings = samples.settings;
  settings.task = options.task;
  settings.input = Shape{size};
  if (options.is_sequence()) {
    detail::check_sequence(options.sequence, size, options.words);
    settings.input = options.sequence;
  }
  settings.samples = {.kind = SampleKind::image,
                      .pixel_scale = options.pixel_scale,
                      .rows = static_cast<Index>(images.pixels.rows),
                      .columns = static_cast<Index>(images.pixels.columns)};
  samples.rows = images.count();
  SampleOptions of_labels = options;
  of_labels.categorical.push_back(options.label);  // bytes are names of classes, however many
  const Table labels = detail::label_table(images, options.label);
  settings.labels = choose_labels(of_labels, labels);
  sort_numbers(settings.labels);
  const std::vector<std::int32_t> classes = settings.labels.encode(labels);
  samples.class_counts = class_counts(settings.labels, classes);
  detail::divide_images(samples, images, classes, options);
  detail::note_few_rows(samples);
  return samples;
}

#endif

}  // namespace weir::inline WEIR_ABI
