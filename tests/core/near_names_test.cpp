#include <weir/core/near_names.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::did_you_mean;
using weir::name_list;
using weir::near_names;

TEST_CASE("near names: the nearest first, letters of either case and blanks alike") {
  const std::vector<std::string> known{"relu", "leaky_relu", "max_pool1d", "max_pool2d"};
  CHECK(did_you_mean("maxpool1d", known) == "; did you mean 'max_pool1d', 'max_pool2d'?");
  CHECK(did_you_mean("Max-Pool1D", known) == "; did you mean 'max_pool1d', 'max_pool2d'?");
  CHECK(did_you_mean("rleu", known) == "; did you mean 'relu'?");
  CHECK(did_you_mean("convolution", known).empty());
  CHECK(near_names("convolution", known) == "; there are 'relu', 'leaky_relu', 'max_pool1d', 'max_pool2d'");
  CHECK(near_names("anything", {}).empty());
}

TEST_CASE("near names: long names and many of them make no long message") {
  const std::string longest(100'000, 'x');
  CHECK(near_names(longest, {longest}).size() < 100);
  CHECK(name_list({"a", "b", "c"}, 2) == "'a', 'b' and 1 more");
  CHECK(name_list({std::string(41, 'y')}) == "'" + std::string(40, 'y') + "...'");
}

TEST_CASE("near names: a list that is cut keeps its last name, which of a table is often the label") {
  CHECK(near_names("zzzzzz", {"a1", "b2", "c3", "d4", "label"}, 3) ==
        "; there are 'a1', 'b2', 2 more and 'label'");
  CHECK(near_names("zzzzzz", {"a1", "b2", "label"}, 3) == "; there are 'a1', 'b2', 'label'");
}
