// Files of labelled rows, judged by a model.
#pragma once

#include "input.hpp"
#include "model.hpp"

#include <weir/data/csv.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/samples.hpp>

#include <string>
#include <vector>

namespace cli {

/// The columns that a model reads, as a reader needs them; with its label column if asked for. Throws
/// DataError when the file lacks one.
[[nodiscard]] std::vector<weir::Column> columns_for(const Model& model, const TableFile& file, bool label);

/// Reads all rows of a file in pieces and judges them.
[[nodiscard]] weir::Assessment assess_file(const Model& model, const std::string& path,
                                           const InputOptions& input, bool ignore_unknown,
                                           weir::CsvReport* report = nullptr);
[[nodiscard]] weir::Assessment assess_held_back(const Model& model, const weir::Samples& samples);

/// What is odd about labels and cells, a sentence each.
[[nodiscard]] std::vector<std::string> notes_on(const Model& model, const weir::Assessment& result);

}  // namespace cli
