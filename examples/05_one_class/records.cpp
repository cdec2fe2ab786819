#include "records.hpp"

#include <weir/data/formats/csv.hpp>
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/sources/gzip.hpp>

#include <algorithm>
#include <filesystem>

namespace one_class {

weir::Table load(const std::string& folder, const std::string& name) {
  for (const char* ending : {".txt", ".txt.gz"}) {
    const std::filesystem::path path = std::filesystem::path(folder) / (name + ending);
    if (!std::filesystem::exists(path)) continue;
    weir::CsvOptions options = weir::nsl_kdd::csv_options();
    options.open = weir::open_any;
    return weir::read_csv(path.string(), std::move(options));
  }
  return {};
}

bool is_normal(const weir::Table& table, std::size_t row) {
  return weir::nsl_kdd::attack_class(table.text(weir::nsl_kdd::label, row)) == weir::nsl_kdd::classes[0];
}

weir::Preprocessor encoding_of(const weir::TrainingRows& normal) {
  const weir::Table& table = normal.table();
  const std::string always_zero = "num_outbound_cmds";
  std::vector<std::string> not_features = weir::nsl_kdd::not_features();
  not_features.push_back(always_zero);
  // A column that is constant among normal rows is kept: leaving its value is news.
  weir::PreprocessOptions options{.exclude = not_features,
                                  .numeric = {.scaling = weir::Scaling::min_max, .drop_constant = false}};
  for (std::size_t i = 0; i < table.columns(); ++i) {
    const std::string& name = table.schema().columns[i].name;
    if (!table.numeric(i) || name == weir::nsl_kdd::difficulty || name == always_zero) continue;
    const auto values = table.numbers(i);
    if (values.empty() || *std::max_element(values.begin(), values.end()) <= 1.0) continue;
    options.numeric_rules.push_back({name, {.scaling = weir::Scaling::log_min_max, .drop_constant = false}});
  }
  return weir::Preprocessor::fit(normal, options);
}

}  // namespace one_class
