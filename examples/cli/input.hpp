// Tables from files or standard input, read as the options say or as a model's record does, and judged.
#pragma once

#include "model.hpp"

#include <weir/data/formats/open_table.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/assessor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cli {

/// A file, or standard input where the path is "-", unpacked if it is packed by gzip or zstd.
[[nodiscard]] weir::Result<std::unique_ptr<weir::ByteSource>> open_source(const std::string& path);
/// The options with what the record says where they say nothing; CSV where neither does.
[[nodiscard]] weir::TableOptions reading_of(weir::TableOptions options, const weir::TextRecord& record = {});
/// From open_source(). Throws weir::Error.
[[nodiscard]] weir::TableFile open_input(const std::vector<std::string>& paths,
                                         const weir::TableOptions& options,
                                         const weir::TextRecord& record = {});

/// Judges all labelled rows of files; what was read of them goes to `report`.
[[nodiscard]] weir::Assessment assess_files(const Model& model, const std::vector<std::string>& paths,
                                            const weir::TableOptions& options, weir::AssessOptions how,
                                            weir::CsvReport& report);

}  // namespace cli
