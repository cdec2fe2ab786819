#include <weir/data/formats/nsl_kdd.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <weir/data/formats/csv.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/sources/gzip.hpp>

using namespace weir;

namespace {

using Counts = std::vector<std::pair<std::string, std::size_t>>;

Table read_nsl_kdd(const std::string& folder, const std::string& name) {
  CsvOptions options = nsl_kdd::csv_options();
  options.open = open_any;
  return read_csv(folder + "/nsl-kdd/" + name, options);
}

/// The folder of the real data; empty, and said so, when there is none.
std::string data_folder() {
  const char* folder = std::getenv("WEIR_DATA");
  if (folder == nullptr) MESSAGE("SKIPPED: WEIR_DATA not set");
  return folder == nullptr ? "" : folder;
}

}  // namespace

TEST_CASE("nsl-kdd: 43 columns, 4 of them texts; 40 attack types in five classes") {
  const Schema schema = nsl_kdd::schema();
  CHECK(schema.columns.size() == 43);
  CHECK(std::count_if(schema.columns.begin(), schema.columns.end(),
                      [](const Column& c) { return c.kind == ColumnKind::categorical; }) == 4);
  CHECK_FALSE(repeated_name(schema));
  for (const nsl_kdd::AttackType& type : nsl_kdd::attack_types) {
    CHECK(std::count(nsl_kdd::classes.begin(), nsl_kdd::classes.end(), type.attack_class) == 1);
  }
  CHECK(std::is_sorted(nsl_kdd::attack_types.begin(), nsl_kdd::attack_types.end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
  CHECK(nsl_kdd::attack_class("smurf") == "DoS");
  CHECK(nsl_kdd::normal_or_attack("smurf") == "attack");
  CHECK(nsl_kdd::normal_or_attack("normal") == "normal");
  CHECK_THROWS_AS(static_cast<void>(nsl_kdd::attack_class("Smurf")), DataError);
}

TEST_CASE("nsl-kdd: the real files have the rows and classes of the papers") {
  const std::string folder = data_folder();
  if (folder.empty()) return;
  struct Expected {
    const char* file;
    std::size_t rows;
    std::size_t types;
    Counts classes;
  };
  const std::vector<Expected> sets{
      {"KDDTrain+.txt.gz",
       125'973,
       23,
       {{"DoS", 45'927}, {"Probe", 11'656}, {"R2L", 995}, {"U2R", 52}, {"normal", 67'343}}},
      {"KDDTest+.txt.gz",
       22'544,
       38,
       {{"DoS", 7'458}, {"Probe", 2'421}, {"R2L", 2'754}, {"U2R", 200}, {"normal", 9'711}}},
      {"KDDTest-21.txt.gz",
       11'850,
       0,
       {{"DoS", 4'342}, {"Probe", 2'402}, {"R2L", 2'754}, {"U2R", 200}, {"normal", 2'152}}}};
  for (const Expected& expected : sets) {
    CAPTURE(expected.file);
    Table table = read_nsl_kdd(folder, expected.file);
    CHECK(table.rows() == expected.rows);
    if (expected.types > 0) CHECK(text_counts(table, nsl_kdd::label).size() == expected.types);
    table.rename_texts(nsl_kdd::label, nsl_kdd::attack_class);
    CHECK(text_counts(table, nsl_kdd::label) == expected.classes);
  }
}

TEST_CASE("nsl-kdd: train and test set become matrices") {
  const std::string folder = data_folder();
  if (folder.empty()) return;
  const TrainingRows training = training_rows(read_nsl_kdd(folder, "KDDTrain+.txt.gz"));
  const Table test = read_nsl_kdd(folder, "KDDTest+.txt.gz");
  const Preprocessor pre = Preprocessor::fit(
      training, {.exclude = nsl_kdd::not_features(), .numeric = {.scaling = Scaling::log_standard}});
  // 38 numbers less the constant num_outbound_cmds; 3 + 70 + 11 categories and an 'unknown' each
  CHECK(pre.features() == 37 + 84 + 3);
  const Matrix<float> x = pre.transform(test);
  CHECK(x.extents() == Extents{124, 22'544});
  CHECK(std::all_of(x.span().begin(), x.span().end(), [](float v) { return std::isfinite(v); }));
  const Matrix<float> own = pre.transform(training.table());
  double sum = 0;
  for (Index column = 0; column < own.extents()[1]; ++column) sum += static_cast<double>(own(0, column));
  CHECK(std::abs(sum / 125'973) < 1e-6);
}
