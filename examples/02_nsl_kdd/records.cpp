#include "records.hpp"

#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/sources/gzip.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace nsl {

namespace {

/// The label, the difficulty, and a column that is 0 in every row.
[[nodiscard]] std::vector<std::string> not_features() {
  std::vector<std::string> names = weir::nsl_kdd::not_features();
  names.emplace_back("num_outbound_cmds");
  return names;
}

[[nodiscard]] std::int32_t class_number(std::string_view attack_type) {
  const std::string_view name = weir::nsl_kdd::attack_class(attack_type);
  const auto& all = weir::nsl_kdd::classes;
  return static_cast<std::int32_t>(std::find(all.begin(), all.end(), name) - all.begin());
}

}  // namespace

Records load(const std::string& folder, const std::string& name) {
  Records records;
  for (const char* ending : {".txt", ".txt.gz"}) {
    const std::filesystem::path path = std::filesystem::path(folder) / (name + ending);
    if (!std::filesystem::exists(path)) continue;
    weir::CsvOptions options = weir::nsl_kdd::csv_options();
    options.open = weir::open_any;
    records.table = weir::read_csv(path.string(), std::move(options));
    break;
  }
  for (std::size_t row = 0; row < records.table.rows(); ++row) {
    records.classes.push_back(class_number(records.table.text(weir::nsl_kdd::label, row)));
  }
  return records;
}

weir::Preprocessor log_encoding(const weir::TrainingRows& rows) {
  const weir::Table& table = rows.table();
  // A column that is constant among normal rows is kept: leaving its value is news.
  weir::PreprocessOptions options{.exclude = not_features(),
                                  .numeric = {.scaling = weir::Scaling::min_max, .drop_constant = false}};
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (!table.numeric(i) || name == weir::nsl_kdd::difficulty || name == "num_outbound_cmds") continue;
    const auto values = table.numbers(i);
    if (values.empty() || *std::max_element(values.begin(), values.end()) <= 1.0) continue;
    options.numeric_rules.push_back({name, {.scaling = weir::Scaling::log_min_max, .drop_constant = false}});
  }
  return weir::Preprocessor::fit(rows, options);
}

RankEncoding::RankEncoding(const weir::TrainingRows& rows)
    : raw_(weir::Preprocessor::fit(
          rows, {.exclude = not_features(),
                 .numeric = {.scaling = weir::Scaling::log_min_max, .drop_constant = false}})) {
  // The scaling keeps the order, which is all that ranks need.
  const weir::Matrix<float> x = raw_.transform(rows.table());
  const auto n = static_cast<std::size_t>(x.extents()[1]);
  const auto height = static_cast<std::size_t>(x.extents()[0]);
  raw_.each_column(
      [&](const weir::NumericPlan&, std::size_t, std::size_t feature, std::size_t) {
        columns_.emplace_back(feature, 1);
        std::vector<float> values(n);
        for (std::size_t i = 0; i < n; ++i) values[i] = x.data()[i * height + feature];
        std::sort(values.begin(), values.end());
        Ranks ranks{feature, {}, {}};
        for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
          while (end < n && values[end] == values[begin]) ++end;
          ranks.values.push_back(values[begin]);
          ranks.shares.push_back(
              static_cast<float>(static_cast<double>(begin + end) / 2.0 / static_cast<double>(n)));
        }
        ranks_.push_back(std::move(ranks));
      },
      [&](const weir::CategoricalPlan& plan, std::size_t, std::size_t feature, std::size_t) {
        columns_.emplace_back(feature, plan.features());
      });
}

float RankEncoding::Ranks::operator()(float x) const {
  const auto above = std::upper_bound(values.begin(), values.end(), x);
  if (above == values.begin()) return shares.front();
  const auto low = static_cast<std::size_t>(above - values.begin()) - 1;
  if (above == values.end()) return shares.back();
  const float part = (x - values[low]) / (values[low + 1] - values[low]);
  return shares[low] + part * (shares[low + 1] - shares[low]);
}

weir::Matrix<float> RankEncoding::operator()(const weir::Table& table) const {
  weir::Matrix<float> x = raw_.transform(table);
  const auto height = static_cast<std::size_t>(x.extents()[0]);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (const Ranks& ranks : ranks_) {
      float& value = x.data()[i * height + ranks.feature];
      value = ranks(value);
    }
  }
  return x;
}

}  // namespace nsl
