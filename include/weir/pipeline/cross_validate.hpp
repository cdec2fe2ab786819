// How well models of a recipe judge rows that they did not learn from, each row being held out in turn.
//
//   const SampleOptions wanted{.label = "label", .benign = {"BENIGN"}, .group = "src_ip"};
//   const Table flows = read_csv("flows.csv", {.kinds = kinds_for(wanted)});
//   const CrossValidation result = cross_validate(flows, wanted, {.quick = true}, {.folds = 5});
//   std::puts(to_text(result).c_str());                          // cross_validation_text.hpp
//   result.summary("f1").mean, result.summary("f1").deviation
//
// Of each fold the rows that are learned from become samples as those of a whole table do (make_samples): preprocessing
// is fitted to them alone, and what early stopping and the threshold need is held back from them, by the same groups or
// times. So nothing of the rows that judge is known to the model. The same table and options give the same bits, for any
// number of threads.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/splits/folds.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/fold_choice.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/table_samples.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Called with each fold as soon as it is judged, and the number of all.
using OnFold = std::function<void(const FoldResult&, std::size_t folds)>;

namespace detail {

/// Rows of a table, judged a few thousand at a time.
template <class Net>
[[nodiscard]] Assessment assess_rows(const Pipeline<Net>& pipeline, const Table& table,
                                     const std::vector<std::size_t>& rows, std::size_t history,
                                     const std::vector<AnyMetric>& metrics) {
  constexpr std::size_t rows_at_once = 8'192;
  Assessor<Net> assessor(pipeline, {.metrics = metrics});
  for (std::size_t first = 0; first < rows.size(); first += rows_at_once) {
    const Table piece =
        table.take(std::span(rows).subspan(first, std::min(rows_at_once, rows.size() - first)));
    first == 0 ? assessor.add(piece, history) : assessor.add(piece);
  }
  return assessor.finish();
}

template <class Net>
[[nodiscard]] FoldResult judged_fold(const FoldChoice& choice, Fold fold, const LearnOptions& learning,
                                     const std::vector<AnyMetric>& metrics, std::uint64_t repetition) {
  SampleOptions wanted = choice.samples();
  wanted.seed += repetition;
  if (choice.of_one_group(fold.training)) wanted.validation = 0.0;
  LearnOptions how = learning;
  how.seed += repetition;
  const Samples samples = make_samples(choice.table().take(fold.training), wanted);
  const Learned<Net> learned = learn<Net>(samples, how);
  const std::size_t history = std::min(choice.history(), fold.training.size());
  if (history > 0) {  // the steps before
    std::vector<std::size_t> before(history);
    std::iota(before.begin(), before.end(), fold.held_out.front() - history);
    fold.held_out.insert(fold.held_out.begin(), before.begin(), before.end());
  }
  FoldResult result;
  result.seed = wanted.seed;
  result.rows_trained = static_cast<std::size_t>(samples.training.rows());
  result.unlearned = unlearned_classes(samples);
  result.held_out = assess_rows(learned.pipeline, choice.table(), fold.held_out, history, metrics);
  return result;
}

}  // namespace detail

/// ConfigError when options exclude each other or the folds do not fit the rows, and all that make_samples() and learn()
/// throw.
template <class Net = AnyModel<float>>
[[nodiscard]] CrossValidation cross_validate(Table table, const SampleOptions& samples,
                                             const LearnOptions& learning = {},
                                             const CrossValidationOptions& options = {},
                                             const OnFold& on_fold = {}) {
  const detail::FoldChoice choice(std::move(table), samples, options);
  CrossValidation result;
  result.seeds = static_cast<std::size_t>(options.repeat);
  for (std::uint64_t repetition = 0; repetition < result.seeds; ++repetition) {
    const Folds folds = choice.folds(samples.seed + repetition);
    result.parts = choice.in_words(folds.size());
    for (std::size_t i = 0; i < folds.size(); ++i) {
      FoldResult fold = detail::judged_fold<Net>(choice, folds[i], learning, options.metrics, repetition);
      fold.name = choice.name_of_fold(i);
      if (on_fold) on_fold(fold, folds.size() * result.seeds);
      result.folds.push_back(std::move(fold));
    }
  }
  detail::summarise(result, options.metrics);
  result.notes.insert(result.notes.begin(), choice.notes().begin(), choice.notes().end());
  return result;
}

#if defined(WEIR_COMPILED)
extern template CrossValidation cross_validate<AnyModel<float>>(Table, const SampleOptions&,
                                                                const LearnOptions&,
                                                                const CrossValidationOptions&, const OnFold&);
#endif

}  // namespace weir::inline WEIR_ABI
