// Rows of a table as sequences: columns in order are the channels of the first step, of the second, ...
#pragma once

#include <weir/core/batch.hpp>
#include <weir/data/column_plan.hpp>
#include <weir/data/preprocess.hpp>
#include <weir/data/table.hpp>
#include <weir/train/dataset.hpp>

#include <string>
#include <vector>

namespace cli {

/// "30x3" (steps x channels) for that many values. Throws ConfigError when the text is not of this form or
/// does not fit.
[[nodiscard]] weir::Shape sequence_shape(const std::string& text, weir::Index values);

/// The numbers of a row, column by column; texts are left out.
void numbers_of(const weir::Table& rows, std::size_t row, std::vector<double>& numbers);

/// Gives all columns of a channel the same plan, fitted to their numbers together: the size of a packet means
/// the same wherever it stands. Throws when a column holds texts.
void join_channels(weir::Preprocessor& preprocess, const weir::Table& rows, const weir::NumericRule& rule,
                   weir::Shape shape);

/// Finds how many steps of each sample count, clears the padding behind them and leaves out samples without a
/// step. `kept` holds the row of each sample.
void cut_padding(weir::Dataset<float>& data, const weir::Preprocessor& preprocess, const weir::Table& rows,
                 std::vector<std::size_t>& kept);

}  // namespace cli
