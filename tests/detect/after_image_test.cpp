#include "detect/kitsune_reference.hpp"

#include <weir/detect/after_image.hpp>
#include <weir/detect/after_image_compat.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

using namespace weir;

namespace {

using Features = AfterImageFeatures;

template <class Extractor>
std::vector<std::vector<double>> extract(Extractor& extractor, const std::vector<Packet>& packets) {
  std::vector<std::vector<double>> result;
  for (const Packet& p : packets) {
    result.emplace_back(extractor.size());
    extractor.extract(p, std::span<double>(result.back()));
  }
  return result;
}

Packet udp(std::int64_t time_ns, unsigned from, unsigned to, std::uint32_t length = 100) {
  Packet p;
  p.time_ns = time_ns;
  p.ether_type = 0x0800;
  p.ip_version = 4;
  p.protocol = ip_protocol::udp;
  p.src = kitsune_reference::ipv4(10, from >> 16 & 255, from >> 8 & 255, from & 255);
  p.dst = kitsune_reference::ipv4(10, to >> 16 & 255, to >> 8 & 255, to & 255);
  p.src_port = 1000;
  p.dst_port = 53;
  p.has_l4 = true;
  p.wire_length = length;
  return p;
}

}  // namespace

TEST_CASE("compat equals the plain restatement of Kitsune-py to the last bit") {
  const auto packets = kitsune_reference::packets(3000, 7);
  const auto expected = kitsune_reference::compat_features(packets);
  AfterImageCompat extractor;
  const auto actual = extract(extractor, packets);
  std::size_t different = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) different += actual[i] != expected[i] ? 1U : 0U;
  CHECK(different == 0);
}

TEST_CASE("compat joins keys without a separator, the corrected features do not") {
  Packet a = udp(0, 1, 2), b = udp(1'000'000'000, 11, 2);
  a.src = kitsune_reference::ipv4(10, 0, 0, 1);
  a.src_port = 180;
  b.src = kitsune_reference::ipv4(10, 0, 0, 11);
  b.src_port = 80;
  AfterImageCompat compat;
  AfterImage corrected;
  const auto joined = extract(compat, {a, b});
  const auto apart = extract(corrected, {a, b});
  constexpr std::size_t socket_weight = 65 + 4 * 7;  // lambda = 0.01
  CHECK(joined[1][socket_weight] == doctest::Approx(1 + std::exp2(-0.01)));
  CHECK(apart[1][socket_weight] == 1.0);
}

TEST_CASE("the corrected features equal sums over the whole past") {
  const auto packets = kitsune_reference::packets(1500, 8);
  for (const bool paper : {false, true}) {
    CAPTURE(paper);
    kitsune_reference::Corrected reference(paper);
    AfterImage extractor({.features = paper ? Features::paper_115 : Features::kitsune_100});
    const auto names = extractor.names();
    const auto actual = extract(extractor, packets);
    std::size_t correlations = 0, compared = 0, wrong = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const auto expected = reference(packets[i]);
      REQUIRE(expected.size() == names.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        const double difference = std::fabs(actual[i][k] - expected[k]);
        if (names[k].ends_with("pcc")) {
          // Without variance but for rounding there is nothing to correlate. Of the other side the radius
          // tells: its square is the sum of both squared variances.
          const double mean = expected[k - 5], own = std::pow(expected[k - 4], 2), radius = expected[k - 3];
          const double other = std::sqrt(std::max(0.0, radius * radius - own * own));
          ++correlations;
          if (own < 1e-6 * mean * mean || other < 1e-6 * std::max(own, 1.0)) continue;
          ++compared;
        }
        wrong += difference <= 1e-9 * std::max(1.0, std::fabs(expected[k])) ? 0U : 1U;
      }
    }
    CHECK(wrong == 0);
    CHECK(compared > correlations / 4);
    CHECK(extractor.evicted() == 0);
  }
}

TEST_CASE("names: one for each number, none twice") {
  for (const Features f : {Features::kitsune_100, Features::paper_115}) {
    const auto names = after_image_names(f);
    CHECK(names.size() == AfterImage({.features = f}).size());
    CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  }
  const auto names = after_image_names(Features::kitsune_100);
  CHECK(names[0] == "MI_5_weight");
  CHECK(names[21] == "HH_5_pcc");
  CHECK(names[99] == "HpHp_0.01_pcc");
}

TEST_CASE("float gives the rounded doubles") {
  const auto packets = kitsune_reference::packets(300, 9);
  AfterImage wide, narrow;
  for (const Packet& p : packets) {
    std::vector<double> x(100);
    std::vector<float> y(100);
    wide.extract(p, std::span<double>(x));
    narrow.extract(p, std::span<float>(y));
    for (std::size_t i = 0; i < x.size(); ++i) REQUIRE(y[i] == static_cast<float>(x[i]));
  }
}

TEST_CASE("by hand: two packets one second apart and the answer") {
  AfterImage extractor;
  const auto x = extract(extractor, {udp(0, 1, 2, 100), udp(1'000'000'000, 1, 2, 300)});
  // lambda = 1: w = 1/2 + 1, mean = (50 + 300) / 1.5, variance = E[v^2] - mean^2.
  const double mean = 350.0 / 1.5;
  const double variance = (0.5 * 100 * 100 + 300.0 * 300) / 1.5 - mean * mean;
  constexpr std::size_t hh = 15 + 2 * 7, jit = 50 + 2 * 3;
  CHECK(x[1][hh] == doctest::Approx(1.5));
  CHECK(x[1][hh + 1] == doctest::Approx(mean));
  CHECK(x[1][hh + 2] == doctest::Approx(std::sqrt(variance)));
  CHECK(x[1][hh + 3] == doctest::Approx(variance));  // the peer has not spoken
  CHECK(x[1][hh + 4] == doctest::Approx(mean));
  CHECK(x[1][hh + 5] == 0.0);
  CHECK(x[1][hh + 6] == 0.0);
  CHECK(x[0][jit + 1] == 0.0);
  CHECK(x[1][jit + 1] == doctest::Approx(1.0 / 1.5));
  // The answer: residual 40 - 40 = 0, so no covariance yet.
  const auto y = extract(extractor, {udp(1'000'000'000, 2, 1, 40)});
  CHECK(y[0][hh + 3] == doctest::Approx(variance));
  CHECK(y[0][hh + 4] == doctest::Approx(std::hypot(mean, 40.0)));
  CHECK(y[0][hh + 5] == 0.0);
}

TEST_CASE("memory is bounded when millions of keys pass, and who talks stays known") {
  AfterImage extractor({.max_streams = 4096});
  std::vector<float> x(100);
  const Packet talker = udp(0, 1, 2);
  std::int64_t now = 0;
  // The host 10.0.0.1 sends every 100th packet; each other one is between two hosts never seen before, which
  // makes five new keys.
  for (unsigned i = 0; i < 500'000; ++i) {
    now += 10'000;
    Packet p = i % 100 == 0 ? talker : udp(now, 100 + 15 * i, 101 + 15 * i, 60);
    p.time_ns = now;
    extractor.extract(p, std::span<float>(x));
  }
  CHECK(extractor.streams() <= 5 * 4096);
  CHECK(extractor.evicted() > 2'400'000);
  CHECK(extractor.memory_bytes() < 6'000'000);
  // lambda = 0.01 over 5 s forgets little: nearly all of its 5000 packets are still known.
  Packet last = talker;
  last.time_ns = now;
  extractor.extract(last, std::span<float>(x));
  CHECK(x[12] > 4850.0F);
}

TEST_CASE("compat: memory is bounded too") {
  AfterImageCompat extractor(256);
  std::vector<double> x(100);
  for (unsigned i = 0; i < 20'000; ++i) {
    // A star, a chain and hosts that talk to themselves.
    const Packet p = i % 3 == 0   ? udp(i * 1000, 1, i)
                     : i % 3 == 1 ? udp(i * 1000, i, i + 1)
                                  : udp(i * 1000, i, i);
    extractor.extract(p, std::span<double>(x));
    for (const double v : x) REQUIRE(std::isfinite(v));
  }
  CHECK(extractor.streams() <= 4 * 256);
  CHECK(extractor.pairs() <= 2 * 4 * 256);
}

TEST_CASE("clock steps: finite numbers, no time passes backwards") {
  for (const Features f : {Features::kitsune_100, Features::paper_115}) {
    AfterImage extractor({.features = f});
    std::vector<double> x(extractor.size());
    Rng rng(3);
    for (int i = 0; i < 20'000; ++i) {
      const auto time = static_cast<std::int64_t>(rng.next64());
      extractor.extract(udp(i % 2 == 0 ? time : i, static_cast<unsigned>(rng.below(4)), 2),
                        std::span<double>(x));
      for (const double v : x) REQUIRE(std::isfinite(v));
    }
  }
  AfterImage extractor;
  const auto x = extract(extractor, {udp(5'000'000'000, 1, 2), udp(0, 1, 2), udp(1'000'000'000, 1, 2)});
  CHECK(x[1][0] == 2.0);                               // back: as if at once
  CHECK(x[2][6] == doctest::Approx(1.0 + 2.0 * 0.5));  // from there on, time passes again (lambda 1)
}

TEST_CASE("a state goes on to the same bits, and a wrong one is refused") {
  const auto packets = kitsune_reference::packets(1200, 10);
  const std::vector<Packet> before(packets.begin(), packets.begin() + 700);
  const std::vector<Packet> after(packets.begin() + 700, packets.end());
  for (const Features f : {Features::kitsune_100, Features::paper_115}) {
    AfterImage whole({.features = f, .max_streams = 32}), resumed({.features = f, .max_streams = 32});
    extract(whole, before);
    Snapshot state;
    whole.save(state);
    REQUIRE(resumed.try_load(state).ok());
    CHECK(resumed.evicted() == whole.evicted());
    CHECK(extract(resumed, after) == extract(whole, after));

    Snapshot wrong = state;
    wrong.words.at("after_image.hosts").pop_back();
    CHECK_FALSE(resumed.try_load(wrong).ok());
    wrong = state;
    wrong.numbers.at("after_image.mac_hosts")[3] = std::nan("");
    CHECK_FALSE(resumed.try_load(wrong).ok());
    wrong = state;
    wrong.words.at("after_image.hosts")[0] = std::uint64_t{1} << 40;
    CHECK_FALSE(resumed.try_load(wrong).ok());
  }
  AfterImageCompat whole(64), resumed(64);
  extract(whole, before);
  Snapshot state;
  whole.save(state);
  REQUIRE(resumed.try_load(state).ok());
  CHECK(extract(resumed, after) == extract(whole, after));
  state.words.at("compat.hosts")[1] += 1;
  CHECK_FALSE(resumed.try_load(state).ok());
}

TEST_CASE("options that make no sense are refused") {
  CHECK_THROWS_AS(AfterImage({.max_streams = 0}), ConfigError);
  CHECK_THROWS_AS(AfterImageCompat(1), ConfigError);
}
