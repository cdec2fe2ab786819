// What all recurrent layers must do, and their numbers beside PyTorch's (tests/golden/recurrent_golden.py).
#include <weir/core/layer_traits.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/last_step.hpp>
#include <weir/layers/recurrent/lstm.hpp>
#include <weir/layers/recurrent/min_gru.hpp>
#include <weir/layers/recurrent/simple_rnn.hpp>
#include <weir/models/bidirectional.hpp>

#include "check_gradients.hpp"
#include "golden/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

/// Outputs and gradients of one pass.
template <class L>
struct Run {
  using T = typename L::Scalar;
  std::vector<T> y, dx;
  L grad;
};

template <class L>
Run<L> run(const L& layer, Shape input, Index count, const std::vector<typename L::Scalar>& x,
           const std::vector<typename L::Scalar>& dy, const std::vector<Index>& lengths = {},
           const Pass& pass = {}) {
  using T = typename L::Scalar;
  const Shape output = layer.out_shape(input);
  std::vector<Index> mapped;
  for (const Index used : lengths) mapped.push_back(out_length(layer, used));
  Run<L> result{std::vector<T>(static_cast<std::size_t>(output.size() * count), T(7)),
                std::vector<T>(x.size(), T(7)), zeros_like(layer)};
  typename L::Cache cache;
  cache.prepare(layer, input, count + 1, true);
  const BatchView<const T> from(x.data(), input, count, lengths);
  const BatchView<T> to(result.y.data(), output, count, mapped);
  layer.forward(from, to, cache, pass);
  layer.backward(from, to, {dy.data(), output, count, mapped}, {result.dx.data(), input, count, lengths},
                 cache, result.grad, pass);
  // The cache of inference keeps less; its outputs are the same, to the bit.
  std::vector<T> inferred(result.y.size(), T(9));
  typename L::Cache small;
  small.prepare(layer, input, count, false);
  layer.forward(from, {inferred.data(), output, count, mapped}, small, pass);
  CHECK(inferred == result.y);
  return result;
}

template <class T>
std::vector<T> normal(Index count, Rng& rng) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& v : values) v = static_cast<T>(rng.normal());
  return values;
}

template <class T>
std::vector<T> part(const std::vector<T>& values, Index first, Index count) {
  return {values.begin() + first, values.begin() + first + count};
}

template <class L>
std::vector<typename L::Scalar> parameters_of(const L& layer) {
  std::vector<typename L::Scalar> all;
  L::visit([&](Role, const ParamName&, auto p) { all.insert(all.end(), p.span().begin(), p.span().end()); },
           layer);
  return all;
}

/// The largest |a - b|.
template <class T>
double gap(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

template <class L>
void randomize(L& layer, Rng& rng) {
  layer.init(rng);
  L::visit(
      [&](Role, const ParamName&, auto p) {
        for (auto& v : p.span()) v += static_cast<typename L::Scalar>(0.3 * rng.normal());
      },
      layer);
}

/// check(layer) for layers of all kinds with the options that they share.
template <class T, class F>
void each_kind(Returns returns, bool learned, bool reverse, double dropout, F check) {
  const auto with = [&](auto layer) {
    Rng rng(12);
    randomize(layer, rng);
    check(layer);
  };
  const Index in = 3;
  for (const Index units : {2, 19}) {
    INFO("units ", units, ", returns ", std::string(name_of(returns)), ", learned ", learned, ", reverse ",
         reverse, ", dropout ", dropout);
    for (const bool option : {false, true}) {
      with(Lstm<T>(in, units,
                   {.returns = returns,
                    .recurrent_dropout = dropout,
                    .learned_state = learned,
                    .reverse = reverse,
                    .peephole = option}));
      with(Gru<T>(in, units,
                  {.returns = returns,
                   .recurrent_dropout = dropout,
                   .learned_state = learned,
                   .reverse = reverse,
                   .reset_after = option}));
      for (const Index outputs : {0, 3}) {
        if (option && outputs == 0) continue;
        with(SimpleRnn<T>(in, units,
                          {.returns = returns,
                           .outputs = outputs,
                           .output_activation = RecurrentActivation::sigmoid,
                           .feedback = option ? Feedback::output : Feedback::state,
                           .recurrent_dropout = dropout,
                           .learned_state = learned,
                           .reverse = reverse}));
      }
    }
  }
}
template <class T, class F>
void each_layer(F check) {
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const bool learned : {false, true}) each_kind<T>(returns, learned, false, 0.0, check);
    each_kind<T>(returns, false, true, 0.0, check);
    each_kind<T>(returns, true, false, 0.5, check);
  }
}

/// In double: relative to the norm of the tensor. In float, where sums cancel: relative to numbers around 1.
double off(std::span<const double> actual, const std::vector<double>& expected) {
  return distance(actual, expected);
}
double off(std::span<const float> actual, const std::vector<double>& expected) {
  if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    if (std::isnan(error)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, error / std::max(1.0, std::fabs(expected[i])));
  }
  return largest;
}

/// The golden case through the layer: y, dx and all gradients.
template <class L>
void compare(const GoldenCase& expected, L layer, const std::vector<std::string>& prefixes = {""}) {
  using T = typename L::Scalar;
  Index compared = 0;
  const auto name_in_file = [&](const ParamName& name) {
    const std::string path = name.str();
    return (prefixes.size() > 1 && path[0] == '1' ? prefixes[1] : prefixes[0]) + name.leaf();
  };
  L::visit([&](Role, const ParamName& name, TensorView<T> p) { expected.fill(name_in_file(name), p); },
           layer);
  const Index count = expected.number("shape", 0);
  const Shape input{expected.number("shape", 2), expected.number("shape", 1)};
  std::vector<Index> lengths;
  for (const double used : expected["lengths"]) lengths.push_back(static_cast<Index>(used));
  const auto result =
      run(layer, input, count, expected.get<T>("x"), expected.get<T>("dy"), lengths, {.training = true});
  CHECK(off(std::span<const T>(result.y), expected["y"]) <= 1e-6);
  CHECK(off(std::span<const T>(result.dx), expected["dx"]) <= 1e-6);
  L::visit(
      [&](Role, const ParamName& name, TensorView<const T> g) {
        INFO(name.str());
        CHECK(off(g.span(), expected["d" + name_in_file(name)]) <= 1e-6);
        ++compared;
      },
      std::as_const(result.grad));
  CHECK(compared >= 2);
}

const weir_test::Golden& golden() {
  static const weir_test::Golden file = weir_test::read_golden("recurrent.txt");
  return file;
}

bool begins(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

template <class T>
void compare_case(const std::string& name, const GoldenCase& c) {
  const Index in = c.number("shape", 2), units = c.number("numbers", 0);
  const auto returns = static_cast<Returns>(c.number("numbers", 1));
  const auto set = [&](std::size_t i) { return c.number("numbers", i) != 0; };
  const std::vector<std::string> both{"", "other_"};
  if (begins(name, "torch_lstm_bi")) {
    compare(c, Bidirectional(Lstm<T>(in, units, {.returns = returns})), both);
  } else if (begins(name, "torch_gru_bi")) {
    compare(c, Bidirectional(Gru<T>(in, units, {.returns = returns})), both);
  } else if (begins(name, "torch_rnn_bi")) {
    compare(c, Bidirectional(SimpleRnn<T>(in, units, {.returns = returns})), both);
  } else if (begins(name, "torch_lstm")) {
    compare(c, Lstm<T>(in, units, {.returns = returns}));
  } else if (begins(name, "torch_gru")) {
    compare(c, Gru<T>(in, units, {.returns = returns}));
  } else if (begins(name, "torch_rnn")) {
    compare(c, SimpleRnn<T>(in, units, {.returns = returns}));
  } else if (begins(name, "lstm")) {
    compare(c, Lstm<T>(in, units, {.returns = returns, .learned_state = set(3), .peephole = set(2)}));
  } else if (begins(name, "gru")) {
    compare(c, Gru<T>(in, units, {.returns = returns, .learned_state = set(3), .reset_after = set(2)}));
  } else if (begins(name, "min_gru")) {
    compare(c, MinGru<T>(in, units, {.returns = returns, .learned_state = set(2)}));
  } else {
    REQUIRE(begins(name, "simple"));
    compare(c, SimpleRnn<T>(in, units,
                            {.returns = returns,
                             .activation = static_cast<RecurrentActivation>(c.number("numbers", 2)),
                             .outputs = c.number("numbers", 3),
                             .output_activation = static_cast<RecurrentActivation>(c.number("numbers", 4)),
                             .feedback = set(5) ? Feedback::output : Feedback::state,
                             .learned_state = set(6)}));
  }
}

}  // namespace

TEST_CASE("recurrent layers equal PyTorch's, and their formulas differentiated by PyTorch") {
  CHECK(golden().size() >= 200);
  for (const auto& entry : golden()) {
    INFO(entry.first);
    compare_case<float>(entry.first, entry.second);
    compare_case<double>(entry.first, entry.second);
  }
}

TEST_CASE("recurrent: padding has no influence, not even on the bits") {
  const Shape input{3, 5};
  const std::vector<Index> lengths{2, 5, 0, 1};
  const Index count = 4;
  Rng rng(1);
  const std::vector<double> x = normal<double>(input.size() * count, rng);
  each_layer<double>([&](const auto& layer) {
    using L = std::decay_t<decltype(layer)>;
    INFO(std::string(L::kind));
    const Pass pass{.training = layer.options.recurrent_dropout > 0.0, .key = RngKey{3}};
    const Shape output = layer.out_shape(input);
    std::vector<double> dy = normal<double>(output.size() * count, rng);
    for (Index i = 0; i < count; ++i) {
      for (Index t = out_length(layer, lengths[static_cast<std::size_t>(i)]); t < output.length; ++t) {
        std::fill_n(dy.begin() + (i * output.length + t) * output.channels, output.channels, 0.0);
      }
    }
    std::vector<double> other = x;
    for (Index i = 0; i < count; ++i) {
      const Index used = lengths[static_cast<std::size_t>(i)] * 3;
      std::fill(other.begin() + i * 15 + used, other.begin() + (i + 1) * 15, 1e30);
    }
    const auto one = run(layer, input, count, x, dy, lengths, pass);
    const auto two = run(layer, input, count, other, dy, lengths, pass);
    CHECK(one.y == two.y);
    CHECK(one.dx == two.dx);
    CHECK(parameters_of(one.grad) == parameters_of(two.grad));
    double total = 0.0;
    std::vector<double> sums(parameters_of(layer).size());
    for (Index i = 0; i < count; ++i) {
      const Index used = lengths[static_cast<std::size_t>(i)];
      const auto y = part(one.y, i * output.size(), output.size());
      const auto dx = part(one.dx, i * 15, 15);
      CHECK(std::all_of(dx.begin() + used * 3, dx.end(), [](double v) { return v == 0.0; }));
      const Index written = used == 0 ? 0 : out_length(layer, used) * output.channels;
      CHECK(std::all_of(y.begin() + written, y.end(), [](double v) { return v == 0.0; }));
      if (used == 0) continue;
      // The sample alone, without padding.
      Pass own = pass;
      own.first_sample = i;
      const Shape cut{3, used};
      const auto alone = run(layer, cut, 1, part(x, i * 15, used * 3),
                             part(dy, i * output.size(), layer.out_shape(cut).size()), {}, own);
      CHECK(alone.y == part(y, 0, layer.out_shape(cut).size()));
      CHECK(alone.dx == part(dx, 0, used * 3));
      const auto grad = parameters_of(alone.grad);
      for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += grad[p];
      for (const double v : y) total += std::fabs(v);
    }
    CHECK(total > 0.1);
    CHECK(gap(sums, parameters_of(one.grad)) <= 1e-12);
  });
}

TEST_CASE("recurrent: a sample has the same bits alone and in a batch, of any size") {
  const Shape input{3, 4};
  const Index count = 230;  // more than two blocks of inference
  Rng rng(2);
  const std::vector<float> x = normal<float>(input.size() * count, rng);
  each_kind<float>(Returns::sequence, false, false, 0.0, [&](const auto& layer) {
    const Shape output = layer.out_shape(input);
    const std::vector<float> dy = normal<float>(output.size() * count, rng);
    const auto all = run(layer, input, count, x, dy);
    for (const Index i : {0, 5, 95, 96, 229}) {
      const auto alone = run(layer, input, 1, part(x, i * input.size(), input.size()),
                             part(dy, i * output.size(), output.size()));
      CHECK(alone.y == part(all.y, i * output.size(), output.size()));
      CHECK(alone.dx == part(all.dx, i * input.size(), input.size()));
    }
  });
}

TEST_CASE("recurrent: one infinite or NaN sample leaves the others alone") {
  const Shape input{3, 4};
  Rng rng(3);
  const std::vector<float> x = normal<float>(input.size() * 7, rng);
  using Limits = std::numeric_limits<float>;
  each_kind<float>(Returns::sequence, false, false, 0.0, [&](const auto& layer) {
    const Shape output = layer.out_shape(input);
    const std::vector<float> dy = normal<float>(output.size() * 7, rng);
    const auto clean = run(layer, input, 7, x, dy);
    for (const float bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
      std::vector<float> poisoned = x, y(clean.y.size());
      std::fill_n(poisoned.begin() + 2 * input.size(), input.size(), bad);
      typename std::decay_t<decltype(layer)>::Cache cache;
      cache.prepare(layer, input, 7, false);
      layer.forward({poisoned.data(), input, 7}, {y.data(), output, 7}, cache, {});
      for (const Index i : {0, 1, 3, 6}) {
        CHECK(part(y, i * output.size(), output.size()) == part(clean.y, i * output.size(), output.size()));
      }
      if (!std::isnan(bad)) continue;
      const auto mine = part(y, 2 * output.size(), output.size());
      CHECK(std::all_of(mine.begin(), mine.end(), [](float v) { return std::isnan(v); }));
    }
  });
}

TEST_CASE("recurrent: step by step equals the whole sequence") {
  const Shape input{3, 6};
  const Index count = 5;
  Rng rng(4);
  const std::vector<float> x = normal<float>(input.size() * count, rng);
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const bool learned : {false, true}) {
      each_kind<float>(returns, learned, false, 0.0, [&](const auto& layer) {
        using L = std::decay_t<decltype(layer)>;
        INFO(std::string(L::kind));
        REQUIRE(streams(layer));
        const Index size = state_size(layer, input);
        const Shape output{layer.out_shape(input).channels, 1};
        std::vector<float> memory(static_cast<std::size_t>(size * count)), column, y;
        std::vector<float*> states;
        for (Index i = 0; i < count; ++i) {
          states.push_back(memory.data() + (count - 1 - i) * size);
          start_stream(layer, states.back(), input);
        }
        StepCache<L> cache;
        cache.prepare(layer, input, count);
        std::vector<unsigned char> ready(static_cast<std::size_t>(count), 1);
        for (Index t = 0; t < input.length; ++t) {
          column.clear();
          for (Index i = 0; i < count; ++i) {
            const auto values = part(x, i * input.size() + t * 3, 3);
            column.insert(column.end(), values.begin(), values.end());
          }
          y.assign(static_cast<std::size_t>(output.size() * count), 9.0F);
          step<L>(layer, {column.data(), {3, 1}, count}, {y.data(), output, count}, states, ready, cache);
          const std::vector<Index> lengths(static_cast<std::size_t>(count), t + 1);
          const Shape whole = layer.out_shape(input);
          std::vector<float> expected(static_cast<std::size_t>(whole.size() * count));
          std::vector<Index> mapped(lengths.size(), out_length(layer, t + 1));
          typename L::Cache full;
          full.prepare(layer, input, count, false);
          layer.forward({x.data(), input, count, lengths}, {expected.data(), whole, count, mapped}, full, {});
          for (Index i = 0; i < count; ++i) {
            const Index at = (i * whole.length + out_length(layer, t + 1) - 1) * whole.channels;
            CHECK(gap(part(y, i * output.size(), output.size()), part(expected, at, output.size())) <= 1e-6);
          }
        }
        CHECK(std::all_of(ready.begin(), ready.end(), [](unsigned char r) { return r == 1; }));
      });
    }
  }
  CHECK_FALSE(streams(Lstm<float>(3, 2, {.reverse = true})));
  CHECK_FALSE(streams(Bidirectional(Gru<float>(3, 2))));
}

TEST_CASE("recurrent: a hundred thousand streams on one const layer, from two threads") {
  const Gru<float> gru = [] {
    Gru<float> layer(4, 8);
    Rng rng(5);
    layer.init(rng);
    return layer;
  }();
  const Index flows = 100'000, batch = 250;
  const Shape input{4, 1};
  const Index size = state_size(gru, input);
  std::vector<float> memory(static_cast<std::size_t>(flows * size));
  const auto feed = [&](Index begin, Index end) {
    StepCache<Gru<float>> cache;
    cache.prepare(gru, input, batch);
    std::vector<float> x(static_cast<std::size_t>(4 * batch)), y(static_cast<std::size_t>(8 * batch));
    std::vector<float*> states(static_cast<std::size_t>(batch));
    std::vector<unsigned char> ready(static_cast<std::size_t>(batch), 1);
    for (Index round = 0; round < 3; ++round) {
      for (Index first = begin; first < end; first += batch) {
        for (Index i = 0; i < batch; ++i) {
          const Index flow = first + i;
          states[static_cast<std::size_t>(i)] = memory.data() + flow * size;
          if (round == 0) start_stream(gru, memory.data() + flow * size, input);
          for (Index c = 0; c < 4; ++c) {
            x[static_cast<std::size_t>(4 * i + c)] =
                static_cast<float>((flow % 97) * (c + 1) + round) * 0.01F;
          }
        }
        step<Gru<float>>(gru, {x.data(), {4, 1}, batch}, {y.data(), {8, 1}, batch}, states, ready, cache);
      }
    }
  };
  std::thread other(feed, 0, flows / 2);
  feed(flows / 2, flows);
  other.join();
  bool same = true;
  for (Index flow = 97; flow < flows; ++flow) {  // flows 97 apart have seen the same
    same = same && std::equal(memory.begin() + flow * size, memory.begin() + (flow + 1) * size,
                              memory.begin() + (flow % 97) * size);
  }
  CHECK(same);
  CHECK(part(memory, 0, size) != part(memory, size, size));
}

TEST_CASE("recurrent: truncated back-propagation is that of the pieces, each begun by the one before") {
  const Index units = 4, length = 7, cut = 3;
  Rng rng(6);
  const auto check = [&](auto whole, auto piece) {
    // `whole` truncates; `piece` is the same layer with a learned state and without truncation.
    using L = decltype(whole);
    randomize(whole, rng);
    set_zero(piece);
    L::visit(
        [](Role, const ParamName&, auto to, auto from) { std::copy_n(from.data(), from.size(), to.data()); },
        piece, std::as_const(whole));
    const Shape input{3, length};
    const std::vector<double> x = normal<double>(input.size(), rng), dy = normal<double>(units * length, rng);
    const auto expected = run(whole, input, 1, x, dy);
    std::vector<double> sums(parameters_of(whole.options.learned_state ? whole : piece).size());
    std::vector<double> dx, y;
    for (Index first = 0; first < length; first += cut) {
      const Index count = std::min(cut, length - first);
      const auto part_run = run(piece, Shape{3, count}, 1, part(x, 3 * first, 3 * count),
                                part(dy, units * first, units * count));
      y.insert(y.end(), part_run.y.begin(), part_run.y.end());
      dx.insert(dx.end(), part_run.dx.begin(), part_run.dx.end());
      const auto grad = parameters_of(part_run.grad);
      for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += grad[p];
      // Carry the state on.
      auto state = piece;
      state.options.returns = Returns::state;
      std::vector<double> end(static_cast<std::size_t>(state.state_size({})));
      typename L::Cache cache;
      cache.prepare(state, Shape{3, count}, 1, false);
      const auto values = part(x, 3 * first, 3 * count);
      state.forward({values.data(), Shape{3, count}, 1},
                    {end.data(), Shape{static_cast<Index>(end.size())}, 1}, cache, {});
      std::copy_n(end.begin(), units, piece.initial_state.data());
      if constexpr (L::has_cell) std::copy_n(end.begin() + units, units, piece.initial_cell.data());
    }
    CHECK(gap(y, expected.y) <= 1e-14);
    CHECK(gap(dx, expected.dx) <= 1e-14);
    sums.resize(parameters_of(expected.grad).size());  // without the initial states, which stand last
    CHECK(gap(sums, parameters_of(expected.grad)) <= 1e-13);
    whole.options.truncate = 0;
    CHECK(gap(run(whole, input, 1, x, dy).dx, expected.dx) > 1e-6);
  };
  check(Lstm<double>(3, units, {.returns = Returns::sequence, .truncate = cut}),
        Lstm<double>(3, units, {.returns = Returns::sequence, .learned_state = true}));
  check(Gru<double>(3, units, {.returns = Returns::sequence, .truncate = cut}),
        Gru<double>(3, units, {.returns = Returns::sequence, .learned_state = true}));
  check(SimpleRnn<double>(3, units, {.returns = Returns::sequence, .truncate = cut}),
        SimpleRnn<double>(3, units, {.returns = Returns::sequence, .learned_state = true}));
}

TEST_CASE("recurrent: reverse is the layer on the reversed sample") {
  const Shape input{3, 4};
  const std::vector<Index> lengths{3, 4};
  Rng rng(7);
  const std::vector<double> x = normal<double>(24, rng), dy(2 * 4 * 5);
  const auto turn = [&](const std::vector<double>& values, Index channels) {
    std::vector<double> turned(values.size());
    for (Index i = 0; i < 2; ++i) {
      for (Index t = 0; t < lengths[static_cast<std::size_t>(i)]; ++t) {
        const Index to = lengths[static_cast<std::size_t>(i)] - 1 - t;
        std::copy_n(values.begin() + (i * 4 + t) * channels, channels,
                    turned.begin() + (i * 4 + to) * channels);
      }
    }
    return turned;
  };
  Gru<double> layer(3, 5, {.returns = Returns::sequence});
  layer.init(rng);
  const auto straight = run(layer, input, 2, turn(x, 3), dy, lengths);
  layer.options.reverse = true;
  CHECK(run(layer, input, 2, x, dy, lengths).y == turn(straight.y, 5));
}

TEST_CASE("recurrent dropout: one mask a sequence, belonging to the sample, in training only") {
  // With W = 0 and U = 1 the identity network carries its state on: each step multiplies it by the mask.
  const Index units = 200, count = 20, length = 4;
  const double rate = 0.3;
  SimpleRnn<double> layer(1, units,
                          {.returns = Returns::sequence,
                           .activation = RecurrentActivation::identity,
                           .recurrent_dropout = rate,
                           .learned_state = true});
  for (Index u = 0; u < units; ++u) layer.recurrent_weight(u, u) = 1.0;
  layer.initial_state.fill(1.0);
  const Shape input{1, length};
  const std::vector<double> x(static_cast<std::size_t>(length * count));
  const std::vector<double> dy(static_cast<std::size_t>(length * count * units));
  const Pass pass{.training = true, .key = RngKey{4}};
  const auto y = run(layer, input, count, x, dy, {}, pass).y;
  const double kept = 1.0 / (1.0 - rate);
  Index dropped = 0;
  bool right = true;
  for (Index i = 0; i < count; ++i) {
    for (Index u = 0; u < units; ++u) {
      const double first = y[static_cast<std::size_t>(i * length * units + u)];
      dropped += first == 0.0 ? 1 : 0;
      for (Index t = 0; t < length; ++t) {
        const double expected = first == 0.0 ? 0.0 : std::pow(kept, static_cast<double>(t + 1));
        const double value = y[static_cast<std::size_t>((i * length + t) * units + u)];
        right = right && std::fabs(value - expected) <= 1e-12 * std::max(1.0, expected);
      }
    }
  }
  CHECK(right);
  CHECK(static_cast<double>(dropped) / static_cast<double>(count * units) ==
        doctest::Approx(rate).epsilon(0.1));
  CHECK(part(y, 0, units) != part(y, length * units, units));
  Pass later = pass;
  later.first_sample = 7;
  CHECK(run(layer, input, 1, part(x, 0, length), part(dy, 0, length * units), {}, later).y ==
        part(y, 7 * length * units, length * units));
  const auto inference = run(layer, input, 1, part(x, 0, length), part(dy, 0, length * units)).y;
  CHECK(std::all_of(inference.begin(), inference.end(), [](double v) { return v == 1.0; }));
}

TEST_CASE("recurrent: U starts orthogonal, W within Glorot's bound") {
  Rng rng(8);
  Lstm<double> lstm(6, 10);
  lstm.init(rng);
  for (Index i = 0; i < 10; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double dot = 0.0;
      for (Index r = 0; r < 40; ++r) dot += lstm.recurrent_weight(r, i) * lstm.recurrent_weight(r, j);
      CHECK(dot == doctest::Approx(i == j ? 1.0 : 0.0).epsilon(1e-12));
    }
  }
  const auto w = lstm.weight.span();
  CHECK(*std::max_element(w.begin(), w.end()) <= std::sqrt(6.0 / 46.0));
  CHECK(*std::max_element(w.begin(), w.end()) > 0.9 * std::sqrt(6.0 / 46.0));
  SimpleRnn<double> wide(2, 3, {.outputs = 7, .feedback = Feedback::output});
  wide.init(rng);
  for (Index i = 0; i < 3; ++i) {
    double squares = 0.0;
    for (Index c = 0; c < 7; ++c) squares += wide.recurrent_weight(i, c) * wide.recurrent_weight(i, c);
    CHECK(squares == doctest::Approx(1.0));
  }
}

TEST_CASE("recurrent: extents known at compile time give the same bits") {
  const auto check = [](auto fixed, auto free_extents) {
    Rng a(9), b(9);
    fixed.init(a);
    free_extents.init(b);
    const std::vector<float> x = normal<float>(3 * 5 * 2, a), dy = normal<float>(6 * 2, a);
    const auto one = run(fixed, Shape{3, 5}, 2, x, dy);
    const auto two = run(free_extents, Shape{3, 5}, 2, x, dy);
    CHECK(one.y == two.y);
    CHECK(one.dx == two.dx);
    CHECK(parameters_of(one.grad) == parameters_of(two.grad));
  };
  check(Lstm<float, 3, 6>{}, Lstm<float>(3, 6));
  check(Gru<float, 3, 6>{}, Gru<float>(3, 6));
  check(SimpleRnn<float, 3, 6>{}, SimpleRnn<float>(3, 6));
}

TEST_CASE("last_step: gradients, lengths, stream") {
  weir_test::check_gradients(LastStep<double>{}, Shape{3, 4}, {.count = 4, .lengths = {4, 0, 1, 3}});
  weir_test::check_gradients(LastStep<double>{}, Shape{5, 1});
  const std::vector<double> x{1, 2, 3, 4, 5, 6};
  std::vector<double> y(3, 9.0);
  NoCache none;
  const std::vector<Index> lengths{2, 0, 1}, ones(3, 1);
  LastStep<double>{}.forward({x.data(), {1, 2}, 3, lengths}, {y.data(), {1, 1}, 3, ones}, none, {});
  CHECK(y == std::vector<double>{2, 0, 5});
  CHECK(streams(LastStep<double>{}));
  CHECK(from_config<LastStep<double>>({}, Shape{2}).ok());
  CHECK_FALSE(from_config<LastStep<double>>({{"units", std::int64_t{2}}}, Shape{2}).ok());
}
