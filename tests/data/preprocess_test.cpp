#include <weir/data/preparing/preprocess.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <weir/data/formats/csv.hpp>
#include <weir/data/labels/labels.hpp>

using namespace weir;

template <class Rows>
constexpr bool can_be_fitted_to = requires(const Rows& rows, const PreprocessOptions& options) {
  Preprocessor::try_fit(rows, options);
};
static_assert(can_be_fitted_to<TrainingRows> && !can_be_fitted_to<Table> && !can_be_fitted_to<HeldOutRows>);

namespace {

constexpr std::string_view four_flows =
    "bytes,proto,fixed,rate,label\n"
    "1,tcp,7,10,normal\n"
    "3,udp,7,?,normal\n"
    "?,tcp,7,30,attack\n"
    "5,icmp,7,20,normal\n";

Preprocessor fitted(const PreprocessOptions& options = {.exclude = {"label"}}) {
  return Preprocessor::fit(training_rows(parse_csv(four_flows)), options);
}

/// Column `sample` of a matrix.
std::vector<float> sample(const Matrix<float>& x, Index column) {
  const float* first = x.data() + column * x.extents()[0];
  return {first, first + x.extents()[0]};
}

std::string error_of(const Preprocessor& pre, std::string_view csv, std::vector<Column> kinds = {}) {
  const Result<Matrix<float>> result = pre.try_transform(parse_csv(csv, {.kinds = std::move(kinds)}));
  return result.ok() ? "no error" : result.error().what;
}

}  // namespace

TEST_CASE("preprocess: numbers scaled, constants dropped, categories one-hot") {
  const Preprocessor pre = fitted({.exclude = {"label"}, .numeric = {.scaling = Scaling::min_max}});
  CHECK(pre.feature_names() ==
        std::vector<std::string>{"bytes", "proto=icmp", "proto=tcp", "proto=udp", "proto=(unknown)", "rate"});
  CHECK(pre.features() == 6);
  const Matrix<float> x = pre.transform(parse_csv(four_flows));
  CHECK(x.extents() == Extents{6, 4});
  CHECK(sample(x, 0) == std::vector<float>{0, 0, 1, 0, 0, 0});
  CHECK(sample(x, 1) == std::vector<float>{0.5, 0, 0, 1, 0, 0.5});  // rate: the median, 20
  CHECK(sample(x, 2) == std::vector<float>{0.5, 0, 1, 0, 0, 1});    // bytes: the median, 3
  CHECK(sample(x, 3) == std::vector<float>{1, 1, 0, 0, 0, 0.5});
}

TEST_CASE("preprocess: unseen and missing categories are 'unknown', rare ones too") {
  const Preprocessor pre = fitted({.exclude = {"label"}, .categorical = {.min_count = 2}});
  CHECK(pre.categorical[0].categories == std::vector<std::string>{"tcp"});
  const Table table = parse_csv("bytes,proto,fixed,rate\n1,tcp,7,1\n1,udp,7,1\n1,gre,7,1\n1,,7,1\n");
  const Matrix<float> x = pre.transform(table);
  for (Index i = 0; i < 4; ++i) {
    CHECK(x(1, i) == (i == 0 ? 1.0F : 0.0F));
    CHECK(x(2, i) == (i == 0 ? 0.0F : 1.0F));
  }
}

TEST_CASE("preprocess: the held-out rows have no influence") {
  Table table = parse_csv(four_flows);
  const Split parts = split_by_mask(table, {false, false, false, true});
  const Preprocessor pre = Preprocessor::fit(parts.training, {.exclude = {"label"}});
  CHECK(pre.categorical[0].categories == std::vector<std::string>{"tcp", "udp"});
  CHECK(pre.numeric[0].scaler.shift == 2);                     // the mean of 1, 3, and 2 for the missing one
  CHECK(pre.transform(parts.held_out.table())(3, 0) == 1.0F);  // icmp: unknown
}

TEST_CASE("preprocess: rules for single columns") {
  const Preprocessor pre =
      fitted({.exclude = {"label"},
              .numeric = {.scaling = Scaling::none},
              .numeric_rules = {{"rate", {.scaling = Scaling::min_max, .low = 0, .high = 1}},
                                {"fixed", {.drop_constant = false}}}});
  const Table table = parse_csv("bytes,proto,fixed,rate\n12.5,tcp,9,1e9\n");
  const Matrix<float> x = pre.transform(table);
  CHECK(sample(x, 0) == std::vector<float>{12.5, 0, 1, 0, 0, 2, 1});
  const auto error = [](const PreprocessOptions& options) {
    return Preprocessor::try_fit(training_rows(parse_csv(four_flows)), options).error();
  };
  CHECK(error({.exclude = {"labl"}}).what == "preprocess: the training rows have no column 'labl'");
  CHECK(error({.numeric_rules = {{"proto", {}}}}).what ==
        "preprocess: the training rows have no numeric column 'proto'");
  CHECK(error({.categorical_rules = {{"rate", {}}}}).kind == ErrorKind::config);
  CHECK(error({.numeric = {.low = 1, .high = 0}}).kind == ErrorKind::config);
  CHECK(error({.numeric = {.constant = missing_number}}).kind == ErrorKind::config);
  CHECK(error({.categorical = {.max_categories = 2}}).what.find("column 'proto' has 3 categories") !=
        std::string::npos);
}

TEST_CASE("preprocess: rows with missing values can be rejected, or be an error") {
  const PreprocessOptions reject{.exclude = {"label"},
                                 .numeric = {.scaling = Scaling::none, .on_missing = OnMissing::reject}};
  const Preprocessor pre = fitted(reject);
  CHECK(pre.categorical[0].categories ==
        std::vector<std::string>{"icmp", "tcp"});  // udp is in a rejected row
  std::vector<std::size_t> kept;
  const Table table = parse_csv(four_flows);
  const Matrix<float> x = pre.transform(table, &kept);
  CHECK(kept == std::vector<std::size_t>{0, 3});
  CHECK(x.extents() == Extents{5, 2});
  CHECK(x(0, 1) == 5);
  CHECK(pre.try_transform(table).error().what ==
        "preprocess: line 4: column 'bytes' is missing or not finite, which its rule does not allow");

  const auto fit_error = Preprocessor::try_fit(
      training_rows(parse_csv(four_flows)), {.numeric_rules = {{"rate", {.on_missing = OnMissing::error}}}});
  CHECK(fit_error.error().kind == ErrorKind::data);
  CHECK(fit_error.error().what.find("line 3: column 'rate'") != std::string::npos);

  const Preprocessor texts = fitted({.exclude = {"label"}, .categorical = {.on_missing = OnMissing::reject}});
  static_cast<void>(texts.transform(parse_csv("bytes,proto,fixed,rate\n1,,1,1\n1,tcp,1,1\n",
                                              {.kinds = {{"proto", ColumnKind::categorical}}}),
                                    &kept));
  CHECK(kept == std::vector<std::size_t>{1});
}

TEST_CASE("preprocess: a table that is not like that of the fit is refused, and the difference named") {
  const Preprocessor pre = fitted();
  const std::string begin = "preprocess: the table is not like that of the fit: ";
  CHECK(error_of(pre, "bytes,proto,fixed,rate\n1,tcp,7,10\n") == "no error");
  CHECK(error_of(pre, "label,bytes,proto,fixed,rate\nx,1,tcp,7,10\n") == "no error");
  CHECK(error_of(pre, "bytes,fixed,proto,rate\n1,7,tcp,10\n") ==
        begin + "column 2: 'fixed' (numeric) is given, 'proto' (categorical) is expected");
  CHECK(error_of(pre, "bytes,proto,fixed,speed\n1,tcp,7,10\n") ==
        begin + "column 4: 'speed' (numeric) is given, 'rate' (numeric) is expected");
  CHECK(error_of(pre, "bytes,proto,fixed\n1,tcp,7\n") ==
        begin + "column 4: no column is given, 'rate' (numeric) is expected");
  CHECK(error_of(pre, "bytes,proto,fixed,rate,port\n1,tcp,7,10,80\n") ==
        begin + "column 5: 'port' (numeric) is given, no column is expected");
  CHECK(error_of(pre, "bytes,proto,fixed,rate\n1,6,7,10\n") ==
        begin + "column 2: 'proto' (numeric) is given, 'proto' (categorical) is expected");
  Schema newer = pre.schema;
  newer.version = 2;
  CHECK(pre.try_transform(Table(newer)).error().what == begin + "schema version 2 is given, 1 is expected");
  CHECK_THROWS_AS(static_cast<void>(pre.transform(Table(newer))), DataError);
}

TEST_CASE("preprocess: everything that comes out is finite") {
  const double most = std::numeric_limits<double>::max();
  const double inf = std::numeric_limits<double>::infinity();
  const std::array<double, 9> values{most, -most, inf, -inf, missing_number, 5e-324, -0.0, 1e30, 1};
  const Schema schema{{{"x"}, {"y"}}};
  for (const Scaling scaling : {Scaling::none, Scaling::standard, Scaling::min_max, Scaling::log_standard,
                                Scaling::log_min_max, Scaling::rank}) {
    for (const Impute impute : {Impute::mean, Impute::median, Impute::most_frequent, Impute::constant}) {
      Table all(schema);
      Table two(schema);
      for (const double x : values) all.append_row(std::array{x, 1.0}, {});
      for (const double x : {1e-300, 2e-300}) two.append_row(std::array{x, missing_number}, {});
      for (Table* training : {&all, &two}) {
        const Table copy = *training;
        const Preprocessor pre =
            Preprocessor::fit(training_rows(Table(copy)),
                              {.numeric = {.scaling = scaling, .impute = impute, .drop_constant = false}});
        const Matrix<float> x = pre.transform(all);
        for (const float value : x.span()) CHECK(std::isfinite(value));
        for (const NumericPlan& plan : pre.numeric) {
          CHECK(std::isfinite(plan.stand_in));
          CHECK(std::isfinite(plan.scaler.shift));
          CHECK(std::isfinite(plan.scaler.scale));
        }
      }
    }
  }
}

TEST_CASE("preprocess: one record has the bits that the table has") {
  for (const Scaling scaling : {Scaling::none, Scaling::standard, Scaling::log_min_max, Scaling::rank}) {
    const Preprocessor pre = fitted({.exclude = {"label"}, .numeric = {.scaling = scaling}});
    const Table table = parse_csv("bytes,proto,fixed,rate\n1,tcp,7,10\n?,gre,8,inf\n2.7,,?,-1e99\n");
    const Matrix<float> x = pre.transform(table);
    std::vector<float> out(pre.features(), 99.0F);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::array numbers{table.numbers("bytes")[row], table.numbers("fixed")[row],
                               table.numbers("rate")[row]};
      const std::array texts{table.text("proto", row)};
      CHECK(pre.encode(numbers, texts, out));
      CHECK(out == sample(x, static_cast<Index>(row)));
    }
  }
  const Preprocessor strict = fitted({.exclude = {"label", "bytes", "rate"},
                                      .numeric = {.drop_constant = false},
                                      .categorical = {.on_missing = OnMissing::error}});
  std::vector<float> out(strict.features());
  CHECK(strict.encode(std::array{7.0}, std::array<std::string_view, 1>{"gre"}, out));
  CHECK_FALSE(strict.encode(std::array{7.0}, std::array<std::string_view, 1>{""}, out));
}

TEST_CASE("preprocess: a plain value that can be copied and compared") {
  const Preprocessor pre = fitted();
  Preprocessor copy = pre;
  CHECK(copy == pre);
  copy.numeric[0].scaler.shift += 1;
  CHECK_FALSE(copy == pre);
  CHECK(fitted() == pre);
}

TEST_CASE("preprocess: nothing to learn from") {
  CHECK(Preprocessor::try_fit(training_rows(parse_csv("a,b\n"))).error().what ==
        "preprocess: there are no training rows");
  CHECK(Preprocessor::try_fit(training_rows(parse_csv("a\n7\n7\n"))).error().kind == ErrorKind::data);
  CHECK(Preprocessor::try_fit(training_rows(parse_csv("a,b\n?,1\n"))).error().kind == ErrorKind::data);
  CHECK(fitted().transform(Table(fitted().schema)).size() == 0);
}
