// KitNET: an ensemble of small autoencoders that learns normal samples online and then scores new ones
// (Mirsky and others, NDSS 2018, section IV.C; agrees with ymirsky/Kitsune-py at 7c8ea51).
//
//   first map_samples + 1 samples   learn which features belong together (feature_map.hpp)
//   next train_samples              train an autoencoder for each group, and one over their errors
//   from then on                    score: the error of the last one; 0 until then
//
//   KitNet<float> net(100);
//   const float score = net.process(x);      // learns or scores
//
// float is for speed; double agrees with the reference to about 1e-12. The features of a sample must be
// finite. A net is a value: a copy goes on by itself.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/feature_map.hpp>
#include <weir/detect/online_autoencoder.hpp>
#include <weir/detect/snapshot.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct KitNetOptions {
  std::size_t largest_group = 10;     ///< features an autoencoder, at most
  std::uint64_t map_samples = 5'000;  ///< one more is taken, as in the reference
  std::uint64_t train_samples = 50'000;
  double learning_rate = 0.1;
  double hidden_ratio = 0.75;  ///< hidden units for each input, rounded up
  FeatureMap map{};            ///< given instead of learned; every feature once
};

namespace detail {

/// The autoencoders of the groups, side by side where that pays.
template <class T>
class TiedEnsemble {
 public:
  TiedEnsemble() = default;
  TiedEnsemble(const FeatureMap& map, const std::vector<OnlineParameters>& parameters) : map_(map) {
    order_.resize(map.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (map.size() * 4 <= OnlineAutoencoders<T>::lanes) {
      for (const OnlineParameters& p : parameters) alone_.emplace_back(p);
      for (const auto& group : map) sample_.resize(std::max(sample_.size(), group.size()));
    } else {  // equals beside equals: little of the work is padding
      std::stable_sort(order_.begin(), order_.end(),
                       [&](std::size_t a, std::size_t b) { return map[a].size() > map[b].size(); });
      for (std::size_t at = 0; at < order_.size(); at += OnlineAutoencoders<T>::lanes) {
        std::vector<OnlineParameters> some;
        FeatureMap places;
        for (std::size_t k = at; k < std::min(order_.size(), at + OnlineAutoencoders<T>::lanes); ++k) {
          some.push_back(parameters[order_[k]]);
          places.push_back(map[order_[k]]);
        }
        together_.emplace_back(some, places);
      }
    }
    sorted_.resize(round_up(std::max<std::size_t>(map.size(), 1), OnlineAutoencoders<T>::lanes));
    errors_.resize(map.size());
  }

  [[nodiscard]] const FeatureMap& map() const noexcept { return map_; }
  /// The error of each group for the last sample.
  [[nodiscard]] const std::vector<T>& errors() const noexcept { return errors_; }

  void score(const T* x) noexcept {
    run(
        x, [](auto& part, const T* sample, T* to) { part.score(sample, to); },
        [](auto& part, const T* sample) { return part.score(sample); });
  }
  void train(const T* x, T rate) noexcept {
    run(
        x, [rate](auto& part, const T* sample, T* to) { part.train(sample, rate, to); },
        [rate](auto& part, const T* sample) { return part.train(sample, rate); });
  }

  [[nodiscard]] std::vector<OnlineParameters> parameters() const {
    std::vector<OnlineParameters> result(map_.size());
    for (std::size_t k = 0; k < map_.size(); ++k) {
      result[order_[k]] =
          alone_.empty()
              ? together_[k / OnlineAutoencoders<T>::lanes].parameters(k % OnlineAutoencoders<T>::lanes)
              : alone_[k].parameters();
    }
    return result;
  }
  /// |x'_i - z_i| of each feature for the last sample.
  void differences(T* out) const noexcept {
    constexpr std::size_t lanes = OnlineAutoencoders<T>::lanes;
    for (std::size_t k = 0; k < map_.size(); ++k) {
      const auto& group = map_[order_[k]];
      for (std::size_t i = 0; i < group.size(); ++i) {
        out[group[i]] =
            alone_.empty() ? together_[k / lanes].difference(k % lanes, i) : alone_[k].difference(i);
      }
    }
  }

 private:
  template <class Together, class Alone>
  void run(const T* x, Together together, Alone alone) noexcept {
    for (std::size_t k = 0; k < alone_.size(); ++k) {
      for (std::size_t i = 0; i < map_[k].size(); ++i) sample_[i] = x[map_[k][i]];
      errors_[k] = alone(alone_[k], sample_.data());
    }
    if (together_.empty()) return;
    for (std::size_t g = 0; g < together_.size(); ++g) {
      together(together_[g], x, sorted_.data() + g * OnlineAutoencoders<T>::lanes);
    }
    for (std::size_t k = 0; k < order_.size(); ++k) errors_[order_[k]] = sorted_[k];
  }

  FeatureMap map_;
  std::vector<std::size_t> order_;  ///< group of the k-th autoencoder
  std::vector<OnlineAutoencoders<T>> together_;
  std::vector<OnlineAutoencoder<T>> alone_;
  std::vector<T> sample_, sorted_, errors_;
};

inline void save_parameters(const OnlineParameters& p, const std::string& name, Snapshot& to) {
  std::vector<double>& numbers = to.numbers[name];
  numbers.clear();
  for (const auto* part : {&p.low, &p.high, &p.hidden_bias, &p.input_bias, &p.weight}) {
    numbers.insert(numbers.end(), part->begin(), part->end());
  }
}
[[nodiscard]] inline bool load_parameters(OnlineParameters& p, const std::string& name,
                                          const Snapshot& from) {
  const auto* numbers = from.find_numbers(name, 3 * p.inputs + p.hidden + p.weight.size());
  if (numbers == nullptr) return false;
  auto at = numbers->begin();
  for (auto* part : {&p.low, &p.high, &p.hidden_bias, &p.input_bias, &p.weight}) {
    const bool may_be_infinite = part == &p.low || part == &p.high;  // before the first sample
    for (double& value : *part) {
      value = *at++;
      if (std::isnan(value) || (!may_be_infinite && std::isinf(value))) return false;
    }
  }
  return true;
}

/// Whether each of `features` stands in the map once.
[[nodiscard]] inline bool is_partition(const FeatureMap& map, std::size_t features) {
  std::vector<bool> seen(features, false);
  std::size_t count = 0;
  for (const auto& group : map) {
    if (group.empty()) return false;
    for (const std::size_t i : group) {
      if (i >= features || seen[i]) return false;
      seen[i] = true;
      ++count;
    }
  }
  return count == features;
}

}  // namespace detail

template <class T = float>
class KitNet {
 public:
  using Scalar = T;

  explicit KitNet(std::size_t features, KitNetOptions options = {})
      : options_(std::move(options)), features_(features) {
    const bool rate = options_.learning_rate > 0.0 && options_.learning_rate <= 1e3;
    const bool ratio = options_.hidden_ratio > 0.0 && options_.hidden_ratio <= 16.0;
    if (features == 0 || features > 100'000) fail(ErrorKind::config, "KitNet takes 1 to 100000 features");
    if (!rate) fail(ErrorKind::config, "KitNet: the learning rate must lie between 0 and 1000");
    if (!ratio) fail(ErrorKind::config, "KitNet: the hidden ratio must lie between 0 and 16");
    if (options_.largest_group == 0) fail(ErrorKind::config, "KitNet: a group has at least one feature");
    if (options_.train_samples == 0) fail(ErrorKind::config, "KitNet: nothing is learned from 0 samples");
    if (options_.map.empty()) {
      mapper_.emplace(features);
    } else if (detail::is_partition(options_.map, features)) {
      make_net(options_.map);
    } else {
      fail(ErrorKind::config, "KitNet: the map must hold every feature once");
    }
  }

  [[nodiscard]] const KitNetOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t features() const noexcept { return features_; }
  /// Samples learned from.
  [[nodiscard]] std::uint64_t trained() const noexcept { return trained_; }
  /// Whether the feature map is known.
  [[nodiscard]] bool mapped() const noexcept { return output_.has_value(); }
  /// Whether `process` scores.
  [[nodiscard]] bool ready() const noexcept {
    return trained_ > options_.map_samples + options_.train_samples;
  }
  [[nodiscard]] const FeatureMap& map() const noexcept { return ensemble_.map(); }

  /// Learns from the sample or, after the training samples, scores it. 0 while it learns.
  T process(std::span<const T> x) {
    if (ready()) return score(x);
    train(x);
    return T(0);
  }
  /// Learns from the sample, however many there were. Its error before that; 0 without a map.
  T train(std::span<const T> x) {
    assert(x.size() == features_);
    const std::uint64_t number = trained_++;
    if (mapper_) {
      mapper_->add(x);
      if (number >= options_.map_samples) {
        make_net(mapper_->map(options_.largest_group));
        mapper_.reset();
      }
      return T(0);
    }
    const T rate = static_cast<T>(options_.learning_rate);
    ensemble_.train(x.data(), rate);
    return output_->train(ensemble_.errors().data(), rate);
  }
  /// The sample's error. Needs a net that has learned from some sample.
  T score(std::span<const T> x) noexcept {
    assert(x.size() == features_ && mapped());
    ensemble_.score(x.data());
    return output_->score(ensemble_.errors().data());
  }

  /// Of the last sample: the error of each group, and how far each feature, scaled to its range in training,
  /// is from what the net made of it: the reasons for a score.
  [[nodiscard]] const std::vector<T>& group_errors() const noexcept { return ensemble_.errors(); }
  [[nodiscard]] std::vector<T> feature_errors() const {
    std::vector<T> errors(features_);
    ensemble_.differences(errors.data());
    return errors;
  }

  void save(Snapshot& to) const {
    to.words["kitnet.progress"] = {features_, trained_, mapped() ? 1U : 0U};
    if (mapper_) return mapper_->save(to);
    std::vector<std::uint64_t>& words = to.words["kitnet.map"];
    words.clear();
    for (const auto& group : map()) {
      words.push_back(group.size());
      words.insert(words.end(), group.begin(), group.end());
    }
    const std::vector<OnlineParameters> parameters = ensemble_.parameters();
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      detail::save_parameters(parameters[k], "kitnet.group." + std::to_string(k), to);
    }
    detail::save_parameters(output_->parameters(), "kitnet.output", to);
  }
  /// Takes a state that a net with the same options gave; going on from it gives the same bits. Nothing is
  /// changed on failure.
  [[nodiscard]] Status try_load(const Snapshot& from) {
    const Failure wrong{ErrorKind::format, "KitNet: the state is not as expected"};
    const auto* progress = from.find_words("kitnet.progress", 3);
    if (progress == nullptr || (*progress)[0] != features_ || (*progress)[2] > 1) return wrong;
    KitNet loaded(features_, options_);
    loaded.trained_ = (*progress)[1];
    if ((*progress)[2] == 0) {
      if (!loaded.mapper_) return wrong;
      if (const Status s = loaded.mapper_->try_load(from); !s) return s;
    } else if (!loaded.load_net(from)) {
      return wrong;
    }
    *this = std::move(loaded);
    return std::monostate{};
  }

 private:
  [[nodiscard]] std::vector<OnlineParameters> initial(const FeatureMap& map) const {
    std::vector<OnlineParameters> parameters;
    for (const auto& group : map) {
      parameters.push_back(OnlineParameters::initial(group.size(), options_.hidden_ratio));
    }
    return parameters;
  }
  void make_net(const FeatureMap& map) {
    ensemble_ = detail::TiedEnsemble<T>(map, initial(map));
    output_.emplace(OnlineParameters::initial(map.size(), options_.hidden_ratio));
  }
  [[nodiscard]] bool load_net(const Snapshot& from) {
    const auto* words = from.find_words("kitnet.map", Snapshot::any);
    if (words == nullptr) return false;
    FeatureMap map;
    for (std::size_t at = 0; at < words->size();) {
      const std::uint64_t size = (*words)[at++];
      if (size > words->size() - at) return false;
      const auto begin = words->begin() + static_cast<std::ptrdiff_t>(at);
      map.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
      at += static_cast<std::size_t>(size);
    }
    if (!detail::is_partition(map, features_)) return false;
    // Compared before memory is taken: a given map may have any group, a learned one no larger than allowed.
    for (const auto& group : map) {
      if (options_.map.empty() && group.size() > options_.largest_group) return false;
    }
    if (!options_.map.empty() && map != options_.map) return false;
    std::vector<OnlineParameters> parameters = initial(map);
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      if (!detail::load_parameters(parameters[k], "kitnet.group." + std::to_string(k), from)) return false;
    }
    OnlineParameters output = OnlineParameters::initial(map.size(), options_.hidden_ratio);
    if (!detail::load_parameters(output, "kitnet.output", from)) return false;
    ensemble_ = detail::TiedEnsemble<T>(map, parameters);
    output_.emplace(output);
    mapper_.reset();
    return true;
  }

  KitNetOptions options_;
  std::size_t features_;
  std::uint64_t trained_ = 0;
  std::optional<FeatureMapper> mapper_;
  detail::TiedEnsemble<T> ensemble_;
  std::optional<OnlineAutoencoder<T>> output_;
};

}  // namespace weir::inline WEIR_ABI
