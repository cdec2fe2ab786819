// The rate of false alarms that was asked for: of fixed thresholds, of moving ones, and of Kitsune.
#include <weir/core/rng.hpp>
#include <weir/detect/kitsune.hpp>
#include <weir/detect/moving_threshold.hpp>
#include <weir/detect/score_threshold.hpp>
#include <weir/synth.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace weir;

TEST_CASE("the rank of a threshold: what n scores carry, ties and numbers that are none") {
  CHECK(scores_needed(0.5) == 1);
  CHECK(scores_needed(0.05) == 19);
  CHECK(scores_needed(0.01) == 99);
  CHECK(scores_needed(1e-4) == 9'999);
  CHECK_THROWS_AS(static_cast<void>(scores_needed(0.0)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(scores_needed(1.0)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(scores_needed(std::nan(""))), ConfigError);

  std::vector<double> scores;
  for (int i = 99; i >= 1; --i) scores.push_back(i);
  CHECK(exceeded_at_rate(scores, 0.01) == 99.0);
  CHECK(exceeded_at_rate(scores, 0.02) == 98.0);
  CHECK(exceeded_at_rate(scores, 0.1) == 90.0);
  CHECK(exceeded_at_rate(scores, 0.001) == 99.0);
  CHECK(alarm_threshold(scores, 0.01) == std::nextafter(99.0, 100.0));
  CHECK_THROWS_AS(static_cast<void>(alarm_threshold(scores, 0.009)), DataError);
  CHECK_THROWS_AS(static_cast<void>(exceeded_at_rate({}, 0.5)), DataError);

  // Of 99 equal scores none may raise an alarm.
  const std::vector<double> equal(99, 1.0);
  CHECK(alarm_threshold(equal, 0.5) > 1.0);
  // NaN has no rank, and no threshold lies above what is infinite.
  scores[5] = HUGE_VAL;
  CHECK(exceeded_at_rate(scores, 0.02) == 99.0);
  CHECK_THROWS_AS(static_cast<void>(alarm_threshold(scores, 0.01)), NumericError);
  scores[5] = std::nan("");
  CHECK_THROWS_AS(static_cast<void>(exceeded_at_rate(scores, 0.5)), NumericError);
}

TEST_CASE("fresh scores of the same law exceed the threshold at the rate, whatever the law") {
  // The share of fresh alarms is Beta(k, n + 1 - k) over calibrations, so the mean over 300 of them lies
  // within four standard errors of k / (n + 1), k = floor((n + 1) rate).
  Rng rng(3);
  for (const double rate : {0.01, 0.05, 0.3}) {
    for (const std::size_t n : {120U, 700U}) {
      for (const int law : {0, 1, 2}) {
        const auto draw = [&] {
          const double z = rng.normal();
          return law == 0 ? z : law == 1 ? std::exp(3.0 * z) : std::floor(20.0 * z * z);  // ties in the last
        };
        double sum = 0.0;
        constexpr int calibrations = 300, fresh = 1'000;
        for (int c = 0; c < calibrations; ++c) {
          std::vector<double> scores(n);
          for (double& score : scores) score = draw();
          const double threshold = alarm_threshold(scores, rate);
          int alarms = 0;
          for (int i = 0; i < fresh; ++i) alarms += draw() >= threshold ? 1 : 0;
          sum += static_cast<double>(alarms) / fresh;
        }
        const double size = static_cast<double>(n);
        const double expected = std::floor((size + 1.0) * rate + 1e-9) / (size + 1.0);
        const double variance = expected * (1.0 - expected) * (1.0 / (size + 2.0) + 1.0 / fresh);
        const double bound = 4.0 * std::sqrt(variance / calibrations);
        CAPTURE(rate);
        CAPTURE(n);
        CAPTURE(law);
        CHECK(sum / calibrations <= expected + bound);
        if (law != 2) CHECK(sum / calibrations >= expected - bound);
      }
    }
  }
}

TEST_CASE("a moving threshold keeps its rate for whatever scores, and loud ones always raise an alarm") {
  Rng rng(5);
  const double rate = 1e-2, step = 0.5, most = 8.0;
  const auto alarms_of = [&](auto&& score) {
    MovingThreshold threshold(1.0, rate, step, most);
    std::size_t alarms = 0;
    for (std::size_t i = 0; i < 20'000; ++i) alarms += threshold(score(i, threshold.threshold())) ? 1U : 0U;
    CHECK(threshold.threshold() >= 1.0);
    CHECK(threshold.threshold() <= most);
    return static_cast<double>(alarms);
  };
  const double bound = rate * 20'000 + std::log(most) / step + 1.0;
  CHECK(alarms_of([](std::size_t, double) { return 7.9; }) <= bound);  // a burst
  CHECK(alarms_of([](std::size_t i, double) { return 7.9 * static_cast<double>(i) / 2e4; }) <=
        bound);                                                                                  // growth
  CHECK(alarms_of([](std::size_t, double t) { return std::min(7.999, t * 1.0001); }) <= bound);  // the worst
  CHECK(alarms_of([&](std::size_t, double) { return rng.uniform() * 7.99; }) <= bound);
  CHECK(alarms_of([](std::size_t, double) { return 1.0; }) == 0.0);
  CHECK(alarms_of([](std::size_t, double) { return 8.1; }) == 20'000.0);
  CHECK(alarms_of([](std::size_t, double) { return std::nan(""); }) == 20'000.0);

  MovingThreshold still(2.0, rate, 0.0);
  CHECK(still(3.0));
  CHECK(still(2.5));
  CHECK_FALSE(still(2.0));
  CHECK(still.threshold() == 2.0);
  CHECK_FALSE(MovingThreshold().known());
  CHECK_FALSE(MovingThreshold()(1e300));
  MovingThreshold low(-1.0, rate, step);  // a score that is never negative
  CHECK(low(0.0));
  CHECK(low.threshold() == -1.0);
}

namespace {

/// The packets of a made-up office without attacks, in order of time.
std::vector<Packet> ordinary_packets(std::uint64_t connections, std::uint64_t seed) {
  std::vector<Packet> packets;
  for_each_connection(
      {.connections = connections, .seed = seed, .attack_share = 0.0}, [&](const synth::Connection& c) {
        for (const synth::Packet& one : c.packets) {
          const bool forward = one.direction == synth::Direction::forward;
          const synth::Endpoint &from = forward ? c.client : c.server, &to = forward ? c.server : c.client;
          Packet p;
          p.time_ns = one.time_ns;
          p.wire_length = one.wire_length;
          p.ether_type = 0x0800;
          p.ip_version = 4;
          p.protocol = static_cast<std::uint8_t>(c.protocol);
          p.has_l4 = true;
          p.src_port = from.port;
          p.dst_port = to.port;
          p.src_mac[0] = p.dst_mac[0] = 2;
          for (std::size_t i = 0; i < 4; ++i) {
            p.src[i] = p.src_mac[i + 2] = static_cast<std::uint8_t>(from.address >> (24 - 8 * i));
            p.dst[i] = p.dst_mac[i + 2] = static_cast<std::uint8_t>(to.address >> (24 - 8 * i));
          }
          packets.push_back(p);
        }
      });
  std::stable_sort(packets.begin(), packets.end(),
                   [](const Packet& a, const Packet& b) { return a.time_ns < b.time_ns; });
  return packets;
}

}  // namespace

TEST_CASE("Kitsune raises false alarms at the rate asked for, on traffic that changes") {
  // Packets of one burst are not independent and traffic drifts, so no fixed threshold does this; the bound
  // of the moving one holds for any order. Above it may lie what is louder than `most` times the calibration.
  for (const std::uint64_t seed : {11U, 12U, 13U}) {
    CAPTURE(seed);
    KitsuneOptions options;
    options.net.map_samples = 2'000;
    options.net.train_samples = 15'000;
    options.calibration = 5'000;
    options.threshold.rate = 1e-3;
    Kitsune<> moving(options);
    options.threshold.step = 0.0;
    Kitsune<> still(options);
    double alarms = 0.0, still_alarms = 0.0, packets = 0.0, loud = 0.0;
    for (const Packet& packet : ordinary_packets(2'500, seed)) {
      const KitsuneVerdict verdict = moving.process(packet);
      still_alarms += still.process(packet).alarm ? 1.0 : 0.0;
      if (verdict.phase != KitsunePhase::detecting) continue;
      packets += 1.0;
      alarms += verdict.alarm ? 1.0 : 0.0;
      loud += verdict.score > options.threshold.most * moving.lowest_threshold() ? 1.0 : 0.0;
    }
    const double expected = options.threshold.rate * packets;
    MESSAGE(packets << " packets, " << alarms << " alarms, " << expected << " asked for, " << loud
                    << " loud; " << still_alarms << " with a threshold that stays");
    REQUIRE(packets > 30'000);
    CHECK(alarms <= expected + std::log(options.threshold.most) / 0.5 + 1.0 + loud);
    CHECK(alarms <= expected + 3.0 * std::sqrt(expected));
    CHECK(alarms <= still_alarms);
  }
}
