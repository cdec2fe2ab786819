// Traffic volume as a forecasting problem: values, the point in time from which on forecasts are judged, and
// what a net sees of the past.
#pragma once

#include <weir/data/series/windows.hpp>
#include <weir/train/dataset.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace forecast {

/// A series and where its test part begins.
struct Volume {
  std::string name;
  std::vector<double> bits;
  std::size_t day = 0;    ///< steps of a day
  std::size_t first = 0;  ///< first step to be judged

  [[nodiscard]] std::span<const double> training() const { return std::span(bits).first(first); }
  [[nodiscard]] std::span<const double> truth() const { return std::span(bits).subspan(first); }
};

/// Reads a column `bits`; the last third is the test part. Empty when there is no such file.
[[nodiscard]] Volume read_volume(const std::string& path, const std::string& name, std::size_t day);

/// The training part alone, whose last quarter takes the place of the test part: for choosing nets.
[[nodiscard]] Volume for_choosing(const Volume& volume);

/// Samples of `window` steps of two channels, on a logarithmic scale: the change from step to step, and the
/// level as the distance from the last level of the window. The target is the next change.
class Changes {
 public:
  explicit Changes(const Volume& volume);

  [[nodiscard]] weir::Dataset<float> training(weir::Index window) const;
  [[nodiscard]] weir::Dataset<float> test(weir::Index window) const;
  /// Forecasts of the test part in bits, from outputs for its samples.
  [[nodiscard]] std::vector<double> values(std::span<const float> outputs) const;

 private:
  [[nodiscard]] weir::Dataset<float> samples(const weir::StepRange& range, weir::Index window) const;

  const Volume& volume_;
  std::vector<weir::Scaler> scalers_;  // of the change and of the level, fitted to the training part
  weir::Matrix<float> series_;
};

}  // namespace forecast
