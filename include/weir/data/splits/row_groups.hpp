// The groups of rows that a column makes: rows with the same class, host or capture.
//
//   const RowGroups hosts = row_groups(flows, "src_ip");
//   hosts.of_row[7], hosts.names[hosts.of_row[7]]
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/tables/strata.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct RowGroups {
  std::vector<std::uint32_t> of_row{};  ///< the number of each row's group
  std::vector<std::string> names{};     ///< of the groups, in order; "" are the rows without a value

  operator std::span<const std::uint32_t>() const noexcept { return of_row; }  // NOLINT: splitters take these
};

namespace detail {

[[nodiscard]] inline RowGroups number_groups(std::span<const double> values) {
  std::vector<double> distinct;
  for (const double value : values) {
    if (is_finite(value)) distinct.push_back(value);
  }
  const bool gaps = distinct.size() < values.size();
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  RowGroups groups;
  if (gaps) groups.names.emplace_back();
  for (const double value : distinct) groups.names.push_back(brief_text(value));
  for (const double value : values) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin();
    groups.of_row.push_back(is_finite(value) ? static_cast<std::uint32_t>(place + (gaps ? 1 : 0)) : 0U);
  }
  return groups;
}

}  // namespace detail

/// Groups are numbered in the order of their texts or numbers, so that nothing depends on how the table was put
/// together; rows without a value come first.
[[nodiscard]] inline RowGroups row_groups(const Table& table, std::string_view column) {
  const std::size_t index = table.index_of(column);
  if (table.numeric(index)) return detail::number_groups(table.numbers(index));
  RowGroups groups;
  groups.of_row.resize(table.rows());
  for (const Stratum& stratum : strata_of(table, column)) {
    for (const std::size_t row : stratum.rows)
      groups.of_row[row] = static_cast<std::uint32_t>(groups.names.size());
    groups.names.push_back(stratum.text);
  }
  return groups;
}

}  // namespace weir::inline WEIR_ABI
