#include <weir/layers/recurrent/final_states.hpp>

#include <weir/layers/recurrent/gru.hpp>
#include <weir/models/bidirectional.hpp>

#include "layers/along_time.hpp"
#include "layers/check_gradients.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;

TEST_CASE("final states: gradients and lengths") {
  weir_test::check_gradients(FinalStates<double>(2), Shape{4, 3}, {.count = 4, .lengths = {3, 0, 1, 2}});
  weir_test::check_gradients(FinalStates<double>(1), Shape{6, 2}, {.count = 2});
  weir_test::check_own_lengths(FinalStates<float>(2), {8, 5}, {5, 1, 0, 3});
}

TEST_CASE("final states: of a bidirectional layer's sequence, what it gives as its last output") {
  Bidirectional sequence(Gru<float>(3, 4, {.returns = Returns::sequence})), last(Gru<float>(3, 4));
  sequence = weir_test::with_random_parameters(sequence);
  last = weir_test::with_random_parameters(last);
  const Shape input{3, 5};
  const std::vector<Index> lengths{5, 2, 1};
  const std::vector<float> x = weir_test::normal_values(input.size() * 3, 8);
  std::vector<float> steps(8 * 5 * 3), wanted(8 * 3), found(8 * 3);
  const std::vector<Index> ones(3, 1);
  decltype(sequence)::Cache cache;
  cache.prepare(sequence, input, 3, false);
  sequence.forward({x.data(), input, 3, lengths}, {steps.data(), {8, 5}, 3, lengths}, cache, {});
  NoCache none;
  FinalStates<float>(4).forward({steps.data(), {8, 5}, 3, lengths}, {found.data(), {8, 1}, 3, ones}, none,
                                {});
  decltype(last)::Cache last_cache;
  last_cache.prepare(last, input, 3, false);
  last.forward({x.data(), input, 3, lengths}, {wanted.data(), {8, 1}, 3, ones}, last_cache, {});
  CHECK(found == wanted);
}

TEST_CASE("final states: shapes and options") {
  CHECK(FinalStates<float>(2).out_shape({8, 5}) == Shape{8, 1});
  CHECK_THROWS_AS(static_cast<void>(FinalStates<float>(3).out_shape({8, 5})), ShapeError);
  CHECK_THROWS_AS(FinalStates<float>(0), ConfigError);
  CHECK(from_config<FinalStates<float>>({{"units", std::int64_t{4}}}, {8, 5}).ok());
  CHECK_FALSE(from_config<FinalStates<float>>({{"units", std::int64_t{3}}}, {8, 5}).ok());
  CHECK_FALSE(from_config<FinalStates<float>>({}, {8, 5}).ok());
}
