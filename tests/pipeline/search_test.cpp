// Random search with successive halving.
#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// Two interleaved sines: a straight line does not tell them apart.
Samples samples_of(std::size_t rows, SampleOptions wanted) {
  Rng rng(11);
  std::string csv = "x,y,label\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const bool attack = i % 2 == 0;
    const double x = rng.uniform(-3.0, 3.0);
    const double y = std::sin(2.0 * x) + (attack ? 0.6 : -0.6) + 0.2 * rng.normal();
    csv += std::to_string(x) + "," + std::to_string(y) + (attack ? ",scan\n" : ",BENIGN\n");
  }
  return make_samples(parse_csv(csv, {.kinds = kinds_for(wanted)}), wanted);
}

}  // namespace

TEST_CASE("search: rounds keep the best, each with more epochs") {
  const Samples samples = samples_of(400, {.label = "label", .scaling = Scaling::standard});
  Index told = 0;
  const SearchResult found = search(samples, {.trials = 9, .epochs = 1, .most_units = 32}, {},
                                    [&](const Trial&, Index, Index) { ++told; });
  CHECK(found.metric == "macro_f1");
  REQUIRE(found.trials.size() == 9);
  CHECK(told == 9 + 3);
  CHECK(std::count_if(found.trials.begin(), found.trials.end(),
                      [](const Trial& t) { return t.round == 2 && t.epochs == 3; }) == 3);
  CHECK(found.best().round == 2);
  for (std::size_t i = 1; i < 3; ++i) CHECK(found.trials[i - 1].score >= found.trials[i].score);
  CHECK(found.trials[2].round == 2);
  CHECK(found.trials[3].round == 1);
  CHECK(found.recipe().options.layers.empty());  // what would be chosen without a search
  CHECK(found.recipe().parameters > 0);
  CHECK(found.recipe().round == 2);
  CHECK(to_text(found).find("recipe") != std::string::npos);
}

TEST_CASE("search: the recipe goes on in the place of the weakest that would") {
  std::vector<Trial> trials;
  for (const Index number : {4, 2, 5, 3, 1, 6}) trials.push_back({.number = number});
  const auto numbers = [&] {
    std::vector<Index> all;
    for (const Trial& trial : trials) all.push_back(trial.number);
    return all;
  };
  detail::keep_recipe(trials, 3);
  CHECK(numbers() == std::vector<Index>{4, 2, 1, 5, 3, 6});
  detail::keep_recipe(trials, 3);
  CHECK(numbers() == std::vector<Index>{4, 2, 1, 5, 3, 6});
  detail::keep_recipe(trials, 4);
  CHECK(numbers() == std::vector<Index>{4, 2, 1, 5, 3, 6});
}

TEST_CASE("search: the same for any number of threads, another for another seed") {
  const Samples samples = samples_of(200, {.label = "label"});
  const auto run = [&](Index threads, std::uint64_t seed) {
    return search(samples, {.trials = 6, .epochs = 1, .most_units = 16, .seed = seed, .threads = threads});
  };
  const SearchResult one = run(1, 0), three = run(3, 0), other = run(1, 1);
  for (std::size_t i = 0; i < one.trials.size(); ++i) {
    CHECK(one.trials[i].number == three.trials[i].number);
    CHECK(one.trials[i].score == three.trials[i].score);
    CHECK(one.trials[i].options.layers == three.trials[i].options.layers);
  }
  CHECK(std::any_of(other.trials.begin(), other.trials.end(), [&](const Trial& t) {
    return t.number == 2 &&
           t.options.learning_rate != std::find_if(one.trials.begin(), one.trials.end(), [](const Trial& o) {
                                        return o.number == 2;
                                      })->options.learning_rate;
  }));
}

TEST_CASE("search: what is given is kept") {
  const Samples samples = samples_of(200, {.label = "label"});
  LearnOptions given;
  given.layers = "dense:8,tanh";
  given.learning_rate = 0.01;
  const SearchResult found = search(samples, {.trials = 4, .epochs = 1, .metric = "loss"}, given);
  CHECK(found.less_is_better);
  for (const Trial& trial : found.trials) {
    CHECK(trial.options.layers == "dense:8,tanh");
    CHECK(trial.options.learning_rate == 0.01);
  }
  CHECK(found.trials[0].score <= found.trials[1].score);
}

TEST_CASE("search: drawn options stay within their bounds") {
  const Samples samples = samples_of(100, {.label = "label"});
  const SearchOptions options{
      .most_layers = 2, .most_units = 64, .lowest_rate = 1e-3, .highest_rate = 1e-2, .most_dropout = 0.0};
  for (std::uint64_t i = 0; i < 200; ++i) {
    const LearnOptions drawn = detail::draw_trial(RngKey{i}, options, samples, {});
    CHECK(*drawn.learning_rate >= 0.999e-3);
    CHECK(*drawn.learning_rate <= 1.001e-2);
    CHECK(std::count(drawn.layers.begin(), drawn.layers.end(), ':') <= 2);
    CHECK(drawn.layers.find("dropout") == std::string::npos);
    CHECK(drawn.layers.find("128") == std::string::npos);
    CHECK(*drawn.batch_size <= 90);
  }
}

TEST_CASE("search: an unknown figure, and nothing held back, are refused") {
  const Samples samples = samples_of(100, {.label = "label"});
  CHECK_THROWS_WITH_AS(static_cast<void>(search(samples, {.metric = "macro_f"})),
                       doctest::Contains("macro_f1"), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(search(samples, {.metric = "rmse"})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(search(samples_of(100, {.label = "label", .validation = 0.0}))),
                  ConfigError);
}
