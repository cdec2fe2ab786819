// Images in IDX files as samples: pixels times a scale, in rows of features or as a series.
#pragma once

#include "commands.hpp"
#include "preparation.hpp"

#include <weir/data/idx.hpp>
#include <weir/pipeline/pipeline.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// Images and the texts of their labels, "0" to "255"; without a file of labels there are none.
struct Images {
  weir::IdxImages pixels;
  std::vector<std::uint8_t> labels;

  [[nodiscard]] std::size_t count() const noexcept { return pixels.count; }
  [[nodiscard]] std::string label(std::size_t i) const { return std::to_string(labels[i]); }
};

/// Throws weir::Error when a file cannot be read, or when there are not as many labels as images.
[[nodiscard]] Images read_images(const std::string& images, const std::string& labels);
/// The same for a model, whose images must be of the same size.
[[nodiscard]] Images read_images(const std::string& images, const std::string& labels,
                                 const weir::PipelineSettings& settings);

/// The pixels of an image as the net reads them.
void encode(std::span<const std::uint8_t> pixels, const weir::SampleRule& rule, std::span<float> out);

[[nodiscard]] Preparation prepare_images(const TrainOptions& options);

}  // namespace cli
