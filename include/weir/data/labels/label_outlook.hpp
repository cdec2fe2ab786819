// Whether a column is a label: what classes of so many rows can teach.
//
//   const LabelOutlook outlook = label_outlook(names, rows);   // the names of the classes, and all rows
//   if (outlook.quantity) ...                                   // numbers that count or measure something
//
// A rule of thumb, for a message: numbers with a fraction, more than 256 different numbers, or (of numbers
// and texts alike) more than 20 classes with fewer than three rows each on average.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::inline WEIR_ABI {

struct LabelOutlook {
  bool quantity = false;    ///< numbers that are better learned as numbers
  bool identifier = false;  ///< hardly two rows share one
};

[[nodiscard]] inline LabelOutlook label_outlook(std::span<const std::string> classes, std::size_t rows) {
  constexpr std::size_t few = 20, many = 256, rows_each = 3;
  bool numbers = !classes.empty(), whole = true;
  for (const std::string_view name : classes) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    numbers = numbers && error == std::errc() && end == name.data() + name.size() && std::isfinite(value);
    whole = whole && value == std::floor(value);
  }
  const bool sparse = rows < rows_each * classes.size();
  const bool unlikely = classes.size() > few && (sparse || (numbers && !whole));
  const bool too_many_numbers = numbers && classes.size() > many;
  return {.quantity = numbers && (unlikely || too_many_numbers), .identifier = !numbers && unlikely};
}

}  // namespace weir::inline WEIR_ABI
