// Tables from files or standard input, read as the options say or as a model's record does, and judged.
#pragma once

#include "model.hpp"

#include <weir/data/formats/open_table.hpp>
#include <weir/pipeline/assessment.hpp>

#include <string>
#include <vector>

namespace cli {

/// The options with what the record says where they say nothing; CSV where neither does.
[[nodiscard]] weir::TableOptions reading_of(weir::TableOptions options, const weir::TextRecord& record = {});
/// Paths may be "-", standard input, and may be packed by gzip. Throws weir::Error.
[[nodiscard]] weir::TableFile open_input(const std::vector<std::string>& paths,
                                         const weir::TableOptions& options,
                                         const weir::TextRecord& record = {});

/// Judges all labelled rows of files; what was read of them goes to `report`.
[[nodiscard]] weir::Assessment assess_files(const Model& model, const std::vector<std::string>& paths,
                                            const weir::TableOptions& options, bool ignore_unknown,
                                            weir::CsvReport& report);

}  // namespace cli
