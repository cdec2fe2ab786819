// The three nets of this example, each behind a function that trains it and returns how it scores rows.
#pragma once

#include "records.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace nsl {

/// Rows of a table to one number each: the higher, the less like normal traffic.
using Score = std::function<std::vector<double>(const weir::Table&)>;
/// Rows of a table to the likeliest class of attack, 1 ... 4.
using AttackClass = std::function<std::vector<std::int32_t>(const weir::Table&)>;

/// An autoencoder of normal rows; scores by how badly it gives a row back.
[[nodiscard]] Score train_autoencoder(const weir::TrainingRows& normal, std::uint64_t seed);

/// A classifier of normal rows against attacks and against made-up anomalies: normal rows of which some
/// columns have been exchanged for those of other normal rows (outlier exposure: Hendrycks, Mazeika,
/// Dietterich 2019). So it does not take for normal whatever is unlike the known attacks.
[[nodiscard]] Score train_classifier(const weir::TrainingRows& rows, const std::vector<std::int32_t>& classes,
                                     std::uint64_t seed);

/// Tells the classes of attacks from each other; `rows` are those that it is encoded by, attacks and normal.
/// Trained with mixup (Zhang, Cisse, Dauphin, Lopez-Paz 2018), three nets that are averaged.
[[nodiscard]] AttackClass train_attack_classifier(const weir::TrainingRows& rows,
                                                  const std::vector<std::int32_t>& classes,
                                                  std::uint64_t seed);

}  // namespace nsl
