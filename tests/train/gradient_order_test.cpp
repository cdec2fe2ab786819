// In which order the gradients of a batch's parts are added, and that threads do not change it.
#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/train/fit.hpp>

#include <cstring>
#include <numeric>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

template <class Net>
std::vector<float> values_of(const Net& net) {
  std::vector<float> all;
  Net::visit([&](Role, const ParamName&, auto p) { all.insert(all.end(), p.data(), p.data() + p.size()); },
             net);
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Trains nothing, keeps the gradient.
struct Recorder {
  static constexpr std::string_view kind = "recorder";
  double learning_rate = 0.0;
  std::vector<float>* gradient = nullptr;

  [[nodiscard]] static std::size_t moments() { return 0; }
  template <class T>
  void update(const ParameterStep<T>& p) const {
    for (const T value : p.gradient) gradient->push_back(static_cast<float>(value));
  }
};

auto small_net() { return Sequential{Dense{5, 7}, Relu{}, Dense{7, 1}}; }

struct Step {
  std::vector<float> gradient;
  double loss = 0.0;
};

Step step_on(const Dataset<float>& data) {
  auto net = small_net();
  Rng rng(3);
  net.init(rng);
  Step result;
  const History history = fit(net, data, MeanSquaredError{}, Recorder{.gradient = &result.gradient},
                              {.epochs = 1, .batch_size = data.rows(), .shuffle = false});
  result.loss = history.epochs.front().loss;
  return result;
}

/// The same weights with 1, 2, 3, 4 and 8 threads.
template <class Net>
void check_threads(const Net& start, const Dataset<float>& data, Index batch_size) {
  const auto train = [&](Index threads) {
    ThreadPool pool(threads);
    Net net = start;
    const History history =
        fit(net, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.01},
            {.epochs = 3, .batch_size = batch_size, .seed = 9, .clip_norm = 0.5, .pool = &pool});
    std::vector<float> all = values_of(net);
    for (const EpochReport& report : history.epochs) all.push_back(static_cast<float>(report.loss));
    return all;
  };
  const std::vector<float> alone = train(1);
  for (const Index threads : {2, 3, 4, 8}) {
    CAPTURE(threads);
    CHECK(same_bits(alone, train(threads)));
  }
}

}  // namespace

TEST_CASE("A batch of eight parts has the sum that the tree of its parts has") {
  // A part alone is weighted by its own rows, eight times as much: a power of two, which costs no bits.
  const Dataset<float> data = toy::line(8 * 64, 5, 4);
  const Step whole = step_on(data);
  std::vector<Step> parts;
  for (Index part = 0; part < 8; ++part) {
    std::vector<Index> rows(64);
    std::iota(rows.begin(), rows.end(), part * 64);
    parts.push_back(step_on(data.subset(rows)));
  }
  const auto at = [&](std::size_t part, std::size_t k) { return parts[part].gradient[k] / 8.0F; };
  REQUIRE(whole.gradient.size() == 5 * 7 + 7 + 7 + 1);
  std::vector<float> tree, in_a_row;
  for (std::size_t k = 0; k < whole.gradient.size(); ++k) {
    tree.push_back(((at(0, k) + at(1, k)) + (at(2, k) + at(3, k))) +
                   ((at(4, k) + at(5, k)) + (at(6, k) + at(7, k))));
    float sum = at(0, k);
    for (std::size_t part = 1; part < 8; ++part) sum += at(part, k);
    in_a_row.push_back(sum);
  }
  CHECK(same_bits(whole.gradient, tree));
  CHECK_FALSE(same_bits(whole.gradient, in_a_row));
  const auto loss = [&](std::size_t part) { return parts[part].loss / 8.0; };
  CHECK(whole.loss ==
        ((loss(0) + loss(1)) + (loss(2) + loss(3))) + ((loss(4) + loss(5)) + (loss(6) + loss(7))));
}

TEST_CASE("1 to 8 threads train a dense net with dropout to the same bits") {
  check_threads(Sequential{Dense{8, 16}, Relu{}, Dropout{0.2}, Dense{16, 1}}, toy::classes(1500, 8, 2, 1),
                700);
}

TEST_CASE("1 to 8 threads train a recurrent net to the same bits") {
  Dataset<float> data = toy::classes(900, 12, 2, 1);
  data.shape = {3, 4};
  check_threads(Sequential{Gru{3, 6}, Dense{6, 1}}, data, 400);
}

TEST_CASE("1 to 8 threads train with batch normalisation to the same bits") {
  check_threads(Sequential{Dense{8, 12}, BatchNorm{12}, Relu{}, Dense{12, 1}}, toy::classes(900, 8, 2, 1),
                400);
}

TEST_CASE("A batch size beyond the rows takes memory for the rows there are") {
  const Dataset<float> data = toy::classes(100, 8, 2, 1);
  const auto train = [&](Index batch_size) {
    auto net = Sequential{Dense{8, 4}, BatchNorm{4}, Dense{4, 1}};
    fit(net, data, BinaryCrossEntropy{}, Adam{}, {.epochs = 2, .batch_size = batch_size});
    return values_of(net);
  };
  CHECK(same_bits(train(100), train(1'000'000'000)));
}
