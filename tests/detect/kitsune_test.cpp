#include "detect/kitsune_reference.hpp"

#include <weir/detect/kitsune.hpp>
#include <weir/detect/reconstruction.hpp>
#include <weir/io/kitsune_file.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

using namespace weir;

namespace {

KitsuneOptions small(KitsuneFeatures features) {
  KitsuneOptions options;
  options.features = features;
  options.max_streams = 512;
  options.net.map_samples = 200;
  options.net.train_samples = 600;
  options.calibration = 300;
  return options;
}

struct File {
  std::string path = std::filesystem::temp_directory_path() / ("weir_kitsune_" + std::to_string(::getpid()));
  ~File() { std::remove(path.c_str()); }
};

}  // namespace

TEST_CASE("compat: features, map and errors equal the plain restatement") {
  const auto packets = kitsune_reference::packets(2000, 21);
  const auto features = kitsune_reference::compat_features(packets);
  KitsuneOptions options = small(KitsuneFeatures::kitsune_py_100);
  options.calibration = 0;
  Kitsune<double> detector(options);
  kitsune_reference::Net net(100, 10, 200, 600);
  double worst = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const double expected = net.process(features[i]);
    const double difference = std::fabs(detector.process(packets[i]).score - expected);
    worst = std::max(worst, difference / std::max(1.0, expected));
    largest = std::max(largest, expected);
  }
  CHECK(detector.net().map() == net.map);
  CHECK(worst < 1e-9);
  CHECK(largest > 0.01);
}

TEST_CASE("corrected: map and errors equal the plain restatement of the net") {
  const auto packets = kitsune_reference::packets(1500, 22);
  for (const KitsuneFeatures f : {KitsuneFeatures::kitsune_100, KitsuneFeatures::paper_115}) {
    KitsuneOptions options = small(f);
    options.calibration = 0;
    Kitsune<double> detector(options);
    const std::size_t n = detector.features().size();
    kitsune_reference::Net net(n, 10, 200, 600);
    double worst = 0.0, largest = 0.0;
    for (const Packet& p : packets) {
      const double score = detector.process(p).score;
      const double expected = net.process({detector.features().begin(), detector.features().end()});
      worst = std::max(worst, std::fabs(score - expected) / std::max(1.0, expected));
      largest = std::max(largest, expected);
    }
    CHECK(detector.net().map() == net.map);
    CHECK(worst < 1e-9);
    CHECK(largest > 0.01);
    CHECK(detector.names().size() == n);
  }
}

TEST_CASE("phases, threshold and alarms") {
  const auto packets = kitsune_reference::packets(1400, 23);
  KitsuneOptions options = small(KitsuneFeatures::kitsune_100);
  options.threshold = {.rule = ThresholdRule::largest, .factor = 1.0};
  Kitsune<> detector(options);
  std::vector<double> scores;
  std::size_t i = 0;
  for (; i < 201; ++i) CHECK(detector.process(packets[i]).phase == KitsunePhase::mapping);
  for (; i < 801; ++i) CHECK(detector.process(packets[i]).phase == KitsunePhase::training);
  for (; i < 1101; ++i) {
    const KitsuneVerdict v = detector.process(packets[i]);
    CHECK(v.phase == KitsunePhase::calibrating);
    CHECK(v.score > 0.0);
    CHECK_FALSE(v.alarm);
    CHECK(std::isinf(detector.threshold()) == (i < 1100));
    scores.push_back(v.score);
  }
  CHECK(detector.threshold() == *std::max_element(scores.begin(), scores.end()));
  for (; i < 1400; ++i) {
    const double threshold = detector.threshold();
    const KitsuneVerdict v = detector.process(packets[i]);
    CHECK(v.phase == KitsunePhase::detecting);
    CHECK(v.alarm == (v.score > threshold));
    CHECK(detector.threshold() >= detector.lowest_threshold());
  }
  // A flood from one host is unlike anything before.
  Packet flood = packets.back();
  bool alarm = false;
  for (int k = 0; k < 3000 && !alarm; ++k) {
    flood.time_ns += 1000;
    alarm = detector.process(flood).alarm;
  }
  CHECK(alarm);
  const auto reasons = detector.reasons(3);
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0].error >= reasons[1].error);
  CHECK(reasons[1].error >= reasons[2].error);
  CHECK(reasons[0].error > 0.5);
  CHECK(detector.packets() >= 1401);
}

TEST_CASE("without calibration the threshold is the user's") {
  KitsuneOptions options = small(KitsuneFeatures::kitsune_100);
  options.calibration = 0;
  Kitsune<> detector(options);
  const auto packets = kitsune_reference::packets(900, 24);
  KitsuneVerdict last;
  for (const Packet& p : packets) last = detector.process(p);
  CHECK(last.phase == KitsunePhase::detecting);
  CHECK_FALSE(last.alarm);
  detector.set_threshold(0.0);
  CHECK(detector.process(packets.back()).alarm);
}

TEST_CASE("saved in any phase and resumed: the same bits") {
  const auto packets = kitsune_reference::packets(1500, 25);
  for (const KitsuneFeatures f :
       {KitsuneFeatures::kitsune_100, KitsuneFeatures::paper_115, KitsuneFeatures::kitsune_py_100}) {
    for (const std::size_t stop : {0U, 150U, 500U, 950U, 1300U}) {
      CAPTURE(stop);
      KitsuneOptions options = small(f);
      options.max_streams = 32;  // so that some are forgotten
      Kitsune<float> whole(options), resumed(options);
      for (std::size_t i = 0; i < stop; ++i) whole.process(packets[i]);
      const File file;
      save_kitsune(file.path, whole);
      load_kitsune(file.path, resumed);
      CHECK(resumed.packets() == stop);
      for (std::size_t i = stop; i < packets.size(); ++i) {
        const KitsuneVerdict a = whole.process(packets[i]), b = resumed.process(packets[i]);
        REQUIRE(a.score == b.score);
        REQUIRE(a.phase == b.phase);
        REQUIRE(a.alarm == b.alarm);
      }
      CHECK(whole.threshold() == resumed.threshold());
      CHECK(whole.snapshot().words == resumed.snapshot().words);
    }
  }
}

TEST_CASE("a state of other options, and a damaged one, are refused without a trace") {
  const auto packets = kitsune_reference::packets(900, 26);
  const KitsuneOptions options = small(KitsuneFeatures::kitsune_100);
  Kitsune<float> detector(options);
  for (const Packet& p : packets) detector.process(p);
  const Snapshot good = detector.snapshot();

  KitsuneOptions other = options;
  other.net.largest_group = 9;
  Kitsune<float> target(other);
  CHECK_FALSE(target.try_restore(good).ok());
  CHECK_FALSE(Kitsune<double>(options).try_restore(good).ok());
  CHECK(target.packets() == 0);

  // Every array is needed, and none may be cut.
  for (const auto& [name, values] : good.numbers) {
    Snapshot bad = good;
    bad.numbers.erase(name);
    CHECK_FALSE(detector.try_restore(bad).ok());
    if (values.empty() || name == "kitsune.scores") continue;
    bad = good;
    bad.numbers[name].pop_back();
    CHECK_FALSE(detector.try_restore(bad).ok());
  }
  for (const auto& [name, values] : good.words) {
    Snapshot bad = good;
    bad.words.erase(name);
    CHECK_FALSE(detector.try_restore(bad).ok());
    bad = good;
    bad.words[name].pop_back();
    CHECK_FALSE(detector.try_restore(bad).ok());
  }
  CHECK(detector.snapshot() == good);
  CHECK(detector.try_restore(good).ok());

  const File file;
  CHECK_THROWS_AS(load_kitsune(file.path, detector), IoError);
  save_kitsune(file.path, detector);
  CHECK_THROWS_AS(load_kitsune(file.path, target), FormatError);
  SafetensorsWriter writer;
  write_safetensors(file.path, writer);
  CHECK_THROWS_AS(load_kitsune(file.path, detector), FormatError);
}

TEST_CASE("thresholds") {
  // ln(score) is 0, 1, 2, 3: mean 1.5, deviation sqrt(1.25).
  const std::vector<double> scores{1.0, std::exp(1.0), std::exp(2.0), std::exp(3.0)};
  const LogNormal law = LogNormal::fit(scores);
  CHECK(law.mean == doctest::Approx(1.5));
  CHECK(law.deviation == doctest::Approx(std::sqrt(1.25)));
  // P(Z > 1.6448536269514722) = 0.05, P(Z > 3.090232306167813) = 0.001 (tables).
  CHECK(law.threshold(0.05) == doctest::Approx(std::exp(1.5 + std::sqrt(1.25) * 1.6448536269514722)));
  CHECK(law.threshold(0.001) == doctest::Approx(std::exp(1.5 + std::sqrt(1.25) * 3.090232306167813)));
  CHECK(law.threshold(0.5) == doctest::Approx(std::exp(1.5)));
  CHECK(law.log_tail(law.threshold(1e-6)) == doctest::Approx(std::log(1e-6)));
  CHECK(law.log_tail(0.0) == 0.0);
  // scipy.stats.norm.logsf at 29.9, 30.1, 100
  CHECK(detail::log_normal_tail(29.9) == doctest::Approx(-451.3229124585287).epsilon(1e-10));
  CHECK(detail::log_normal_tail(30.1) == doctest::Approx(-457.32956441638237).epsilon(1e-10));
  CHECK(detail::log_normal_tail(100.0) == doctest::Approx(-5005.524208694205).epsilon(1e-10));
  CHECK(LogNormal{0.0, 0.0}.log_tail(1.0) == 0.0);
  CHECK(LogNormal{0.0, 0.0}.log_tail(2.0) == -HUGE_VAL);

  const std::vector<double> numbers{4.0, 1.0, 3.0, 2.0};
  CHECK(score_quantile(numbers, 0.0) == 1.0);
  CHECK(score_quantile(numbers, 0.5) == 2.5);
  CHECK(score_quantile(numbers, 0.9) == doctest::Approx(3.7));
  CHECK(score_quantile(numbers, 1.0) == 4.0);
  CHECK(score_threshold(numbers, {.rate = 0.2}) == 4.0);
  CHECK(score_threshold(numbers, {.rate = 0.4}) == 3.0);
  CHECK(score_threshold(numbers, {.rate = 0.1}) == 4.0);  // four carry no rate below one in five
  CHECK(score_threshold(numbers, {.rule = ThresholdRule::largest, .factor = 1.5}) == 6.0);
  CHECK(score_threshold(scores, {.rule = ThresholdRule::log_normal, .rate = 0.05}) == law.threshold(0.05));
  CHECK_THROWS_AS(static_cast<void>(score_quantile({}, 0.5)), DataError);
  CHECK_THROWS_AS(static_cast<void>(LogNormal::fit(std::vector<double>{0.0})), DataError);
  CHECK_THROWS_AS(static_cast<void>(score_threshold(numbers, {.rate = 0.0})), ConfigError);
}

TEST_CASE("thresholds are not told from NaN") {
  const double nan = std::nan("");
  for (const ThresholdRule rule :
       {ThresholdRule::log_normal, ThresholdRule::quantile, ThresholdRule::largest}) {
    for (std::size_t at = 0; at < 4; ++at) {
      std::vector<double> scores{1.0, 2.0, 3.0, 4.0};
      scores[at] = nan;
      CHECK_THROWS_AS(static_cast<void>(score_threshold(scores, {.rule = rule})), NumericError);
    }
  }
  const std::vector<double> infinite{1.0, HUGE_VAL};
  CHECK_THROWS_AS(static_cast<void>(score_threshold(infinite, {})), NumericError);
  CHECK_THROWS_AS(static_cast<void>(score_quantile(infinite, nan)), ConfigError);
  CHECK_THROWS_AS(
      static_cast<void>(score_threshold(infinite, {.rule = ThresholdRule::largest, .factor = nan})),
      ConfigError);
  Kitsune<float> detector;
  CHECK_THROWS_AS(detector.set_threshold(nan), ConfigError);

  Matrix<float> x(2, 3), back(2, 3);
  back(1, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(static_cast<void>(ReconstructionError::fit(x, back)),
                       "the reconstruction error of row 2, feature 1, is not finite: the row holds NaN, or "
                       "the net does",
                       NumericError);
}
