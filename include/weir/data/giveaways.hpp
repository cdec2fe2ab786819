// Columns that give the label away: one of them alone tells (nearly) every row's class, as a column does that
// was made from the label, or by the way the traffic was recorded.
//
// For each column a rule is found on one half of a sample of the rows and judged on the other: the most
// frequent class of each value where there are few values, else the best places to divide the numbers, one
// between each two classes that are neighbours by their medians. The measure is the mean over the classes of
// the share of rows that are told. Linear in the number of rows and columns.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Giveaway {
  std::string column;
  double told = 0;  ///< share of the rows whose class it tells, the mean over the classes
};

namespace detail {

/// What a column says of a row, and the row's class.
struct ValueOfClass {
  double value = 0;
  std::int32_t label = 0;
  friend bool operator<(const ValueOfClass& a, const ValueOfClass& b) noexcept { return a.value < b.value; }
};

/// The most frequent class of each value; missing values are one more.
class ClassOfValue {
 public:
  /// False when there are too many values.
  bool fit(std::span<const ValueOfClass> known, std::size_t classes, std::size_t most_values) {
    std::map<double, std::vector<std::size_t>> counts;
    for (const ValueOfClass& one : known) {
      auto& of_value = counts[one.value];
      of_value.resize(classes);
      ++of_value[static_cast<std::size_t>(one.label)];
      if (counts.size() > most_values) return false;
    }
    for (const auto& [value, of_value] : counts) {
      const auto best = std::max_element(of_value.begin(), of_value.end()) - of_value.begin();
      classes_[value] = static_cast<std::int32_t>(best);
    }
    return true;
  }
  [[nodiscard]] std::int32_t operator()(double value) const {
    const auto found = classes_.find(value);
    return found == classes_.end() ? -1 : found->second;
  }

 private:
  std::map<double, std::int32_t> classes_;
};

/// Ranges of numbers, one a class.
class ClassOfRange {
 public:
  void fit(std::vector<ValueOfClass> known, std::size_t classes) {
    std::sort(known.begin(), known.end());
    order_ = by_median(known, classes);
    for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
      bounds_.push_back(best_bound(known, order_[i], order_[i + 1]));
    }
    std::sort(bounds_.begin(), bounds_.end());
  }
  [[nodiscard]] std::int32_t operator()(double value) const {
    const auto range = std::upper_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    return order_.empty() ? -1 : order_[static_cast<std::size_t>(range)];
  }

 private:
  [[nodiscard]] static std::vector<std::int32_t> by_median(std::span<const ValueOfClass> sorted,
                                                           std::size_t classes) {
    std::vector<std::vector<double>> values(classes);
    for (const ValueOfClass& one : sorted) values[static_cast<std::size_t>(one.label)].push_back(one.value);
    std::vector<std::pair<double, std::int32_t>> medians;
    for (std::size_t k = 0; k < classes; ++k) {
      if (values[k].empty()) continue;
      medians.emplace_back(values[k][values[k].size() / 2], static_cast<std::int32_t>(k));
    }
    std::sort(medians.begin(), medians.end());
    std::vector<std::int32_t> order;
    for (const auto& [median, label] : medians) order.push_back(label);
    return order;
  }

  /// The number below which there are most of `low` and fewest of `high`.
  [[nodiscard]] static double best_bound(std::span<const ValueOfClass> sorted, std::int32_t low,
                                         std::int32_t high) {
    double bound = -std::numeric_limits<double>::infinity();
    std::int64_t gain = 0;
    std::int64_t best = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      gain += sorted[i].label == low ? 1 : sorted[i].label == high ? -1 : 0;
      const bool last = i + 1 == sorted.size();
      if (gain <= best || (!last && sorted[i].value == sorted[i + 1].value)) continue;
      best = gain;
      bound = last ? std::numeric_limits<double>::infinity() : sorted[i].value / 2 + sorted[i + 1].value / 2;
    }
    return bound;
  }

  std::vector<std::int32_t> order_;  // classes by their medians
  std::vector<double> bounds_;
};

/// Rows of the sample, and which half each belongs to.
class GiveawaySample {
 public:
  GiveawaySample(std::span<const std::int32_t> labels, std::size_t classes) : counts_(classes) {
    constexpr std::size_t most_rows = 40'000;
    const std::size_t step = labels.size() / most_rows + 1;
    for (std::size_t row = 0; row < labels.size(); row += step) {
      // Not every other row: classes may take turns in a file.
      const bool fresh = (RngKey{0x6769766561776179}.fork(row).value >> 32U & 1U) != 0;
      (fresh ? fresh_ : known_).push_back(row);
      if (fresh) ++counts_[static_cast<std::size_t>(labels[row])];
    }
  }
  [[nodiscard]] const std::vector<std::size_t>& known() const noexcept { return known_; }
  [[nodiscard]] const std::vector<std::size_t>& fresh() const noexcept { return fresh_; }
  /// Whether there are enough rows of a class to say anything.
  [[nodiscard]] bool judged(std::int32_t label) const noexcept {
    constexpr std::size_t fewest = 20;
    return counts_[static_cast<std::size_t>(label)] >= fewest;
  }
  [[nodiscard]] std::size_t judged_classes() const noexcept {
    std::size_t count = 0;
    for (std::size_t k = 0; k < counts_.size(); ++k)
      count += std::size_t{judged(static_cast<std::int32_t>(k))};
    return count;
  }

  /// The mean over the judged classes of the share that a rule tells.
  template <class Rule>
  [[nodiscard]] double told(std::span<const ValueOfClass> fresh, const Rule& rule) const {
    std::vector<std::size_t> right(counts_.size());
    for (const ValueOfClass& one : fresh) {
      if (rule(one.value) == one.label) ++right[static_cast<std::size_t>(one.label)];
    }
    double sum = 0;
    for (std::size_t k = 0; k < counts_.size(); ++k) {
      if (!judged(static_cast<std::int32_t>(k))) continue;
      sum += static_cast<double>(right[k]) / static_cast<double>(counts_[k]);
    }
    return sum / static_cast<double>(judged_classes());
  }

 private:
  std::vector<std::size_t> known_;
  std::vector<std::size_t> fresh_;
  std::vector<std::size_t> counts_;  // of the fresh rows, by class
};

/// What a column says of some rows: its number (a missing one is the least of all), or the code of its text.
[[nodiscard]] inline std::vector<ValueOfClass> values_of(const Table& table, std::size_t column,
                                                         std::span<const std::int32_t> labels,
                                                         std::span<const std::size_t> rows) {
  std::vector<ValueOfClass> result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) {
    double value = 0;
    if (table.numeric(column)) {
      const double number = table.numbers(column)[row];
      constexpr double most = std::numeric_limits<double>::max();
      value = is_missing(number) ? -most : std::clamp(number, -most, most);
    } else {
      value = static_cast<double>(table.codes(column)[row]);
    }
    result.push_back({value, labels[row]});
  }
  return result;
}

}  // namespace detail

/// The columns of a table, besides the label, each of which tells at least 99.5 % of the rows. `labels` has
/// the class of each row, from 0 to `classes` - 1. Classes of which there are fewer than some 40 rows are not
/// looked at, so a small table has none.
[[nodiscard]] inline std::vector<Giveaway> find_giveaways(const Table& table,
                                                          std::span<const std::int32_t> labels,
                                                          std::size_t classes,
                                                          std::string_view label_column) {
  constexpr double nearly_all = 0.995;
  constexpr std::size_t few_numbers = 64;
  std::vector<Giveaway> result;
  const detail::GiveawaySample sample(labels, classes);
  if (sample.judged_classes() < 2) return result;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == label_column) continue;
    const auto known = detail::values_of(table, i, labels, sample.known());
    const auto fresh = detail::values_of(table, i, labels, sample.fresh());
    const std::size_t most_values = table.numeric(i) ? few_numbers : known.size();
    detail::ClassOfValue by_value;
    double told = 0;
    if (by_value.fit(known, classes, most_values)) {
      told = sample.told(fresh, by_value);
    } else {
      detail::ClassOfRange by_range;
      by_range.fit(known, classes);
      told = sample.told(fresh, by_range);
    }
    if (told >= nearly_all) result.push_back({name, told});
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
