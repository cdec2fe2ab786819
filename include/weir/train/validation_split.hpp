// Rows held back from training, the same share of every class.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ValidationSplit {
  std::vector<Index> training;
  std::vector<Index> validation;
};

/// Holds back about `share` of the rows, of each label by itself where there is one label a row. Both parts
/// are sorted. A class keeps at least one row for training.
template <class T>
[[nodiscard]] ValidationSplit split_rows(const Dataset<T>& data, double share, std::uint64_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(data.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  Rng rng(RngKey{seed}.fork(0x5350'4c49'54));
  shuffle(std::span<Index>(order), rng);

  const bool stratified = data.labels.size() == order.size();
  const auto label_of = [&](Index row) {
    return stratified ? data.labels[static_cast<std::size_t>(row)] : 0;
  };
  std::vector<std::vector<Index>> by_class(
      static_cast<std::size_t>(stratified ? class_count(data.labels) : 1));
  for (const Index row : order) by_class[static_cast<std::size_t>(label_of(row))].push_back(row);

  ValidationSplit split;
  for (const std::vector<Index>& rows : by_class) {
    if (rows.empty()) continue;
    const auto wanted = static_cast<std::size_t>(std::lround(share * static_cast<double>(rows.size())));
    const std::size_t held = std::min(wanted, rows.size() - 1);
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(held);
    split.validation.insert(split.validation.end(), rows.begin(), middle);
    split.training.insert(split.training.end(), middle, rows.end());
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

#if defined(WEIR_COMPILED)
extern template ValidationSplit split_rows<float>(const Dataset<float>&, double, std::uint64_t);
#endif

}  // namespace weir::inline WEIR_ABI
