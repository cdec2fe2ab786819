// Labels by patterns: of a rule, of an option, of a file.
#include <weir/data/labels/label_classes.hpp>
#include <weir/data/labels/label_map.hpp>
#include <weir/data/labels/label_match.hpp>
#include <weir/data/labels/label_rule.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

using Names = std::vector<std::string>;

Result<LabelPatterns> read_map(std::string_view text) {
  return try_read_label_map(std::make_unique<MemorySource>(text, "m.csv"));
}
std::string refusal(std::string_view text) { return read_map(text).error().what; }

const std::string_view ctu =
    "# CTU-13\n"
    "flow=*Botnet*, botnet\n"
    "\n"
    " flow=*Normal* ,\tnormal\r\n"
    "a, b*,commas\n"
    "*,background\n";

}  // namespace

TEST_CASE("label map: a pattern and a class a line, the first that fits counts") {
  const LabelPatterns map = read_map(ctu).value();
  REQUIRE(map.size() == 4);
  CHECK(mapped_labels(map, {"flow=From-Botnet-V42", "flow=To-Normal", "flow=From-Normal", "x"}) ==
        Names{"background", "botnet", "normal"});
  CHECK(first_fitting(map, "a, bcd")->second == "commas");
}

TEST_CASE("label map: what is no map is refused with its line") {
  CHECK(refusal("a,b\nnothing\n") ==
        "m.csv:2: a line is 'pattern,class', such as 'Web Attack*,web'; # begins a comment");
  CHECK(refusal("a,\n") == refusal("a\n"));
  CHECK(refusal(",b\n") == refusal("a\n"));
  CHECK(refusal("a,b\na,c\n") == "m.csv:2: 'a' is there already");
  CHECK(refusal("# nothing\n") == "m.csv: there is no 'pattern,class' in it");
}

TEST_CASE("label map: classes, also of labels that the training did not have") {
  const LabelPatterns map = read_map("DoS*,dos\nWeb*,web\nRare*,rare\n").value();
  const Names labels{"BENIGN", "DoS Hulk", "DoS  GoldenEye", "Web Attack"};
  const LabelRule rule = behind_map(map, class_each("l", mapped_labels(map, labels)), labels);
  CHECK(rule.classes == Names{"BENIGN", "dos", "web"});
  CHECK(rule.class_of("DoS Hulk") == 1);
  CHECK(rule.class_of("DoS  GoldenEye") == 1);
  CHECK(rule.class_of("DoS slowloris") == 1);
  CHECK(class_of_spelling(rule, " DoS slowloris") == 1);
  CHECK(rule.class_of("BENIGN") == 0);
  CHECK_FALSE(rule.class_of("Rare").has_value());  // a class of the map that nothing was learned of
  CHECK_FALSE(rule.class_of("other").has_value());
}

TEST_CASE("label map: two classes behind a map, and a label that is called like a class") {
  const LabelPatterns map = read_map("Back*,background\nattack,background\n").value();
  const Names labels{"Background-UDP", "attack", "Botnet"};
  LabelRule two = two_classes("l", {"benign", "attack"}, {"background"}, 0);
  const LabelRule rule = behind_map(map, two, labels);
  CHECK(rule.class_of("Background-UDP") == 0);
  CHECK(rule.class_of("Background-TCP") == 0);
  CHECK(rule.class_of("attack") == 0);
  CHECK(rule.class_of("Botnet") == 1);
}

TEST_CASE("label patterns: an option's value stands for all labels that fit it, unless one is called so") {
  const Names found{"Background-UDP", " Background-TCP", "Normal", "What?"};
  CHECK(labels_fitting("Background*", found) == Names{"Background-UDP", " Background-TCP"});
  CHECK(is_label_pattern("Background*", found));
  CHECK_FALSE(is_label_pattern("What?", found));
  CHECK_FALSE(is_label_pattern("Normal", found));
}
