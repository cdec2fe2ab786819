#include <weir/data/labels/label_match.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/tables/numeric_target.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {
Table labelled(std::vector<std::string_view> labels) {
  Table table(Schema{{{"x"}, {"label", ColumnKind::categorical}}});
  for (const std::string_view label : labels) table.append_row(std::array{1.5}, std::array{label});
  return table;
}
}  // namespace

TEST_CASE("labels: class numbers in the order of the names") {
  const LabelRule rule = LabelRule::fit(training_rows(labelled({"scan", "dos", "normal", "dos"})), "label");
  CHECK(rule.classes == std::vector<std::string>{"dos", "normal", "scan"});
  CHECK(rule.encode(labelled({"normal", "dos", "scan"})) == std::vector<std::int32_t>{1, 0, 2});
  CHECK(rule.class_of("scan") == 2);
  CHECK_FALSE(rule.class_of("worm"));
}

TEST_CASE("labels: many labels to few classes") {
  const LabelRule rule{"label", {"benign", "attack"}, {{"normal", "benign"}, {"web", "benign"}}, "attack"};
  CHECK(rule.encode(labelled({"normal", "worm", "web", ""})) == std::vector<std::int32_t>{0, 1, 0, 1});
  CHECK(rule.class_of("benign") == 0);
}

TEST_CASE("labels: unknown and missing ones are refused") {
  const LabelRule rule = LabelRule::fit(training_rows(labelled({"a", "b"})), "label");
  CHECK_THROWS_WITH_AS(static_cast<void>(rule.encode(labelled({"a", "worm"}))),
                       "row 2: label 'worm' is none of the model's classes", DataError);
  CHECK_THROWS_AS(static_cast<void>(rule.encode(labelled({""}))), DataError);
  CHECK_THROWS_AS(static_cast<void>(LabelRule::fit(training_rows(labelled({"a", ""})), "label")), DataError);
  // A category that no row has any more does no harm.
  CHECK(rule.encode(labelled({"worm", "a"}).take(std::vector<std::size_t>{1})).size() == 1);
}

TEST_CASE("labels: numeric targets") {
  Table table = labelled({"a", "b"});
  CHECK(numeric_target(table, "x") == std::vector<float>{1.5F, 1.5F});
  for (const double bad : {missing_number, std::numeric_limits<double>::infinity(), 1e300}) {
    table.numbers(table.index_of("x"))[1] = bad;
    CHECK_THROWS_WITH_AS(static_cast<void>(numeric_target(table, "x")),
                         "row 2: the target 'x' is missing or not finite", DataError);
  }
}

TEST_CASE("labels: another table's spelling of a label") {
  const LabelRule rule{
      "label", {"benign", "attack"}, {{"Normal Traffic", "benign"}, {"benign", "attack"}}, "attack"};
  for (const std::string same : {"Normal Traffic", " Normal  Traffic", "Normal\xC2\xA0Traffic"}) {
    CHECK(class_of_spelling(rule, same) == 0);
    CHECK_FALSE(mistaken_for_others(rule, same));
  }
  CHECK(class_of_spelling(rule, "normal traffic") == 1);
  CHECK(mistaken_for_others(rule, "normal traffic") == "Normal Traffic");
  CHECK_FALSE(mistaken_for_others(rule, "DDoS"));
  const LabelRule each{"label", {"scan", "web"}, {}, {}};
  CHECK(class_of_spelling(each, "web ") == 1);
  CHECK_FALSE(class_of_spelling(each, "worm"));
  CHECK_FALSE(mistaken_for_others(each, "Web"));
}
