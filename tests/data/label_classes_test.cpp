// What names of classes say, and the rules that labels become.
#include <weir/data/formats/nsl_kdd.hpp>
#include <weir/data/labels/label_classes.hpp>
#include <weir/data/labels/labels.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

using Names = std::vector<std::string>;

TEST_CASE("label sound: what data sets call ordinary traffic, and what they call attacks") {
  for (const char* name : {"BENIGN", " Normal ", "background", "no attack", "non-malicious", "Legitimate"}) {
    CAPTURE(name);
    CHECK(sounds_benign(name));
    CHECK_FALSE(sounds_like_attack(name));
  }
  for (const char* name : {"DDoS", "Botnet ARES", "bot", "Malware", "suspicious_activity", "intrusion"}) {
    CAPTURE(name);
    CHECK(sounds_like_attack(name));
    CHECK_FALSE(sounds_benign(name));
  }
  for (const char* name : {"web", "scanner", "", "robot"}) {
    CAPTURE(name);
    CHECK_FALSE(sounds_benign(name));
    CHECK_FALSE(sounds_like_attack(name));
  }
}

TEST_CASE("label classes: ordinary traffic comes first, spellings by blanks are one") {
  CHECK(class_each("l", {"DoS", "Web Attack", "benign"}).classes == Names{"benign", "DoS", "Web Attack"});
  CHECK(class_each("l", {"DoS attack", "web"}).classes == Names{"web", "DoS attack"});
  CHECK(class_each("l", {"b", "a"}).classes == Names{"b", "a"});  // no word helps: the order stays
  const LabelRule joined = class_each("l", {" a", "a", "c"});
  CHECK(joined.classes == Names{" a", "c"});
  CHECK(joined.class_of("a") == joined.class_of(" a"));
}

TEST_CASE("label classes: two classes, whatever the labels are called") {
  const LabelRule rule = two_classes("l", {"benign", "attack"}, {"normal", "web"}, 0);
  CHECK(rule.class_of("normal") == 0);
  CHECK(rule.class_of("web") == 0);
  CHECK(rule.class_of("worm") == 1);
  CHECK(rule.class_of("benign") == 1);  // it was not among the ordinary ones
  CHECK(two_classes("l", {"negative", "positive"}, {"worm"}, 1).class_of("worm") == 1);
  CHECK(two_classes("l", {"negative", "positive"}, {"worm"}, 1).class_of("positive") == 0);
}

TEST_CASE("label classes: a value stands for all its spellings by blanks") {
  CHECK(labels_spelt("Normal", {"Normal", " Normal", "normal"}) == Names{"Normal", " Normal"});
  CHECK(labels_spelt("scan", {"scanner"}).empty());
}

TEST_CASE("label classes: what is odd about spellings, and only where it matters") {
  using Differ = LabelTwins::Differ;
  const Names found{"0", "0.0", "BENIGN", "Benign", "a", "a "};
  const std::vector<LabelTwins> twins = label_twins(class_each("l", found), found);
  REQUIRE(twins.size() == 3);
  CHECK(twins[0].differ == Differ::blanks);
  CHECK(twins[0].labels == Names{"a", "a "});
  CHECK(twins[1].differ == Differ::letters);
  CHECK(twins[1].labels == Names{"BENIGN", "Benign"});
  CHECK(twins[2].differ == Differ::form);
  CHECK(twins[2].labels == Names{"0", "0.0"});
  const Names both{"BENIGN", "Benign", "worm"};
  CHECK(label_twins(two_classes("l", {"benign", "attack"}, {"BENIGN", "Benign"}, 0), both).empty());
}

TEST_CASE("label classes: numbers in the order of numbers, counts, and the five of NSL-KDD") {
  LabelRule numbers = class_each("l", {"10", "2", "1"});
  sort_numbers(numbers);
  CHECK(numbers.classes == Names{"1", "2", "10"});
  LabelRule texts = class_each("l", {"10", "b"});
  sort_numbers(texts);
  CHECK(texts.classes == Names{"10", "b"});
  CHECK(class_counts(numbers, std::array<std::int32_t, 4>{2, 0, 2, 2}) == std::vector<std::size_t>{1, 0, 3});
  const LabelRule five = nsl_kdd::five_classes();
  CHECK(five.column == "attack_type");
  CHECK(five.class_of("normal") == 0);
  CHECK(five.class_of("smurf") == 1);
  CHECK_FALSE(five.class_of("unheard of"));
}

TEST_CASE("labels: rows without one are left out and counted") {
  Table table(Schema{{{"x"}, {"label", ColumnKind::categorical}}});
  for (const std::string_view label : {"a", "", "b"}) table.append_row(std::array{1.0}, std::array{label});
  std::size_t missing = 9;
  CHECK(labelled_rows(table, "label", missing).rows() == 2);
  CHECK(missing == 1);
  CHECK(labelled_rows(table, "x", missing).rows() == 3);
  CHECK(missing == 0);
}
