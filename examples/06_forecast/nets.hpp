// Nets that forecast, as text, and how they are trained.
#pragma once

#include "volume.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace forecast {

struct NetPlan {
  std::string name;
  std::string layers;
  weir::Index window = 0;  ///< steps that it sees
  long epochs = 0;
  long batch_size = 0;
  double learning_rate = 0.0;
  double weight_decay = 0.0;
};

/// Trains on the training part; returns the outputs for the samples of the test part.
[[nodiscard]] std::vector<float> train_and_run(const NetPlan& plan, const Changes& data, std::uint64_t seed);

}  // namespace forecast
