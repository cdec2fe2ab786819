// Options of the CSV reader that make no sense together.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] inline Status check_csv_numbers(const CsvOptions& options) {
  const auto [decimal, thousands] = options.numbers;
  constexpr std::string_view taken = "0123456789+-eE\r\n";
  const auto unfit = [&](char sign) {
    const bool letter = (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
    return letter || taken.find(sign) != std::string_view::npos || sign == options.quote;
  };
  if (decimal == '\0' || unfit(decimal) || (thousands != '\0' && unfit(thousands))) {
    return Failure{ErrorKind::config, "CSV: this decimal or thousands sign is part of numbers or of quoting"};
  }
  if (decimal == thousands) {
    return Failure{ErrorKind::config, "CSV: '" + std::string(1, decimal) +
                                          "' cannot be both the decimal and the thousands sign"};
  }
  if (options.quote == '\0' && (options.separator == decimal || options.separator == thousands)) {
    return Failure{ErrorKind::config, "CSV: '" + std::string(1, options.separator) +
                                          "' separates fields and is part of numbers, and there are no "
                                          "quotes to tell one from the other"};
  }
  return std::monostate{};
}

[[nodiscard]] inline Status check_csv_options(const CsvOptions& options) {
  if (!options.names.empty() && (options.header || !options.schema.columns.empty())) {
    return Failure{ErrorKind::config,
                   "CSV: names are for files without a header line, and stand in the place of a schema"};
  }
  const auto ends_lines = [](char c) { return c == '\n' || c == '\r'; };
  if (options.separator == '\0' || options.separator == options.quote || ends_lines(options.separator) ||
      ends_lines(options.quote)) {
    return Failure{ErrorKind::config,
                   "CSV: this separator and this quote cannot be told from each other or from a "
                   "line end"};
  }
  return check_csv_numbers(options);
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
