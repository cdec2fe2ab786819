// Whether probabilities mean what they say: of the rows that got a probability near 0.8, eight in ten should be hits. In bins
// of equal width, and summed up as the expected calibration error (Naeini, Cooper, Hauskrecht 2015; Guo and others 2017)
//
//   ECE = sum_b n_b / n |share of hits in b - mean probability in b|
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {

class Calibration {
 public:
  static constexpr std::size_t bins = 10;

  struct Bin {
    std::int64_t rows = 0;
    std::int64_t hits = 0;
    double sum = 0.0;  ///< of the probabilities

    [[nodiscard]] double mean() const { return sum / static_cast<double>(rows); }
    [[nodiscard]] double share() const { return static_cast<double>(hits) / static_cast<double>(rows); }
  };

  /// A probability, and whether what it was given for came true.
  void add(double probability, bool hit) {
    const double place = std::clamp(probability, 0.0, 1.0) * static_cast<double>(bins);
    Bin& bin = bins_[std::min(bins - 1, static_cast<std::size_t>(place))];
    ++bin.rows;
    ++rows_;
    bin.hits += hit ? 1 : 0;
    bin.sum += probability;
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  /// Bin i is for probabilities from i / 10 on.
  [[nodiscard]] const std::array<Bin, bins>& all() const noexcept { return bins_; }
  /// NaN without rows.
  [[nodiscard]] double expected_error() const {
    double sum = 0.0;
    for (const Bin& bin : bins_) {
      if (bin.rows > 0) sum += static_cast<double>(bin.rows) * std::fabs(bin.share() - bin.mean());
    }
    return sum / static_cast<double>(rows_);
  }

 private:
  std::array<Bin, bins> bins_{};
  std::int64_t rows_ = 0;
};

}  // namespace weir::inline WEIR_ABI
