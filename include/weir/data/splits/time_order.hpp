// The rows of a table from the earliest to the latest.
//
//   time_order(flows, "start_ns"), time_order(flows, "StartTime")
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/tables/dictionary.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Year, month and day first, such as "2011-08-18T15:40:53.8" or "2011/08/18 15:40": the order of such texts is that of
/// their times.
[[nodiscard]] inline bool is_year_first(std::string_view text) noexcept {
  constexpr std::string_view form = "dddd-dd-dd";
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == 'd' ? !digit : text[i] != '-' && text[i] != '/') return false;
  }
  return true;
}

/// The place of each text among all of them; a missing one comes first.
[[nodiscard]] inline std::vector<double> ranks_of_times(const Table& table, std::size_t column) {
  const Dictionary& texts = table.dictionary(column);
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  std::vector<double> rank(texts.size());
  for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = static_cast<double>(i);
  std::vector<double> times;
  for (const std::uint32_t code : table.codes(column)) {
    if (code != missing_code && !is_year_first(texts[code])) {
      fail(ErrorKind::data,
           "column '" + table.schema().columns[column].name + "': '" + std::string(texts[code]) +
               "' is no time that can be put in order; write 2011-08-18 15:40:53 or a number");
    }
    times.push_back(code == missing_code ? missing_number : rank[code]);
  }
  return times;
}

}  // namespace detail

/// Times are numbers, or texts that begin with year, month and day. Rows of one time stay in their order; those without a
/// time come first. DataError when a text is no such time.
[[nodiscard]] inline std::vector<std::size_t> time_order(const Table& table, std::string_view column) {
  const std::size_t index = table.index_of(column);
  std::vector<double> times;
  if (table.numeric(index)) {
    const auto numbers = table.numbers(index);
    times.assign(numbers.begin(), numbers.end());
  } else {
    times = detail::ranks_of_times(table, index);
  }
  std::vector<std::size_t> order(times.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (!is_finite(times[a]) || !is_finite(times[b])) return !is_finite(times[a]) && is_finite(times[b]);
    return times[a] < times[b];
  });
  return order;
}

}  // namespace weir::inline WEIR_ABI
