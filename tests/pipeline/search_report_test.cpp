// The page of a search: well-formed, and with the numbers of the trials.
#include "report/well_formed.hpp"

#include <weir/pipeline/search_report.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>

using namespace weir;
using report_test::WellFormed;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Trial trial(Index number, Index round, double score, const std::string& layers) {
  Trial result{.number = number, .round = round, .epochs = round * 3, .score = score};
  result.parameters = 100 * number;
  result.options.layers = layers;
  if (number > 1) result.options.learning_rate = 0.001 * static_cast<double>(number);
  return result;
}

SearchResult found() {
  SearchResult result{.metric = "macro_f1"};
  result.trials = {trial(3, 2, 0.875, "dense:64,relu"), trial(1, 2, 0.75, ""),
                   trial(2, 1, 0.5, "dense:8,relu")};
  result.trials.push_back(trial(4, 1, std::nan(""), "dense:16,relu"));
  result.trials.back().failure = "the loss is <not> finite";
  return result;
}

}  // namespace

TEST_CASE("search report: every trial is in it, with its numbers, and what the search gained") {
  const SearchResult result = found();
  const std::string html = to_html(SearchReport{"a<b>.csv", result, {"Train it & see."}});
  const WellFormed page(html);
  CHECK(page.complaint().empty());
  CHECK(holds(html, "a&lt;b&gt;.csv"));
  CHECK(holds(html, "Train it &amp; see."));
  CHECK(holds(
      html,
      "The best is trial 3, with macro_f1 0.8750 after 6 epochs; the recipe has 0.7500 after 6 epochs."));
  CHECK(holds(html, "<data value=\"0.875\">0.8750</data>"));
  CHECK(holds(html, "<data value=\"0.003\">0.003</data>"));
  CHECK(holds(html, "dense:8,relu"));
  CHECK(holds(html, "failed: the loss is &lt;not&gt; finite"));
  CHECK(holds(html, "ended in round 2"));
  CHECK(holds(html, "ended in round 1"));
  CHECK_FALSE(holds(html, "<script"));
}

TEST_CASE("search report: where the recipe was the best, or nothing could be trained, it says so") {
  SearchResult result = found();
  std::swap(result.trials[0], result.trials[1]);
  CHECK(gain_text(result) == "The recipe was the best, with macro_f1 0.7500 after 6 epochs.");
  result.trials = {result.trials.back()};
  result.trials[0].number = 1;
  CHECK(gain_text(result) == "No trial could be trained.");
  const WellFormed page(to_html(SearchReport{"rows", result, {}}));
  CHECK(page.complaint().empty());
}
