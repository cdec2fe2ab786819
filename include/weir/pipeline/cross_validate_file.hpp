// The cross-validation of a file: a table of any format (data/formats/open_table.hpp).
//
//   const CrossValidation result = cross_validate("flows.csv", {}, {.label = "label", .group = "src_ip"});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/cross_validate.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/sample_options.hpp>

#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// As cross_validate() of what is in the files (several are one table, several_tables.hpp), with its errors and those of
/// reading.
template <class Net = AnyModel<float>>
[[nodiscard]] CrossValidation cross_validate(const std::vector<std::string>& paths,
                                             const TableOptions& reading, SampleOptions samples,
                                             const LearnOptions& learning = {},
                                             const CrossValidationOptions& options = {},
                                             const OnFold& on_fold = {}) {
  if (reading.format == "idx") fail(ErrorKind::config, "cross-validation is for tables, not for images");
  std::vector<std::string> notes;
  Table table = detail::read_rows(paths, reading, samples, notes);
  CrossValidation result = cross_validate<Net>(std::move(table), samples, learning, options, on_fold);
  result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
  return result;
}
template <class Net = AnyModel<float>>
[[nodiscard]] CrossValidation cross_validate(const std::string& path, const TableOptions& reading,
                                             SampleOptions samples, const LearnOptions& learning = {},
                                             const CrossValidationOptions& options = {},
                                             const OnFold& on_fold = {}) {
  return cross_validate<Net>(std::vector<std::string>{path}, reading, std::move(samples), learning, options,
                             on_fold);
}

}  // namespace weir::inline WEIR_ABI
