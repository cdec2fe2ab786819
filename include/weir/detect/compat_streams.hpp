// The damped statistics of after_image_compat.hpp: streams of one kind and the pairs between them, as
// AfterImage.py keeps them, with a bound on their number.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/detect/damped_statistics.hpp>
#include <weir/detect/rounded.hpp>
#include <weir/detect/snapshot.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

/// Python squares by the C library's pow, which differs from a product in the last bit of some numbers. With
/// a constant exponent the compiler would make a product of it.
[[nodiscard]] inline double squared(double value) noexcept {
  const volatile double two = 2.0;
  return std::pow(value, two);
}

/// Streams of one kind and the pairs between them.
class CompatStreams {
 public:
  struct Stream {
    std::string id;
    double time = 0.0;
    std::array<double, damped_windows> cf1{}, cf2{}, w{}, mean{}, variance{};
    std::vector<std::uint32_t> pairs;  ///< in order of making; a pair with itself stands here twice
    std::list<std::uint32_t>::iterator age;
  };
  struct Pair {
    std::array<std::uint32_t, 2> streams{};
    double time = 0.0;
    std::array<double, damped_windows> cf3{}, w3{};
    std::array<std::array<double, damped_windows>, 2> residual{};
  };

  explicit CompatStreams(std::size_t limit) : limit_(limit) {}
  CompatStreams(const CompatStreams&) = delete;  // the ages point into the list
  CompatStreams& operator=(const CompatStreams&) = delete;
  CompatStreams(CompatStreams&&) noexcept = default;
  CompatStreams& operator=(CompatStreams&&) noexcept = default;
  ~CompatStreams() = default;

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] std::size_t pair_count() const noexcept { return pairs_.size() - free_pairs_.size(); }

  /// Inserts `value` and writes w, mean, variance. `gap`: the value is the time since the last insertion.
  void insert(const std::string& id, double time, double value, bool gap, double* out, std::size_t stride) {
    insert_into(stream_of(id, time, none), time, value, gap, out, stride);
  }
  /// Also updates the pair (id, other) and writes radius, magnitude, covariance, correlation.
  void insert(const std::string& id, const std::string& other, double time, double value, double* out) {
    const std::uint32_t s = stream_of(id, time, none);
    insert_into(s, time, value, false, out, 7);
    const std::uint32_t p = pair_of(s, stream_of(other, time, s), time);
    update(p, s, time, value);
    write(pairs_[p], out + 3);
  }

  void save(const std::string& name, Snapshot& to) const;
  [[nodiscard]] bool try_load(const std::string& name, const Snapshot& from);

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  static double decay_factor(std::size_t window, double seconds) {
    return std::pow(2.0, -damped_lambdas[window] * seconds);
  }
  static void decay(Stream& s, double time) {
    const double seconds = time - s.time;
    if (!(seconds > 0.0)) return;
    for (std::size_t k = 0; k < damped_windows; ++k) {
      const double factor = decay_factor(k, seconds);
      s.cf1[k] = rounded(s.cf1[k] * factor);
      s.cf2[k] = rounded(s.cf2[k] * factor);
      s.w[k] = rounded(s.w[k] * factor);
    }
    s.time = time;
  }

  void insert_into(std::uint32_t at, double time, double value, bool gap, double* out, std::size_t stride) {
    Stream& s = streams_[at];
    if (gap) value = std::max(0.0, time - s.time);
    decay(s, time);
    for (std::size_t k = 0; k < damped_windows; ++k) {
      s.cf1[k] += value;
      s.cf2[k] += squared(value);
      s.w[k] += 1.0;
      s.mean[k] = s.cf1[k] / s.w[k];
      s.variance[k] = std::fabs(rounded(s.cf2[k] / s.w[k]) - squared(s.mean[k]));
      out[k * stride] = s.w[k];
      out[k * stride + 1] = s.mean[k];
      out[k * stride + 2] = s.variance[k];
    }
    for (const std::uint32_t p : s.pairs) update(p, at, time, value);
  }

  void update(std::uint32_t at, std::uint32_t from, double time, double value) {
    Pair& p = pairs_[at];
    const std::size_t side = p.streams[0] == from ? 0 : 1;
    decay(streams_[p.streams[1 - side]], time);
    const double seconds = time - p.time;
    for (std::size_t k = 0; k < damped_windows; ++k) {
      if (seconds > 0.0) {
        const double factor = decay_factor(k, seconds);
        p.cf3[k] = rounded(p.cf3[k] * factor);
        p.w3[k] = rounded(p.w3[k] * factor);
      }
      const double r = value - streams_[from].mean[k];
      p.cf3[k] += rounded(r * p.residual[1 - side][k]);
      p.w3[k] += 1.0;
      p.residual[side][k] = r;
    }
    if (seconds > 0.0) p.time = time;
  }

  void write(const Pair& p, double* out) const {
    const Stream& a = streams_[p.streams[0]];
    const Stream& b = streams_[p.streams[1]];
    for (std::size_t k = 0; k < damped_windows; ++k, out += 7) {
      const double covariance = p.cf3[k] / p.w3[k];
      const double deviations = rounded(std::sqrt(a.variance[k]) * std::sqrt(b.variance[k]));
      out[0] = std::sqrt(squared(a.variance[k]) + squared(b.variance[k]));
      out[1] = std::sqrt(squared(a.mean[k]) + squared(b.mean[k]));
      out[2] = covariance;
      out[3] = deviations != 0.0 ? covariance / deviations : 0.0;
    }
  }

  /// The stream, made if need be. `keep` is not to make room.
  std::uint32_t stream_of(const std::string& id, double time, std::uint32_t keep) {
    const auto found = index_.find(id);
    if (found != index_.end()) {
      ages_.splice(ages_.end(), ages_, streams_[found->second].age);
      return found->second;
    }
    if (index_.size() >= limit_) forget_oldest(keep);
    const std::uint32_t at = take(streams_, free_streams_);
    Stream& s = streams_[at];
    s.id = id;
    s.time = time;
    s.w.fill(1e-20);
    s.age = ages_.insert(ages_.end(), at);
    index_.emplace(id, at);
    return at;
  }
  /// The pair of two streams, made if need be.
  std::uint32_t pair_of(std::uint32_t a, std::uint32_t b, double time) {
    for (const std::uint32_t p : streams_[a].pairs) {
      if (pairs_[p].streams[0] == b || pairs_[p].streams[1] == b) return p;
    }
    while (pair_count() >= 4 * limit_ && has_others(a, b)) forget_pairs_of_oldest(a, b);
    const std::uint32_t at = take(pairs_, free_pairs_);
    pairs_[at].streams = {a, b};
    pairs_[at].time = time;
    pairs_[at].w3.fill(1e-20);
    streams_[a].pairs.push_back(at);
    streams_[b].pairs.push_back(at);
    return at;
  }

  template <class T>
  static std::uint32_t take(std::vector<T>& items, std::vector<std::uint32_t>& free) {
    if (free.empty()) {
      items.emplace_back();
      return static_cast<std::uint32_t>(items.size() - 1);
    }
    const std::uint32_t at = free.back();
    free.pop_back();
    items[at] = T{};
    return at;
  }
  [[nodiscard]] bool has_others(std::uint32_t a, std::uint32_t b) const noexcept {
    return index_.size() > (a == b ? 1U : 2U);
  }
  void forget_oldest(std::uint32_t keep) {
    const std::uint32_t oldest = ages_.front() == keep ? *std::next(ages_.begin()) : ages_.front();
    forget(oldest);
  }
  void forget_pairs_of_oldest(std::uint32_t a, std::uint32_t b) {
    auto oldest = ages_.begin();
    while (*oldest == a || *oldest == b) ++oldest;
    forget(*oldest);
  }
  void forget(std::uint32_t at) {
    Stream& s = streams_[at];
    for (const std::uint32_t p : s.pairs) {
      const std::uint32_t peer = pairs_[p].streams[0] == at ? pairs_[p].streams[1] : pairs_[p].streams[0];
      if (peer == at) continue;  // once is enough for a pair with itself
      std::erase(streams_[peer].pairs, p);
      free_pairs_.push_back(p);
    }
    const auto itself = std::find_if(s.pairs.begin(), s.pairs.end(), [&](std::uint32_t p) {
      return pairs_[p].streams[0] == at && pairs_[p].streams[1] == at;
    });
    if (itself != s.pairs.end()) free_pairs_.push_back(*itself);
    index_.erase(s.id);
    ages_.erase(s.age);
    s = Stream{};
    free_streams_.push_back(at);
  }

  std::size_t limit_;
  std::unordered_map<std::string, std::uint32_t> index_;
  std::list<std::uint32_t> ages_;  ///< least recently seen first
  std::vector<Stream> streams_;
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> free_streams_, free_pairs_;
};

/// Ids as words: their length, then their bytes, eight a word. Streams in order of age, pairs in the order in
/// which each stream has them.
inline void CompatStreams::save(const std::string& name, Snapshot& to) const {
  std::vector<std::uint64_t>& words = to.words[name];
  std::vector<double>& numbers = to.numbers[name];
  std::vector<std::uint64_t> place(streams_.size());
  words = {ages_.size(), pair_count()};
  numbers.clear();
  std::uint64_t count = 0;
  for (const std::uint32_t at : ages_) {
    const Stream& s = streams_[at];
    place[at] = count++;
    words.push_back(s.id.size());
    for (std::size_t i = 0; i < s.id.size(); i += 8) {
      std::uint64_t word = 0;
      for (std::size_t b = i; b < std::min(i + 8, s.id.size()); ++b) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(s.id[b])) << (8 * (b - i));
      }
      words.push_back(word);
    }
    numbers.push_back(s.time);
    for (const auto* part : {&s.cf1, &s.cf2, &s.w, &s.mean, &s.variance}) {
      numbers.insert(numbers.end(), part->begin(), part->end());
    }
  }
  std::vector<std::uint64_t> pair_place(pairs_.size(), none);
  std::uint64_t next = 0;
  for (const std::uint32_t at : ages_) {
    for (const std::uint32_t p : streams_[at].pairs) {
      if (pair_place[p] != none) continue;
      pair_place[p] = next++;
      const Pair& pair = pairs_[p];
      words.push_back(place[pair.streams[0]]);
      words.push_back(place[pair.streams[1]]);
      numbers.push_back(pair.time);
      for (const auto* part : {&pair.cf3, &pair.w3, &pair.residual[0], &pair.residual[1]}) {
        numbers.insert(numbers.end(), part->begin(), part->end());
      }
    }
  }
  for (const std::uint32_t at : ages_) {
    words.push_back(streams_[at].pairs.size());
    for (const std::uint32_t p : streams_[at].pairs) words.push_back(pair_place[p]);
  }
}

inline bool CompatStreams::try_load(const std::string& name, const Snapshot& from) {
  const auto* words = from.find_words(name, Snapshot::any);
  const auto* numbers = from.find_numbers(name, Snapshot::any);
  if (words == nullptr || numbers == nullptr || words->size() < 2) return false;
  std::size_t w = 2, n = 0;
  bool sound = true;
  const auto word = [&] {
    sound = sound && w < words->size();
    return sound ? (*words)[w++] : 0;
  };
  const auto number = [&] {
    sound = sound && n < numbers->size() && std::isfinite((*numbers)[n]);
    return sound ? (*numbers)[n++] : 0.0;
  };
  CompatStreams loaded(limit_);
  const std::uint64_t stream_count = (*words)[0], pair_count = (*words)[1];
  if (stream_count > limit_ || stream_count > words->size() || pair_count > words->size()) return false;
  for (std::uint64_t i = 0; sound && i < stream_count; ++i) {
    const std::uint64_t length = word();
    if (length > 256) return false;
    std::string id;
    for (std::uint64_t b = 0; b < length; b += 8) {
      std::uint64_t packed = word();
      for (std::uint64_t c = b; c < std::min(b + 8, length); ++c, packed >>= 8) {
        id += static_cast<char>(static_cast<unsigned char>(packed & 0xFF));
      }
    }
    if (loaded.index_.count(id) != 0) return false;
    Stream& s = loaded.streams_[loaded.stream_of(id, 0.0, none)];
    s.time = number();
    for (auto* part : {&s.cf1, &s.cf2, &s.w, &s.mean, &s.variance}) {
      for (double& value : *part) value = number();
    }
  }
  for (std::uint64_t i = 0; sound && i < pair_count; ++i) {
    Pair pair;
    for (std::uint32_t& side : pair.streams) {
      const std::uint64_t at = word();
      if (at >= stream_count) return false;
      side = static_cast<std::uint32_t>(at);
    }
    pair.time = number();
    for (auto* part : {&pair.cf3, &pair.w3, &pair.residual[0], &pair.residual[1]}) {
      for (double& value : *part) value = number();
    }
    loaded.pairs_.push_back(pair);
  }
  std::vector<unsigned> uses(loaded.pairs_.size(), 0);
  for (std::uint64_t i = 0; sound && i < stream_count; ++i) {
    const std::uint64_t count = word();
    for (std::uint64_t k = 0; sound && k < count; ++k) {
      const std::uint64_t p = word();
      if (p >= loaded.pairs_.size()) return false;
      const auto& ends = loaded.pairs_[p].streams;
      if (ends[0] != i && ends[1] != i) return false;
      if (++uses[p] > 2) return false;
      loaded.streams_[i].pairs.push_back(static_cast<std::uint32_t>(p));
    }
  }
  for (const unsigned use : uses) sound = sound && use == 2;
  if (!sound || w != words->size() || n != numbers->size()) return false;
  *this = std::move(loaded);
  return true;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
