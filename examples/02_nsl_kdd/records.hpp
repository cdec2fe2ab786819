// NSL-KDD's records as numbers. Whatever is fitted is fitted on training rows.
#pragma once

#include <weir/core/tensor.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nsl {

struct Records {
  weir::Table table;
  std::vector<std::int32_t> classes;  ///< 0 normal, 1 DoS, 2 Probe, 3 R2L, 4 U2R

  [[nodiscard]] bool attack(std::size_t row) const { return classes[row] != 0; }
};

/// `name`.txt or `name`.txt.gz in a folder; no rows when there is neither.
[[nodiscard]] Records load(const std::string& folder, const std::string& name);

/// Minimum and maximum of the training rows become 0 and 1, after log(1 + x) where x exceeds 1; categories
/// become one-hot. Nothing is clipped: what training never saw may lie outside.
[[nodiscard]] weir::Preprocessor log_encoding(const weir::TrainingRows& rows);

/// Every number becomes the share of training rows below it: the middle of its rank where it is one of
/// theirs, on the straight line between two of them where it is not.
class RankEncoding {
 public:
  explicit RankEncoding(const weir::TrainingRows& rows);

  [[nodiscard]] weir::Matrix<float> operator()(const weir::Table& table) const;
  /// First feature and number of features of each column.
  [[nodiscard]] const std::vector<std::pair<std::size_t, std::size_t>>& columns() const { return columns_; }

 private:
  struct Ranks {
    std::size_t feature;
    std::vector<float> values;  // ascending, each once
    std::vector<float> shares;
    [[nodiscard]] float operator()(float x) const;
  };

  weir::Preprocessor raw_;
  std::vector<Ranks> ranks_;
  std::vector<std::pair<std::size_t, std::size_t>> columns_;
};

}  // namespace nsl
