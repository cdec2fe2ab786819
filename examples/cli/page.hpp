// A model on one page (weir/pipeline/model_report.hpp), and the numbers of that page as JSON.
#pragma once

#include "report.hpp"

#include <weir/pipeline/model_report.hpp>

#include <string>

namespace cli {

inline constexpr std::size_t rows_for_importance = 2'000;

/// What a page calls a file: it does not tell where it lies.
[[nodiscard]] std::string shown_name(const std::string& path);
/// A page is not written where the words go.
void refuse_standard_output_for_page(const std::string& path);
/// Throws IoError.
void write_page(const std::string& path, const std::string& html);
/// What is drawn: curves, histograms, calibration, values, importance of columns, over-fitting.
[[nodiscard]] Json to_json(const weir::ModelReport& report);

}  // namespace cli
