// What was fitted to the training rows, ready to run: a record in, what a net reads out. Saved with the
// model.
//
//   bool usable = pre.encode(numbers, texts, out);              // one record: no allocation
//
// Everything that comes out is finite. Fitting, and whole tables: data/preparing/preprocess.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/data/preparing/column_plan.hpp>
#include <weir/data/tables/schema.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class Table;
class TrainingRows;
struct PreprocessOptions;

struct Preprocessor {
  Schema schema;                     ///< the columns that become features, in order
  std::vector<std::string> exclude;  ///< columns that a table may have besides
  std::vector<NumericPlan> numeric;  ///< of the numeric columns, in order
  std::vector<CategoricalPlan> categorical;

  [[nodiscard]] static Result<Preprocessor> try_fit(const TrainingRows& training,
                                                    const PreprocessOptions& options);
  [[nodiscard]] static Result<Preprocessor> try_fit(const TrainingRows& training);
  [[nodiscard]] static Preprocessor fit(const TrainingRows& training, const PreprocessOptions& options);
  [[nodiscard]] static Preprocessor fit(const TrainingRows& training);

  /// Features x rows. `kept` gets the numbers of the rows that are in the result: all of them but those that
  /// a rule rejects; without `kept`, such a row is an error. DataError names the first column that differs
  /// from those of the fit, or the row whose missing value is not allowed.
  [[nodiscard]] Result<Matrix<float>> try_transform(const Table& table,
                                                    std::vector<std::size_t>* kept = nullptr) const;
  [[nodiscard]] Matrix<float> transform(const Table& table, std::vector<std::size_t>* kept = nullptr) const;

  /// One record: its numbers and texts, each in the order of `schema`; NaN and "" are missing values. False
  /// when a rule does not allow a value to be missing; `out` is then worthless. Does not allocate.
  [[nodiscard]] bool encode(std::span<const double> numbers, std::span<const std::string_view> texts,
                            std::span<float> out) const noexcept;

  /// Rows of the matrix.
  [[nodiscard]] std::size_t features() const noexcept {
    std::size_t sum = 0;
    for (const NumericPlan& plan : numeric) sum += plan.features();
    for (const CategoricalPlan& plan : categorical) sum += plan.features();
    return sum;
  }
  /// "src_bytes", "protocol_type=tcp", "protocol_type=(unknown)", ...
  [[nodiscard]] std::vector<std::string> feature_names() const;

  /// The first point in which a table is not like that of the fit, in words.
  [[nodiscard]] std::optional<std::string> difference(const Table& table) const;

  friend bool operator==(const Preprocessor&, const Preprocessor&) = default;

  /// Calls on_number(plan, n, feature, i) or on_text(plan, n, feature, i) for each column i of the schema:
  /// the n-th of its kind, whose first feature is `feature`.
  template <class OnNumber, class OnText>
  void each_column(OnNumber&& on_number, OnText&& on_text) const {
    std::size_t number = 0;
    std::size_t text = 0;
    std::size_t feature = 0;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      if (schema.columns[i].kind == ColumnKind::numeric) {
        on_number(numeric[number], number, feature, i);
        feature += numeric[number++].features();
      } else {
        on_text(categorical[text], text, feature, i);
        feature += categorical[text++].features();
      }
    }
  }
};

#if WEIR_BODIES

WEIR_BODY std::vector<std::string> Preprocessor::feature_names() const {
  std::vector<std::string> names;
  each_column(
      [&names](const NumericPlan& plan, auto...) {
        if (plan.used) names.push_back(plan.name);
      },
      [&names](const CategoricalPlan& plan, auto...) {
        for (const std::string& category : plan.categories) names.push_back(plan.name + "=" + category);
        names.push_back(plan.name + "=(unknown)");
      });
  return names;
}

WEIR_BODY bool Preprocessor::encode(std::span<const double> numbers, std::span<const std::string_view> texts,
                                    std::span<float> out) const noexcept {
  assert(numbers.size() == numeric.size() && texts.size() == categorical.size() && out.size() == features());
  bool usable = true;
  each_column(
      [&](const NumericPlan& plan, std::size_t n, std::size_t feature, std::size_t) {
        usable = usable && plan.accepts(numbers[n]);
        if (plan.used) out[feature] = plan(numbers[n]);
      },
      [&](const CategoricalPlan& plan, std::size_t n, std::size_t feature, std::size_t) {
        usable = usable && plan.accepts(texts[n]);
        std::fill_n(out.data() + feature, plan.features(), 0.0F);
        out[feature + plan(texts[n])] = 1.0F;
      });
  return usable;
}

#endif

}  // namespace weir::inline WEIR_ABI
