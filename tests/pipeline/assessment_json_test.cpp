// Figures by name, as another program reads them.
#include <weir/pipeline/assessment_json.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace weir;
using Json = nlohmann::ordered_json;

namespace {

Assessment of_classes(const std::vector<std::string>& names, const std::vector<std::vector<int>>& counts) {
  Assessment result;
  result.classes = names;
  result.confusion = ConfusionMatrix(static_cast<Index>(names.size()));
  for (std::size_t truth = 0; truth < counts.size(); ++truth) {
    for (std::size_t said = 0; said < counts.size(); ++said) {
      for (int i = 0; i < counts[truth][said]; ++i, ++result.rows)
        result.confusion.add(static_cast<Index>(truth), static_cast<Index>(said));
    }
  }
  result.measures.add(result.confusion);
  return result;
}

}  // namespace

TEST_CASE("to_json: two classes have a threshold, and what was left out is counted") {
  Assessment result = of_classes({"benign", "attack"}, {{3, 1}, {0, 2}});
  result.threshold = 1.0;
  result.unlabelled = 7;
  const std::string text = to_json(result);
  CHECK(text.rfind(R"({"task":"classify","rows":6,"rows_without_label":7,"classes":["benign","attack"],)"
                   R"("threshold":1.0,)",
                   0) == 0);
  const Json json = Json::parse(text);
  CHECK(json.at("accuracy") == doctest::Approx(5.0 / 6.0));
  CHECK(json.at("confusion") == Json{{3, 1}, {0, 2}});
  CHECK(json.at("per_class").at("support") == Json{4, 2});
  CHECK(json.at("per_class").at("recall").at(0) == doctest::Approx(0.75));
  CHECK(json.at("averaging").get<std::string>().find("are those of class 1") != std::string::npos);
  CHECK_FALSE(json.contains("alarms"));
}

TEST_CASE("what is not defined for want of rows is null, and a dash in words") {
  const Assessment attacks = of_classes({"benign", "attack"}, {{0, 0}, {1, 2}});
  const Json json = Json::parse(to_json(attacks));
  CHECK(json.at("fpr").is_null());
  CHECK(json.at("per_class").at("recall").at(0).is_null());
  CHECK(json.at("recall") == doctest::Approx(2.0 / 3.0));
  CHECK(to_text(attacks).find("false positive rate          -") != std::string::npos);
  const Assessment silent = of_classes({"benign", "attack"}, {{3, 0}, {2, 0}});
  CHECK(Json::parse(to_json(silent)).at("precision").is_null());
  const Assessment many = of_classes({"benign", "scan", "worm"}, {{0, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  CHECK(Json::parse(to_json(many)).at("alarms").at("fpr").is_null());
  CHECK(to_text(many).find("alarms: FPR                  -") != std::string::npos);
}

TEST_CASE("rows that were not judged are told with their reason") {
  Assessment result = of_classes({"benign", "attack"}, {{1, 0}, {0, 1}});
  CHECK(unjudged_text(result).empty());
  result.unlabelled = 1;
  result.unknown = 2;
  CHECK(unjudged_text(result) ==
        "  left out: 1 row without a label\n  left out: 2 rows with a label that the model does not know\n");
}

TEST_CASE("to_json: several attacks are alarms, too; names are UTF-8") {
  const Json json =
      Json::parse(to_json(of_classes({"benign", "caf\xE9", "worm"}, {{2, 0, 0}, {0, 1, 1}, {0, 0, 0}})));
  CHECK(json.at("classes").at(1) == "caf\xC3\xA9");
  CHECK_FALSE(json.contains("threshold"));
  CHECK(json.at("alarms").at("recall") == 1.0);
  CHECK(json.at("per_class").at("support") == Json{2, 2, 0});
}

TEST_CASE(
    "to_json: numbers have errors, forecasts those of the last known value, and what is not defined is "
    "null") {
  Assessment result;
  result.task = Task::regress;
  ValueErrors errors;
  errors.add(2.0, 3.0);
  result.measures.add(errors);
  result.naive.add(errors);
  const Json json = Json::parse(to_json(result));
  CHECK(json.at("mae") == 1.0);
  CHECK(json.at("naive_mae") == 1.0);
  CHECK(json.at("r2").is_null());  // of one row
  CHECK_FALSE(json.contains("classes"));
}

TEST_CASE("to_json: a rate of alarms, with attacks where there were some") {
  CHECK(to_json(AlarmRate{.asked = 0.01, .threshold = 2.0, .ordinary = 200, .alarms = 2}) ==
        R"({"asked":0.01,"threshold":2.0,"ordinary_rows":200,"false_alarms":2})");
  const AlarmRate rate{
      .asked = 0.01, .threshold = 2.0, .ordinary = 200, .alarms = 2, .attacks = 5, .found = 4};
  CHECK(Json::parse(to_json(rate)).at("attacks_found") == 4);
}
