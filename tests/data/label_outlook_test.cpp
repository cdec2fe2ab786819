#include <weir/data/labels/label_outlook.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::label_outlook;
using weir::LabelOutlook;

namespace {

std::vector<std::string> names(int count, const std::string& before, const std::string& behind = "") {
  std::vector<std::string> result;
  for (int i = 0; i < count; ++i) result.push_back(before + std::to_string(i) + behind);
  return result;
}

LabelOutlook outlook(const std::vector<std::string>& classes, std::size_t rows) {
  return label_outlook(classes, rows);
}

}  // namespace

TEST_CASE("label outlook: numbers with hardly a row each, with a fraction, or very many are a quantity") {
  CHECK(outlook(names(590, ""), 600).quantity);
  CHECK(outlook(names(21, "", ".5"), 100'000).quantity);
  CHECK(outlook(names(257, "-"), 1'000'000).quantity);
  CHECK_FALSE(outlook(names(590, ""), 600).identifier);
}

TEST_CASE("label outlook: numbers that are names of classes are none") {
  CHECK_FALSE(outlook(names(10, ""), 20).quantity);  // digits
  CHECK_FALSE(outlook(names(3, "", ".5"), 1'000).quantity);
  CHECK_FALSE(outlook(names(256, ""), 100'000).quantity);  // applications by number
  CHECK_FALSE(outlook(names(150, ""), 450).quantity);
  CHECK_FALSE(outlook({}, 0).quantity);
}

TEST_CASE("label outlook: texts that hardly two rows share name rows") {
  CHECK(outlook(names(300, "host"), 600).identifier);
  CHECK_FALSE(outlook(names(300, "host"), 900).identifier);
  CHECK_FALSE(outlook(names(20, "attack "), 25).identifier);
  std::vector<std::string> mixed = names(590, "");
  mixed.push_back("unknown");
  CHECK_FALSE(outlook(mixed, 600).quantity);
  CHECK(outlook(mixed, 600).identifier);
  CHECK_FALSE(outlook({"1", "nan", "inf"}, 3).quantity);
}
