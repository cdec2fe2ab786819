#include "detect/kitsune_reference.hpp"

#include "golden/golden.hpp"

#include <weir/detect/after_image.hpp>
#include <weir/detect/feature_map.hpp>
#include <weir/detect/kitnet.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// Numbers in groups that move together, some constant, some repeated, none alike in range.
std::vector<double> sample(std::size_t n, Rng& rng) {
  std::vector<double> x(n);
  std::vector<double> source(n / 4 + 1);
  for (double& s : source) s = rng.normal();
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = std::pow(10.0, static_cast<double>(i % 5)) * (source[i % source.size()] + 0.2 * rng.normal());
    if (i % 11 == 3) x[i] = 5.0;
    if (i % 11 == 5 && i > 0) x[i] = x[i - 1];
  }
  return x;
}

template <class T>
KitNet<T> trained(std::size_t n, const KitNetOptions& options, Rng& rng) {
  KitNet<T> net(n, options);
  while (!net.ready()) {
    const auto x = sample(n, rng);
    const std::vector<T> narrow(x.begin(), x.end());
    CHECK(net.process(std::span<const T>(narrow)) == T(0));
  }
  return net;
}

}  // namespace

TEST_CASE("the tree is that of scipy") {
  for (const auto& [key, data] : weir_test::read_golden("feature_map.txt")) {
    const std::string& name = key;  // clang 14 captures no structured binding
    CAPTURE(name);
    const auto n = static_cast<std::size_t>(data.number("size", 0));
    const auto& condensed = data["distances"];
    std::vector<std::vector<double>> full(n, std::vector<double>(n));
    for (std::size_t i = 0, at = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j) full[i][j] = full[j][i] = condensed[at++];
    }
    for (const std::size_t largest : {1U, 4U, 10U}) {
      std::vector<double> flat;  // each group behind its size
      const FeatureMap map =
          cluster_features(n, largest, [&](std::size_t i, std::size_t j) { return full[i][j]; });
      for (const auto& group : map) {
        flat.push_back(static_cast<double>(group.size()));
        for (const std::size_t i : group) flat.push_back(static_cast<double>(i));
      }
      CHECK(flat == data["groups_" + std::to_string(largest)]);
      CHECK(map == kitsune_reference::Mapper::cut(full, largest));
    }
  }
}

TEST_CASE("the mapper is that of the plain restatement") {
  Rng rng(5);
  FeatureMapper mapper(60);
  kitsune_reference::Mapper plain(60);
  for (int i = 0; i < 500; ++i) {
    const auto x = sample(60, rng);
    mapper.add(std::span<const double>(x));
    plain.add(x);
  }
  for (const std::size_t largest : {1U, 3U, 10U, 60U, 100U}) CHECK(mapper.map(largest) == plain.map(largest));
  CHECK(mapper.distance(3, 14) == 1.0);  // both constant
}

TEST_CASE("weights start as numpy's RandomState(1234) draws them") {
  const OnlineParameters p = OnlineParameters::initial(10, 0.75);
  CHECK(p.hidden == 8);
  // RandomState(1234).uniform(-.1, .1, 3)
  CHECK(p.weight[0] == doctest::Approx(-0.06169610992422154).epsilon(1e-14));
  CHECK(p.weight[1] == doctest::Approx(0.02442175420796637).epsilon(1e-14));
  CHECK(p.weight[2] == doctest::Approx(-0.012454452198577104).epsilon(1e-14));
}

TEST_CASE("errors equal those of the plain restatement, in all layouts") {
  // 40 features in groups of at most 1, 3, 10: lanes side by side; of 40: alone.
  for (const std::size_t largest : {1U, 3U, 10U, 40U}) {
    CAPTURE(largest);
    Rng rng(6);
    KitNet<double> net(40, {.largest_group = largest, .map_samples = 100, .train_samples = 400});
    KitNet<float> narrow(40, {.largest_group = largest, .map_samples = 100, .train_samples = 400});
    kitsune_reference::Net plain(40, largest, 100, 400);
    double worst = 0.0, worst_narrow = 0.0, sum = 0.0;
    for (int i = 0; i < 800; ++i) {
      auto x = sample(40, rng);
      if (i > 700) x[7] *= 3.0;  // beyond the range of training
      const double expected = plain.process(x);
      worst = std::max(worst, std::fabs(net.process(std::span<const double>(x)) - expected));
      const std::vector<float> y(x.begin(), x.end());
      const auto score = static_cast<double>(narrow.process(std::span<const float>(y)));
      worst_narrow = std::max(worst_narrow, std::fabs(score - expected));
      sum += expected;
    }
    CHECK(net.map() == plain.map);
    CHECK(narrow.map() == plain.map);
    CHECK(worst < 1e-9);
    CHECK(worst_narrow < 1e-3);
    CHECK(sum > 1.0);
  }
}

TEST_CASE("an autoencoder alone computes what one in a lane does") {
  Rng rng(7);
  OnlineAutoencoder<double> alone(OnlineParameters::initial(7, 0.75));
  OnlineAutoencoders<double> lanes({OnlineParameters::initial(7, 0.75)}, {{0, 1, 2, 3, 4, 5, 6}});
  std::vector<double> errors(OnlineAutoencoders<double>::lanes);
  for (int i = 0; i < 200; ++i) {
    const auto x = sample(7, rng);
    const double error = alone.train(x.data(), 0.1);
    lanes.train(x.data(), 0.1, errors.data());
    CHECK(errors[0] == doctest::Approx(error).epsilon(1e-11));
  }
  const OnlineParameters a = alone.parameters(), b = lanes.parameters(0);
  for (std::size_t i = 0; i < a.weight.size(); ++i)
    CHECK(a.weight[i] == doctest::Approx(b.weight[i]).epsilon(1e-9));
}

TEST_CASE("phases: the mapper takes one sample more than it is given") {
  Rng rng(8);
  KitNet<float> net(8, {.map_samples = 5, .train_samples = 7});
  std::vector<float> x(8);
  for (int i = 0; i <= 5; ++i) {
    CHECK_FALSE(net.mapped());
    for (float& v : x) v = static_cast<float>(rng.uniform());
    net.process(std::span<const float>(x));
  }
  CHECK(net.mapped());
  for (int i = 0; i < 7; ++i) {
    CHECK_FALSE(net.ready());
    for (float& v : x) v = static_cast<float>(rng.uniform());
    CHECK(net.process(std::span<const float>(x)) == 0.0F);
  }
  CHECK(net.ready());
  CHECK(net.trained() == 13);
  CHECK(net.process(std::span<const float>(x)) > 0.0F);
  CHECK(net.trained() == 13);
}

TEST_CASE("what never varied and then does is scored high, and finite") {
  Rng rng(9);
  auto net = trained<float>(20, {.map_samples = 50, .train_samples = 200}, rng);
  auto x = sample(20, rng);
  std::vector<float> y(x.begin(), x.end());
  const float before = net.score(std::span<const float>(y));
  y[3] = 5.5F;  // constant in training
  const float after = net.score(std::span<const float>(y));
  CHECK(after > 1000.0F * before);
  CHECK(std::isfinite(after));
  y.assign(20, 3e38F);
  CHECK(std::isfinite(net.score(std::span<const float>(y))));
}

TEST_CASE("reasons: the feature that went wrong has the largest error") {
  Rng rng(10);
  auto net = trained<double>(20, {.map_samples = 100, .train_samples = 2000}, rng);
  auto x = sample(20, rng);
  x[12] *= 20.0;
  net.score(std::span<const double>(x));
  const auto errors = net.feature_errors();
  for (std::size_t i = 0; i < errors.size(); ++i) CHECK(errors[i] <= errors[12]);
  // The groups' errors are the root mean squares of them.
  for (std::size_t g = 0; g < net.map().size(); ++g) {
    double sum = 0.0;
    for (const std::size_t i : net.map()[g]) sum += errors[i] * errors[i];
    CHECK(net.group_errors()[g] ==
          doctest::Approx(std::sqrt(sum / static_cast<double>(net.map()[g].size()))));
  }
}

TEST_CASE("a map may be given") {
  const FeatureMap map{{4, 0}, {1, 2, 3}};
  KitNet<double> net(5, {.map_samples = 0, .train_samples = 10, .map = map});
  CHECK(net.mapped());
  CHECK(net.map() == map);
  CHECK_THROWS_AS(KitNet<double>(5, {.map = {{0, 1}, {1, 2, 3, 4}}}), ConfigError);
  CHECK_THROWS_AS(KitNet<double>(5, {.map = {{0, 1}, {2, 3}}}), ConfigError);
  CHECK_THROWS_AS(KitNet<double>(5, {.map = {{0, 1, 2, 3, 4}, {}}}), ConfigError);
}

TEST_CASE("a state goes on to the same bits from every phase, and a wrong one is refused") {
  const KitNetOptions options{.largest_group = 6, .map_samples = 40, .train_samples = 100};
  for (const int stop : {0, 20, 41, 90, 300}) {
    CAPTURE(stop);
    Rng rng(11);
    KitNet<float> whole(30, options);
    const auto next = [&] {
      const auto x = sample(30, rng);
      return std::vector<float>(x.begin(), x.end());
    };
    for (int i = 0; i < stop; ++i) whole.process(std::span<const float>(next()));
    Snapshot state;
    whole.save(state);
    KitNet<float> resumed(30, options);
    REQUIRE(resumed.try_load(state).ok());
    for (int i = 0; i < 200; ++i) {
      const auto x = next();
      CHECK(resumed.process(std::span<const float>(x)) == whole.process(std::span<const float>(x)));
    }
    Snapshot again, other;
    whole.save(again);
    resumed.save(other);
    CHECK(again == other);

    Snapshot wrong = again;
    wrong.words.at("kitnet.map")[0] += 1;
    CHECK_FALSE(resumed.try_load(wrong).ok());
    wrong = again;
    wrong.numbers.at("kitnet.output").back() = std::numeric_limits<double>::infinity();
    CHECK_FALSE(resumed.try_load(wrong).ok());
    CHECK_FALSE(KitNet<float>(31, options).try_load(again).ok());
    Snapshot unchanged;
    resumed.save(unchanged);
    CHECK(unchanged == again);
  }
}

TEST_CASE("options that make no sense are refused") {
  CHECK_THROWS_AS(KitNet<float>(0), ConfigError);
  CHECK_THROWS_AS(KitNet<float>(5, {.largest_group = 0}), ConfigError);
  CHECK_THROWS_AS(KitNet<float>(5, {.train_samples = 0}), ConfigError);
  CHECK_THROWS_AS(KitNet<float>(5, {.learning_rate = std::nan("")}), ConfigError);
  CHECK_THROWS_AS(KitNet<float>(5, {.hidden_ratio = 0.0}), ConfigError);
}
