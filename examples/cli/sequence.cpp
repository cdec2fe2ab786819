#include "sequence.hpp"

#include <weir/core/error.hpp>
#include <weir/pipeline/sample_rule.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace cli {

namespace {

[[nodiscard]] weir::Table columns_of(const weir::Preprocessor& preprocess, const weir::Table& rows) {
  std::vector<std::string> names;
  for (const weir::Column& column : preprocess.schema.columns) names.push_back(column.name);
  return rows.select(names);
}

}  // namespace

weir::Shape sequence_shape(const std::string& text, weir::Index values) {
  weir::Shape shape{0, 0};
  const char* const end = text.data() + text.size();
  const auto length = std::from_chars(text.data(), end, shape.length);
  const bool both = length.ec == std::errc() && length.ptr != end && *length.ptr == 'x';
  const auto channels = both ? std::from_chars(length.ptr + 1, end, shape.channels) : length;
  constexpr weir::Index most = 1 << 20;
  if (!both || channels.ec != std::errc() || channels.ptr != end || shape.length < 1 || shape.channels < 1 ||
      shape.length > most || shape.channels > most) {
    weir::fail(weir::ErrorKind::config, "--sequence takes LENGTHxCHANNELS such as 30x3, not '" + text + "'");
  }
  if (shape.size() != values) {
    weir::fail(weir::ErrorKind::config, "--sequence " + text + " are " + std::to_string(shape.size()) +
                                            " values, but there are " + std::to_string(values) +
                                            " besides the label");
  }
  return shape;
}

void numbers_of(const weir::Table& rows, std::size_t row, std::vector<double>& numbers) {
  numbers.clear();
  for (std::size_t column = 0; column < rows.columns(); ++column) {
    if (rows.numeric(column)) numbers.push_back(rows.numbers(column)[row]);
  }
}

void join_channels(weir::Preprocessor& preprocess, const weir::Table& rows, const weir::NumericRule& rule,
                   weir::Shape shape) {
  for (weir::Index c = 0; c < shape.channels; ++c) {
    std::vector<double> known;
    for (weir::Index t = 0; t < shape.length; ++t) {
      const std::string& name = preprocess.numeric[static_cast<std::size_t>(t * shape.channels + c)].name;
      for (const double value : rows.numbers(name)) {
        if (weir::is_finite(value)) known.push_back(value);
      }
    }
    if (known.empty()) known.push_back(rule.constant);
    const weir::NumericPlan plan = weir::fit_numeric("", rule, std::move(known)).value();
    for (weir::Index t = 0; t < shape.length; ++t) {
      weir::NumericPlan& own = preprocess.numeric[static_cast<std::size_t>(t * shape.channels + c)];
      own = {own.name, true, plan.on_missing, plan.stand_in, plan.scaler, plan.low, plan.high};
    }
  }
}

void cut_padding(weir::Dataset<float>& data, const weir::Preprocessor& preprocess, const weir::Table& rows,
                 std::vector<std::size_t>& kept) {
  const weir::Table columns = columns_of(preprocess, rows);
  std::vector<double> numbers;
  std::vector<weir::Index> samples;
  std::vector<weir::Index> lengths;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    numbers_of(columns, kept[i], numbers);
    const weir::Index used = weir::used_steps(numbers, data.shape.channels);
    lengths.push_back(used);
    if (used > 0) samples.push_back(static_cast<weir::Index>(i));
    float* const x = data.x.data() + static_cast<weir::Index>(i) * data.shape.size();
    std::fill(x + used * data.shape.channels, x + data.shape.size(), 0.0F);
  }
  const auto full = [&](weir::Index used) { return used == data.shape.length; };
  if (!std::all_of(lengths.begin(), lengths.end(), full)) data.lengths = std::move(lengths);
  if (samples.size() == kept.size()) return;
  data = data.subset(samples);
  std::vector<std::size_t> left;
  for (const weir::Index sample : samples) left.push_back(kept[static_cast<std::size_t>(sample)]);
  kept = std::move(left);
}

}  // namespace cli
