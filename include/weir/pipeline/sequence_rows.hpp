// Rows of a table as sequences: columns in order are the channels of the first step, of the second, ...
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/preparing/column_fit.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The numbers of a row, column by column; texts are left out.
inline void numbers_of(const Table& rows, std::size_t row, std::vector<double>& numbers) {
  numbers.clear();
  for (std::size_t column = 0; column < rows.columns(); ++column) {
    if (rows.numeric(column)) numbers.push_back(rows.numbers(column)[row]);
  }
}

namespace detail {

/// Throws ConfigError when a row has not as many values as the sequence takes.
inline void check_sequence(Shape sequence, Index values, OptionWords words) {
  if (sequence.size() == values) return;
  const std::string text = std::to_string(sequence.length) + "x" + std::to_string(sequence.channels);
  fail(ErrorKind::config, option_word(words, "sequence") + " " + text + " are " +
                              std::to_string(sequence.size()) + " values, but there are " +
                              std::to_string(values) + " besides the label");
}

/// Gives all columns of a channel the same plan, fitted to their numbers together: the size of a packet means
/// the same wherever it stands. DataError when a column holds texts.
inline void join_channels(Preprocessor& preprocess, const Table& rows, const NumericRule& rule, Shape shape) {
  for (Index c = 0; c < shape.channels; ++c) {
    std::vector<double> known;
    for (Index t = 0; t < shape.length; ++t) {
      const std::string& name = preprocess.numeric[static_cast<std::size_t>(t * shape.channels + c)].name;
      for (const double value : rows.numbers(name)) {
        if (is_finite(value)) known.push_back(value);
      }
    }
    if (known.empty()) known.push_back(rule.constant);
    const NumericPlan plan = fit_numeric("", rule, std::move(known)).value();
    for (Index t = 0; t < shape.length; ++t) {
      NumericPlan& own = preprocess.numeric[static_cast<std::size_t>(t * shape.channels + c)];
      own = {own.name, true, plan.on_missing, plan.stand_in, plan.scaler, plan.low, plan.high};
    }
  }
}

/// Finds how many steps of each sample count, clears the padding behind them and leaves out samples without a
/// step. `kept` holds the row of each sample.
inline void cut_padding(Dataset<float>& data, const Preprocessor& preprocess, const Table& rows,
                        std::vector<std::size_t>& kept) {
  std::vector<std::string> names;
  for (const Column& column : preprocess.schema.columns) names.push_back(column.name);
  const Table columns = rows.select(names);
  std::vector<double> numbers;
  std::vector<Index> samples;
  std::vector<Index> lengths;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    numbers_of(columns, kept[i], numbers);
    const Index used = used_steps(numbers, data.shape.channels);
    lengths.push_back(used);
    if (used > 0) samples.push_back(static_cast<Index>(i));
    float* const x = data.x.data() + static_cast<Index>(i) * data.shape.size();
    std::fill(x + used * data.shape.channels, x + data.shape.size(), 0.0F);
  }
  const auto full = [&](Index used) { return used == data.shape.length; };
  if (!std::all_of(lengths.begin(), lengths.end(), full)) data.lengths = std::move(lengths);
  if (samples.size() == kept.size()) return;
  data = data.subset(samples);
  std::vector<std::size_t> left;
  for (const Index sample : samples) left.push_back(kept[static_cast<std::size_t>(sample)]);
  kept = std::move(left);
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
