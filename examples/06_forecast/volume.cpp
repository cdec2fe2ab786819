#include "volume.hpp"

#include <weir/data/formats/csv.hpp>

#include <cmath>
#include <filesystem>

namespace forecast {

namespace {
constexpr weir::Index change = 0, level = 1, channels = 2;
constexpr float level_scale = 3.0F;  // within a window, levels differ by less than they do overall
}

Volume read_volume(const std::string& path, const std::string& name, std::size_t day) {
  Volume volume{name, {}, day, 0};
  if (!std::filesystem::exists(path)) return volume;
  const weir::Table table = weir::read_csv(path, {.kinds = {{"time", weir::ColumnKind::ignore}}});
  const auto bits = table.numbers("bits");
  volume.bits.assign(bits.begin(), bits.end());
  volume.first = volume.bits.size() - volume.bits.size() / 3;
  return volume;
}

Volume for_choosing(const Volume& volume) {
  Volume part = volume;
  part.bits.resize(volume.first);
  part.first = volume.first * 3 / 4;
  return part;
}

Changes::Changes(const Volume& volume) : volume_(volume) {
  std::vector<std::vector<double>> columns(channels);
  for (std::size_t t = 0; t < volume.bits.size(); ++t) {
    const double now = std::log(volume.bits[t]);
    columns[change].push_back(t == 0 ? 0.0 : now - std::log(volume.bits[t - 1]));
    columns[level].push_back(now);
  }
  scalers_ = weir::fit_series(columns, static_cast<weir::Index>(volume.first), weir::Scaling::standard);
  series_ = weir::make_series(columns, scalers_);
}

weir::Dataset<float> Changes::samples(const weir::StepRange& range, weir::Index window) const {
  weir::WindowSamples found = weir::windows(series_, range, {.window = window, .target = change});
  weir::Dataset<float> data;
  data.shape = found.shape;
  data.targets = std::move(found.targets);
  data.x = std::move(found.x);
  for (weir::Index i = 0; i < data.rows(); ++i) {
    const float last = data.x(data.shape.size() - channels + level, i);
    for (weir::Index t = 0; t < window; ++t) {
      float& value = data.x(t * channels + level, i);
      value = level_scale * (value - last);
    }
  }
  return data;
}

weir::Dataset<float> Changes::training(weir::Index window) const {
  return samples({0, static_cast<weir::Index>(volume_.first), 0}, window);
}

weir::Dataset<float> Changes::test(weir::Index window) const {
  const auto first = static_cast<weir::Index>(volume_.first);
  return samples({first, static_cast<weir::Index>(volume_.bits.size()), 0}, window);
}

std::vector<double> Changes::values(std::span<const float> outputs) const {
  std::vector<double> result;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double before = volume_.bits[volume_.first + i - 1];
    result.push_back(before * std::exp(weir::unscale(scalers_[change], static_cast<double>(outputs[i]))));
  }
  return result;
}

}  // namespace forecast
