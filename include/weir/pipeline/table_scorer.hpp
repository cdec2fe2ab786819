// Verdicts on the rows of a table, which may come in pieces: as an Assessor's, without labels.
//
//   TableScorer scorer(pipeline);
//   scorer.score(rows, [&](std::uint64_t row, const Verdict& verdict) { ... });      // rows count from 1
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/preparing/unseen_texts.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/tables/table_gaps.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/pipeline/sequence_rows.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Net>
class TableScorer {
 public:
  using Scalar = typename Net::Scalar;

  /// The pipeline must outlive it. ConfigError when it takes no records.
  explicit TableScorer(const Pipeline<Net>& pipeline) : pipeline_(pipeline), scorer_(pipeline) {
    for (const Column& column : pipeline.preprocess.schema.columns) names_.push_back(column.name);
  }

  /// Rows that have the pipeline's columns, in any order. Of a row that cannot be judged the verdict is not
  /// usable.
  template <class Use>
  void score(const Table& rows, Use&& use) {
    const Table taken = rows.select(names_);
    if (pipeline_.samples.kind != SampleKind::sequence) gaps_.add(taken);  // there, it is padding
    if (pipeline_.samples.kind == SampleKind::features) {
      score_features(taken, use);
    } else {
      score_steps(taken, use);
    }
  }

  /// Of the latest row: its classes' probabilities.
  [[nodiscard]] const Scorer<Net>& scorer() const noexcept { return scorer_; }
  /// Cells that were missing or infinite.
  [[nodiscard]] const GapCount& gaps() const noexcept { return gaps_; }
  /// Texts that were read as unknown.
  [[nodiscard]] const UnseenTexts& unseen() const noexcept { return unseen_; }

 private:
  template <class Use>
  void score_features(const Table& rows, Use&& use) {
    unseen_.add(rows, pipeline_.preprocess);
    std::vector<std::size_t> kept;
    const Matrix<float> x = pipeline_.preprocess.transform(rows, &kept);
    std::vector<Scalar> sample(static_cast<std::size_t>(x.extents()[0]));
    std::size_t used = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      if (used == kept.size() || kept[used] != row) {
        use(++row_, Verdict{.usable = false});
        continue;
      }
      std::copy_n(x.data() + used++ * sample.size(), sample.size(), sample.begin());
      use(++row_, scorer_.score(std::span<const Scalar>(sample)));
    }
  }
  /// Rows that are sequences or steps of a series.
  template <class Use>
  void score_steps(const Table& rows, Use&& use) {
    std::vector<double> numbers;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      numbers_of(rows, row, numbers);
      use(++row_, scorer_.score(numbers, {}));
    }
  }

  const Pipeline<Net>& pipeline_;
  Scorer<Net> scorer_;
  std::vector<std::string> names_{};
  GapCount gaps_{};
  UnseenTexts unseen_{};
  std::uint64_t row_ = 0;
};

}  // namespace weir::inline WEIR_ABI
