// Columns that give the label away: one of them alone tells (nearly) every row's class, as a column does that
// was made from the label, or by the way the traffic was recorded.
//
// For each column a rule is found on one half of a sample of the rows and judged on the other: the most
// frequent class of each value where there are few values, else the best places to divide the numbers, one
// between each two classes that are neighbours by their medians. The measure is the mean over the classes of
// the share of rows that are told. A sample has up to 40,000 rows, so the work grows with the columns alone.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
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
  friend auto operator<=>(const ValueOfClass&, const ValueOfClass&) = default;
};

/// The most frequent class of each value.
class ClassOfValue {
 public:
  /// From ascending values.
  explicit ClassOfValue(std::span<const ValueOfClass> known) {
    for (std::size_t i = 0; i < known.size();) {
      std::size_t run = i;  // rows of one value and one class
      while (run < known.size() && known[run] == known[i]) ++run;
      take(known[i], run - i);
      i = run;
    }
  }
  [[nodiscard]] std::size_t values() const noexcept { return classes_.size(); }
  [[nodiscard]] std::int32_t operator()(double value) const noexcept {
    const auto place = std::lower_bound(classes_.begin(), classes_.end(), value,
                                        [](const ValueOfClass& one, double v) { return one.value < v; });
    return place == classes_.end() || place->value != value ? -1 : place->label;
  }

 private:
  void take(const ValueOfClass& one, std::size_t rows) {
    if (classes_.empty() || classes_.back().value != one.value) {
      classes_.push_back(one);
      most_ = rows;
    } else if (rows > most_) {
      classes_.back().label = one.label;
      most_ = rows;
    }
  }

  std::vector<ValueOfClass> classes_;  // ascending, each value once
  std::size_t most_ = 0;               // rows of the last value's class
};

/// Ranges of numbers, one a class.
class ClassOfRange {
 public:
  /// From ascending values.
  ClassOfRange(std::span<const ValueOfClass> known, std::size_t classes) {
    std::vector<std::vector<double>> values(classes);
    for (const ValueOfClass& one : known) values[static_cast<std::size_t>(one.label)].push_back(one.value);
    std::vector<std::pair<double, std::int32_t>> medians;
    for (std::size_t k = 0; k < classes; ++k) {
      if (values[k].empty()) continue;
      medians.emplace_back(values[k][values[k].size() / 2], static_cast<std::int32_t>(k));
    }
    std::sort(medians.begin(), medians.end());
    for (const auto& [median, label] : medians) order_.push_back(label);
    for (std::size_t i = 0; i + 1 < order_.size(); ++i) {
      bounds_.push_back(best_bound(values[static_cast<std::size_t>(order_[i])],
                                   values[static_cast<std::size_t>(order_[i + 1])]));
    }
    std::sort(bounds_.begin(), bounds_.end());
  }
  [[nodiscard]] std::int32_t operator()(double value) const noexcept {
    const auto range = std::upper_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    return order_.empty() ? -1 : order_[static_cast<std::size_t>(range)];
  }

 private:
  /// The number below which there are most of `low` and fewest of `high`, both ascending.
  [[nodiscard]] static double best_bound(const std::vector<double>& low, const std::vector<double>& high) {
    double bound = -std::numeric_limits<double>::max();
    std::int64_t best = 0;
    for (std::size_t i = 0, k = 0; i < low.size(); ++i) {
      while (k < high.size() && high[k] <= low[i]) ++k;
      const std::int64_t gain = static_cast<std::int64_t>(i + 1) - static_cast<std::int64_t>(k);
      if (gain < best) continue;
      best = gain;
      bound = k < high.size() ? low[i] / 2 + high[k] / 2 : std::numeric_limits<double>::max();
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
    const std::uint64_t step = labels.size() / most_rows + 1;
    for (std::size_t row = 0; row < labels.size(); ++row) {
      // By chance, not by turns: classes may take turns in a file.
      const std::uint64_t random = RngKey{0x6769766561776179}.fork(row).value >> 8U;
      const bool fresh = (random & 1U) != 0;
      if ((random >> 1U) % step != 0) continue;
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
[[nodiscard]] std::vector<Giveaway> find_giveaways(const Table& table, std::span<const std::int32_t> labels,
                                                   std::size_t classes, std::string_view label_column);

#if WEIR_BODIES

WEIR_BODY std::vector<Giveaway> find_giveaways(const Table& table, std::span<const std::int32_t> labels,
                                               std::size_t classes, std::string_view label_column) {
  constexpr double nearly_all = 0.995;
  constexpr std::size_t few_numbers = 64;
  std::vector<Giveaway> result;
  const detail::GiveawaySample sample(labels, classes);
  if (sample.judged_classes() < 2) return result;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (name == label_column) continue;
    auto known = detail::values_of(table, i, labels, sample.known());
    std::sort(known.begin(), known.end());
    const auto fresh = detail::values_of(table, i, labels, sample.fresh());
    const detail::ClassOfValue by_value(known);
    const bool by_range = table.numeric(i) && by_value.values() > few_numbers;
    const double told =
        by_range ? sample.told(fresh, detail::ClassOfRange(known, classes)) : sample.told(fresh, by_value);
    if (told >= nearly_all) result.push_back({name, told});
  }
  return result;
}

#endif

}  // namespace weir::inline WEIR_ABI
