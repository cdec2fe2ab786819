// Kitsune: anomaly detection on packets, learned online from the traffic itself (Mirsky, Doitshman, Elovici,
// Shabtai, NDSS 2018). AfterImage makes 100 or 115 numbers of each packet, KitNET learns normal ones and
// scores the others:
//
//   Kitsune<> detector;                                   // float; Kitsune<double> agrees with Kitsune-py
//   const KitsuneVerdict v = detector.process(packet);
//   if (v.alarm) report(v.score, detector.reasons(3));
//
// It runs through four phases, by numbers of packets: mapping, training, calibrating, detecting. The scores
// of the third one, which nothing was learned from, are taken for normal and give the threshold
// (score_threshold.hpp); while detecting it follows the traffic, so that the rate of alarms is kept
// (moving_threshold.hpp). What the first three see must be mostly normal. Packets go in in order of time.
//
// A detector holds its state in memory of its own, in bounds that its options name, and is not shared by
// threads. It can be saved and resumed (io/kitsune_file.hpp), and going on gives the same bits.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/after_image.hpp>
#include <weir/detect/after_image_compat.hpp>
#include <weir/detect/alarm_reason.hpp>
#include <weir/detect/kitnet.hpp>
#include <weir/detect/moving_threshold.hpp>
#include <weir/detect/score_threshold.hpp>
#include <weir/detect/snapshot.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class KitsuneFeatures : std::uint8_t {
  kitsune_100,    ///< the numbers of Kitsune-py without its faults, O(1) a packet
  paper_115,      ///< those of the paper, O(1) a packet
  kitsune_py_100  ///< Kitsune-py to the last bit; time grows with the number of peers
};

struct KitsuneOptions {
  KitsuneFeatures features = KitsuneFeatures::kitsune_100;
  std::size_t max_streams = 65'536;  ///< of each kind
  std::uint64_t hash_seed = 0;       ///< of the tables of streams
  KitNetOptions net{};
  std::uint64_t calibration = 10'000;  ///< scores that give the threshold; 0: none, set it yourself
  ThresholdOptions threshold{};
};

enum class KitsunePhase : std::uint8_t { mapping, training, calibrating, detecting };

struct KitsuneVerdict {
  KitsunePhase phase = KitsunePhase::mapping;
  double score = 0.0;  ///< 0 while the net learns
  /// Score above the threshold as it was, only when detecting; or a score that is NaN, at any time.
  bool alarm = false;
};

template <class T = float>
class Kitsune {
 public:
  explicit Kitsune(KitsuneOptions options = {})
      : options_(std::move(options)),
        extractor_(make_extractor(options_)),
        net_(size(extractor_), options_.net),
        x_(size(extractor_)) {
    if (options_.calibration > 100'000'000) {
      fail(ErrorKind::config, "Kitsune: at most 100 million scores for the threshold");
    }
    if (!(options_.threshold.step >= 0.0 && options_.threshold.step <= 10.0)) {
      fail(ErrorKind::config, "Kitsune: the step of the threshold must lie between 0 and 10");
    }
  }

  [[nodiscard]] const KitsuneOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] KitsunePhase phase() const noexcept {
    if (!net_.mapped()) return KitsunePhase::mapping;
    if (!net_.ready()) return KitsunePhase::training;
    return calibrated() ? KitsunePhase::detecting : KitsunePhase::calibrating;
  }
  /// Infinite before it is known.
  [[nodiscard]] double threshold() const noexcept { return threshold_.threshold(); }
  /// What calibration gave, which the threshold never falls below.
  [[nodiscard]] double lowest_threshold() const noexcept { return threshold_.floor(); }
  /// One that stays where it is. ConfigError when it is NaN: nothing would be above it.
  void set_threshold(double threshold) {
    if (std::isnan(threshold)) fail(ErrorKind::config, "Kitsune: the threshold is NaN");
    threshold_ = {threshold, options_.threshold.rate, 0.0};
  }

  KitsuneVerdict process(const Packet& packet) {
    ++packets_;
    std::visit([&](auto& extractor) { extractor.extract(packet, std::span<T>(x_)); }, extractor_);
    KitsuneVerdict verdict;
    verdict.phase = phase();
    verdict.score = static_cast<double>(net_.process(std::span<const T>(x_)));
    if (std::isnan(verdict.score)) {
      verdict.alarm = true;  // what the net has learned is no longer numbers: never quiet
    } else if (verdict.phase == KitsunePhase::calibrating) {
      calibrate(verdict.score);
    } else if (verdict.phase == KitsunePhase::detecting) {
      verdict.alarm = threshold_(verdict.score);
    }
    return verdict;
  }

  /// The numbers of the last packet.
  [[nodiscard]] std::span<const T> features() const noexcept { return x_; }
  [[nodiscard]] std::vector<std::string> names() const {
    return after_image_names(options_.features == KitsuneFeatures::paper_115
                                 ? AfterImageFeatures::paper_115
                                 : AfterImageFeatures::kitsune_100);
  }
  [[nodiscard]] const KitNet<T>& net() const noexcept { return net_; }
  /// Streams and pairs now known.
  [[nodiscard]] std::size_t streams() const noexcept {
    return std::visit([](const auto& extractor) { return extractor.streams(); }, extractor_);
  }

  /// The `count` features of the last scored packet that the net reproduced worst, worst first. Allocates.
  [[nodiscard]] std::vector<AlarmReason> reasons(std::size_t count) const {
    std::vector<AlarmReason> result;
    if (!net_.mapped()) return result;
    std::vector<T> errors = net_.feature_errors();
    for (T& error : errors) {
      if (std::isnan(error)) error = std::numeric_limits<T>::infinity();
    }
    std::vector<std::size_t> order(errors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    count = std::min(count, order.size());
    std::partial_sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
        [&](std::size_t a, std::size_t b) { return errors[a] != errors[b] ? errors[a] > errors[b] : a < b; });
    const std::vector<std::string> all = names();
    for (std::size_t i = 0; i < count; ++i) {
      result.push_back({all[order[i]], static_cast<double>(errors[order[i]])});
    }
    return result;
  }

  [[nodiscard]] Snapshot snapshot() const {
    Snapshot to;
    to.words["kitsune.options"] = fingerprint();
    to.words["kitsune.packets"] = {packets_};
    to.numbers["kitsune.threshold"] = {threshold_.level(), lowest_threshold(),
                                       threshold_.moves() ? 1.0 : 0.0};
    to.numbers["kitsune.scores"] = scores_;
    std::visit([&](const auto& extractor) { extractor.save(to); }, extractor_);
    net_.save(to);
    return to;
  }
  /// Takes a state that a detector with the same options gave. Nothing is changed on failure.
  [[nodiscard]] Status try_restore(const Snapshot& from) {
    const auto* options = from.find_words("kitsune.options", Snapshot::any);
    if (options == nullptr || *options != fingerprint()) {
      return Failure{ErrorKind::format, "Kitsune: the state is of a detector with other options"};
    }
    const auto* packets = from.find_words("kitsune.packets", 1);
    const auto* threshold = from.find_numbers("kitsune.threshold", 3);
    const auto* scores = from.find_numbers("kitsune.scores", Snapshot::any);
    if (packets == nullptr || threshold == nullptr || scores == nullptr ||
        scores->size() > options_.calibration || std::isnan((*threshold)[0]) || std::isnan((*threshold)[1]) ||
        std::any_of(scores->begin(), scores->end(), [](double s) { return std::isnan(s); })) {
      return Failure{ErrorKind::format, "Kitsune: the state is not as expected"};
    }
    Kitsune loaded(options_);
    if (const Status s = loaded.net_.try_load(from); !s) return s;
    const Status extractor =
        std::visit([&](auto& e) -> Status { return e.try_load(from); }, loaded.extractor_);
    if (!extractor) return extractor;
    loaded.packets_ = packets->front();
    loaded.threshold_ = {(*threshold)[1], options_.threshold.rate,
                         (*threshold)[2] != 0.0 ? options_.threshold.step : 0.0, options_.threshold.most};
    loaded.threshold_.resume_at((*threshold)[0]);
    loaded.scores_ = *scores;
    *this = std::move(loaded);
    return std::monostate{};
  }

 private:
  using Extractor = std::variant<AfterImage, AfterImageCompat>;

  static Extractor make_extractor(const KitsuneOptions& o) {
    if (o.features == KitsuneFeatures::kitsune_py_100) {
      return Extractor(std::in_place_type<AfterImageCompat>, o.max_streams);
    }
    const AfterImageFeatures features = o.features == KitsuneFeatures::paper_115
                                            ? AfterImageFeatures::paper_115
                                            : AfterImageFeatures::kitsune_100;
    return Extractor(std::in_place_type<AfterImage>, AfterImageOptions{features, o.max_streams, o.hash_seed});
  }
  static std::size_t size(const Extractor& extractor) {
    return std::visit([](const auto& e) { return e.size(); }, extractor);
  }

  [[nodiscard]] bool calibrated() const noexcept { return options_.calibration == 0 || threshold_.known(); }
  void calibrate(double score) {
    scores_.push_back(score);
    if (scores_.size() < options_.calibration) return;
    threshold_ = {score_threshold(scores_, options_.threshold), options_.threshold.rate,
                  options_.threshold.step, options_.threshold.most};
    scores_ = {};
  }

  /// What makes states of two detectors exchangeable.
  [[nodiscard]] std::vector<std::uint64_t> fingerprint() const {
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    std::vector<std::uint64_t> words{sizeof(T),
                                     static_cast<std::uint64_t>(options_.features),
                                     options_.max_streams,
                                     options_.hash_seed,
                                     options_.net.largest_group,
                                     options_.net.map_samples,
                                     options_.net.train_samples,
                                     bits(options_.net.learning_rate),
                                     bits(options_.net.hidden_ratio),
                                     options_.calibration,
                                     static_cast<std::uint64_t>(options_.threshold.rule),
                                     bits(options_.threshold.rate),
                                     bits(options_.threshold.factor),
                                     bits(options_.threshold.step),
                                     bits(options_.threshold.most)};
    for (const auto& group : options_.net.map) {
      words.push_back(group.size());
      words.insert(words.end(), group.begin(), group.end());
    }
    return words;
  }

  KitsuneOptions options_;
  Extractor extractor_;
  KitNet<T> net_;
  std::vector<T> x_;
  std::vector<double> scores_;
  MovingThreshold threshold_;
  std::uint64_t packets_ = 0;
};

}  // namespace weir::inline WEIR_ABI
