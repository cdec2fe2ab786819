// The folds that cross-validation makes of a table, as options ask for: by chance, by group or by time.
//
//   in a series or by time   the folds of time_series_split()
//   by group                 stratified_group_k_fold(), of numbers group_k_fold(); leave_one_group_out()
//   by chance                stratified_k_fold(), of numbers k_fold(), shuffled
//   without folds            one fold, with the rows that training would hold back
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/series/windows.hpp>
#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/hold_out.hpp>
#include <weir/data/splits/k_fold.hpp>
#include <weir/data/splits/row_groups.hpp>
#include <weir/data/splits/stratified_group_k_fold.hpp>
#include <weir/data/splits/time_order.hpp>
#include <weir/data/splits/time_series_split.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/label_choice.hpp>
#include <weir/pipeline/row_division.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/traffic/features/profiles.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// A table that is to be divided again and again.
class FoldChoice {
 public:
  FoldChoice(Table table, const SampleOptions& samples, const CrossValidationOptions& options);

  /// With a label.
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  /// What the samples of each fold are made by: all folds have the same classes.
  [[nodiscard]] const SampleOptions& samples() const noexcept { return samples_; }
  /// What one should know of the table.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }
  /// The first `history` rows that are judged are there to look back on.
  [[nodiscard]] std::size_t history() const noexcept { return history_; }
  [[nodiscard]] Folds folds(std::uint64_t seed) const;
  /// Whether groups divide the table, and these rows are of one: none of it can then be held back from training.
  [[nodiscard]] bool of_one_group(const std::vector<std::size_t>& rows) const {
    const std::vector<std::uint32_t>& group = groups_.of_row;
    return !group.empty() && std::all_of(rows.begin(), rows.end(),
                                         [&](std::size_t row) { return group[row] == group[rows.front()]; });
  }
  [[nodiscard]] std::string name_of_fold(std::size_t index) const {
    return options_.leave_group_out ? groups_.names[index] : std::to_string(index + 1);
  }
  /// "5 parts by groups of 'src_ip'"
  [[nodiscard]] std::string in_words(std::size_t folds) const;

 private:
  [[nodiscard]] bool ordered() const noexcept { return samples_.window > 0 || samples_.by_time(); }
  [[nodiscard]] Folds held_back_once(std::uint64_t seed) const;

  Table table_;
  SampleOptions samples_;
  CrossValidationOptions options_;
  std::string dividing_{};
  RowGroups groups_{};                // of the rows, where groups divide them
  std::vector<std::size_t> order_{};  // in time, where it divides them
  std::vector<std::uint32_t> classes_{};
  std::size_t history_ = 0;
  std::vector<std::string> notes_{};
};

#if WEIR_BODIES

WEIR_BODY FoldChoice::FoldChoice(Table table, const SampleOptions& samples,
                                 const CrossValidationOptions& options)
    : table_(without_dropped(std::move(table), samples)), samples_(samples), options_(options) {
  check_options(samples_);
  check_options(samples_, options_);
  require_column(table_, samples_, samples_.label);
  samples_.drop.clear();
  if (samples_.window > 0) {
    order_.resize(table_.rows());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    history_ = static_cast<std::size_t>(
        WindowOptions{.window = samples_.window, .horizon = samples_.horizon}.reach());
    return;
  }
  std::size_t unlabelled = 0;
  table_ = labelled_rows(std::move(table_), samples_.label, unlabelled);
  if (samples_.task != Task::regress) samples_.rule = choose_labels(samples_, table_, unlabelled);
  const auto flows = profile_of_columns(column_names(table_.schema()));
  dividing_ = dividing_column(table_, flows, samples_);
  const std::string warning = flows ? random_split_warning(table_, *flows, samples_) : std::string();
  if (!warning.empty()) notes_.push_back(warning);
  if (samples_.by_time()) order_ = time_order(table_, dividing_);
  if (!samples_.group.empty()) groups_ = row_groups(table_, samples_.group);
  classes_ = shared_classes(table_, samples_.rule.value_or(LabelRule{}), samples_.task);
}

WEIR_BODY Folds FoldChoice::held_back_once(std::uint64_t seed) const {
  const double share = samples_.validation;
  std::vector<std::uint32_t> groups = groups_.of_row;
  if (groups.empty()) {  // each row is one
    groups.resize(table_.rows());
    std::iota(groups.begin(), groups.end(), 0U);
  }
  const std::vector<bool> mask = ordered()
                                     ? hold_out_latest(order_, share)
                                     : hold_out_groups(groups, classes_, {.held_out = share, .seed = seed});
  std::vector<std::size_t> part;
  for (const bool held_out : mask) part.push_back(held_out ? 1 : 0);
  return {std::move(part), {{{0, 1}, {1, 2}}}};
}

WEIR_BODY Folds FoldChoice::folds(std::uint64_t seed) const {
  const KFoldOptions shuffled{
      .folds = static_cast<std::size_t>(options_.folds), .shuffle = true, .seed = seed};
  if (options_.leave_group_out) return leave_one_group_out(groups_);
  if (options_.folds == 0) return held_back_once(seed);
  if (ordered()) return time_series_split(order_, {.folds = shuffled.folds});
  if (groups_.names.empty()) return stratified_k_fold(classes_, shuffled);
  if (samples_.task == Task::regress) return group_k_fold(groups_, shuffled);
  return stratified_group_k_fold(classes_, groups_, shuffled);
}

WEIR_BODY std::string FoldChoice::in_words(std::size_t folds) const {
  const bool once = options_.folds == 0 && !options_.leave_group_out;
  const std::string parts =
      once ? brief_text(100.0 * samples_.validation) + " % of the rows" : count_text(folds, "part");
  if (options_.leave_group_out) return parts + ", one for each '" + samples_.group + "'";
  if (!samples_.group.empty()) return parts + " by groups of '" + samples_.group + "'";
  if (!ordered()) return parts + " at random";
  return parts + (samples_.window > 0 ? " of the series" : " by '" + dividing_ + "'") +
         ", later than what is learned from";
}

#endif

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
