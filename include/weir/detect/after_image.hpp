// AfterImage: what a packet looks like before the recent past of who sent it, in 100 or 115 numbers, O(1) a
// packet and in bounded memory (Mirsky and others, NDSS 2018, table II; damped_statistics.hpp has the
// formulas). Each block holds its numbers for lambda = 5, 3, 1, 0.1, 0.01 in turn:
//
//   100 numbers            stream (1-D)            shared by (2-D)        value              numbers
//   MI                     source MAC, host        -                      frame length       w, mean, std
//   HH                     source host             the two hosts          frame length       seven (*)
//   HH_jit                 source to destination   -                      seconds since last w, mean, std
//   HpHp                   source socket           the two sockets        frame length       seven (*)
//
//   (*) w, mean, std, radius, magnitude, covariance, correlation
//
//   115 numbers, as in the paper: MI; H, the source host (w, mean, std); HH, HH_jit and HpHp with a stream
//   for each direction of a channel (two hosts) and of a conversation (two sockets).
//
// 100 are those of Kitsune-py at 7c8ea51, without its faults (after_image_compat.hpp has those too): keys are
// compared in full, a pair is updated once a packet, only the pair that the packet belongs to is touched,
// "std" is a standard deviation, and memory is bounded. Who was never seen has mean and variance 0.
//
//   AfterImage extractor;        // or AfterImage extractor({.features = Features::paper_115})
//   std::vector<float> x(extractor.size());
//   extractor.extract(packet, std::span<float>(x));
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/detect/after_image_keys.hpp>
#include <weir/detect/damped_statistics.hpp>
#include <weir/detect/forgetting_table.hpp>
#include <weir/detect/snapshot.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class AfterImageFeatures : std::uint8_t { kitsune_100, paper_115 };

struct AfterImageOptions {
  AfterImageFeatures features = AfterImageFeatures::kitsune_100;
  std::size_t max_streams = 65'536;  ///< of each kind: hosts, sockets, pairs; up to about 1.5 KB each in all
  std::uint64_t hash_seed = 0;       ///< a random one keeps others from choosing who is forgotten
};

namespace detail {

struct AfterImageBlock {
  const char* name;
  bool pair;
};
inline constexpr std::array<AfterImageBlock, 5> after_image_blocks{
    {{"MI", false}, {"H", false}, {"HH", true}, {"HH_jit", false}, {"HpHp", true}}};

/// Two hosts, with the gaps between packets in each direction.
struct HostPair {
  DampedPair shared;
  std::array<DampedStream, 2> gaps;
  [[nodiscard]] double rank() const noexcept { return shared.rank(); }
};
struct Channel {
  DampedPair shared;
  std::array<DampedStream, 2> gaps, sizes;
  [[nodiscard]] double rank() const noexcept { return shared.rank(); }
};
struct Conversation {
  DampedPair shared;
  std::array<DampedStream, 2> sizes;
  [[nodiscard]] double rank() const noexcept { return shared.rank(); }
};

// The numbers of a record, for a snapshot: f(times), f(doubles).
template <class Stream, class F>
requires std::same_as<std::remove_const_t<Stream>, DampedStream>
void visit_record(Stream& s, F f) {
  f(s.last_ns);
  for (auto* numbers : {&s.weight, &s.mean, &s.variance}) f(*numbers);
}
template <class Pair, class F>
requires std::same_as<std::remove_const_t<Pair>, DampedPair>
void visit_record(Pair& p, F f) {
  f(p.last_ns);
  for (auto* numbers : {&p.products, &p.weight, &p.residual[0], &p.residual[1]}) f(*numbers);
}
template <class Record, class F>
requires requires(Record r) { r.shared; }
void visit_record(Record& r, F f) {
  visit_record(r.shared, f);
  if constexpr (requires { r.gaps; }) {
    for (auto& s : r.gaps) visit_record(s, f);
  }
  if constexpr (requires { r.sizes; }) {
    for (auto& s : r.sizes) visit_record(s, f);
  }
}

template <std::size_t Words, class Record>
void save_table(const ForgettingTable<Words, Record>& table, const std::string& name, Snapshot& to) {
  std::vector<std::uint64_t>& words = to.words[name];
  std::vector<double>& numbers = to.numbers[name];
  words = {table.buckets(), table.evicted()};
  numbers.clear();
  table.for_each([&](const auto& key, const Record& record) {
    words.insert(words.end(), key.begin(), key.end());
    visit_record(record, [&](const auto& part) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(part)>, std::int64_t>) {
        words.push_back(static_cast<std::uint64_t>(part));
      } else {
        numbers.insert(numbers.end(), part.begin(), part.end());
      }
    });
  });
}

template <std::size_t Words, class Record>
Status load_table(ForgettingTable<Words, Record>& table, const std::string& name, const Snapshot& from) {
  const Failure wrong{ErrorKind::format, "AfterImage: the table '" + name + "' is not as expected"};
  const auto* words = from.find_words(name, Snapshot::any);
  const auto* numbers = from.find_numbers(name, Snapshot::any);
  if (words == nullptr || numbers == nullptr || words->size() < 2) return wrong;
  std::size_t times = 0, doubles = 0;
  Record record{};
  visit_record(record, [&](auto& part) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(part)>, std::int64_t>) {
      ++times;
    } else {
      doubles += part.size();
    }
  });
  const std::size_t entries = (words->size() - 2) / (Words + times);
  if (words->size() != 2 + entries * (Words + times) || numbers->size() != entries * doubles) return wrong;
  // A table has no more buckets than its entries could have filled, or a small file could take much memory.
  const std::uint64_t buckets = (*words)[0];
  if (buckets > std::max<std::uint64_t>(16, 2 * entries) || !table.try_reset(buckets, (*words)[1]))
    return wrong;
  const std::uint64_t* word = words->data() + 2;
  const double* number = numbers->data();
  for (std::size_t e = 0; e < entries; ++e) {
    typename ForgettingTable<Words, Record>::Key key;
    std::copy_n(word, Words, key.begin());
    word += Words;
    bool finite = true;
    visit_record(record, [&](auto& part) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(part)>, std::int64_t>) {
        part = static_cast<std::int64_t>(*word++);
      } else {
        for (double& value : part) {
          value = *number++;
          finite = finite && std::isfinite(value);
        }
      }
    });
    if (!finite || !table.try_append(key, record)) return wrong;
  }
  return std::monostate{};
}

}  // namespace detail

/// "HH_5_mean" and so on, in order. Both sorts name a number alike where it is the same.
[[nodiscard]] inline std::vector<std::string> after_image_names(AfterImageFeatures features) {
  std::vector<std::string> names;
  for (const detail::AfterImageBlock& block : detail::after_image_blocks) {
    if (features == AfterImageFeatures::kitsune_100 && std::string(block.name) == "H") continue;
    for (const char* lambda : {"5", "3", "1", "0.1", "0.01"}) {
      const std::string start = std::string(block.name) + "_" + lambda + "_";
      for (const char* number : {"weight", "mean", "std"}) names.push_back(start + number);
      if (!block.pair) continue;
      for (const char* number : {"radius", "magnitude", "covariance", "pcc"}) names.push_back(start + number);
    }
  }
  return names;
}

class AfterImage {
 public:
  explicit AfterImage(const AfterImageOptions& options = {})
      : options_(options),
        mac_hosts_(options.max_streams, options.hash_seed),
        hosts_(options.max_streams, options.hash_seed),
        sockets_(used(!paper()), options.hash_seed),
        host_pairs_(used(!paper()), options.hash_seed),
        socket_pairs_(used(!paper()), options.hash_seed),
        channels_(used(paper()), options.hash_seed),
        conversations_(used(paper()), options.hash_seed) {}

  /// Numbers a packet.
  [[nodiscard]] std::size_t size() const noexcept { return paper() ? 115 : 100; }
  [[nodiscard]] const AfterImageOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::vector<std::string> names() const { return after_image_names(options_.features); }

  /// Takes the packet in and writes its numbers, all finite. T is float or double.
  template <class T>
  void extract(const Packet& packet, std::span<T> out) {
    assert(out.size() == size());
    if (paper()) {
      extract_115(packet, out.data());
    } else {
      extract_100(packet, out.data());
    }
  }

  /// Streams and pairs now known.
  [[nodiscard]] std::size_t streams() const noexcept {
    return mac_hosts_.size() + hosts_.size() + sockets_.size() + host_pairs_.size() + socket_pairs_.size() +
           channels_.size() + conversations_.size();
  }
  /// Streams and pairs that had to make room.
  [[nodiscard]] std::uint64_t evicted() const noexcept {
    return mac_hosts_.evicted() + hosts_.evicted() + sockets_.evicted() + host_pairs_.evicted() +
           socket_pairs_.evicted() + channels_.evicted() + conversations_.evicted();
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return mac_hosts_.memory_bytes() + hosts_.memory_bytes() + sockets_.memory_bytes() +
           host_pairs_.memory_bytes() + socket_pairs_.memory_bytes() + channels_.memory_bytes() +
           conversations_.memory_bytes();
  }

  /// Adds the state; options are not part of it.
  void save(Snapshot& to) const {
    for_each_table(*this, [&](const char* name, const auto& table) { detail::save_table(table, name, to); });
  }
  /// Takes a state that the same options gave. Nothing is changed on failure.
  [[nodiscard]] Status try_load(const Snapshot& from) {
    AfterImage loaded(options_);
    Status status = std::monostate{};
    for_each_table(loaded, [&](const char* name, auto& table) {
      if (status) status = detail::load_table(table, name, from);
    });
    if (status) *this = std::move(loaded);
    return status;
  }

 private:
  static constexpr std::size_t triple = 3, seven = 7;
  using Residual = std::array<double, damped_windows>;
  struct Moment {
    explicit Moment(std::int64_t time_ns) noexcept : ns(time_ns), rank(detail::weight_rank(1.0, time_ns)) {}
    std::int64_t ns;
    double rank;
  };

  [[nodiscard]] bool paper() const noexcept { return options_.features == AfterImageFeatures::paper_115; }
  [[nodiscard]] std::size_t used(bool is_used) const noexcept { return is_used ? options_.max_streams : 1; }

  template <class Self, class F>
  static void for_each_table(Self& self, F f) {
    f("after_image.mac_hosts", self.mac_hosts_);
    f("after_image.hosts", self.hosts_);
    f("after_image.sockets", self.sockets_);
    f("after_image.host_pairs", self.host_pairs_);
    f("after_image.socket_pairs", self.socket_pairs_);
    f("after_image.channels", self.channels_);
    f("after_image.conversations", self.conversations_);
  }

  template <class T>
  void extract_100(const Packet& packet, T* out) {
    const detail::PacketParties who(packet);
    const detail::PartiesKey hosts(who.source, who.destination);
    const detail::PartiesKey sockets(who.source_socket, who.destination_socket);
    const std::uint64_t h0 = mac_hosts_.hash(who.mac_host), h1 = hosts_.hash(who.source),
                        h2 = hosts_.hash(who.destination), h3 = sockets_.hash(who.source_socket),
                        h4 = sockets_.hash(who.destination_socket), h5 = host_pairs_.hash(hosts.key),
                        h6 = socket_pairs_.hash(sockets.key);
    // All tables are asked for their memory before any of it is needed.
    mac_hosts_.prefetch(h0), hosts_.prefetch(h1), hosts_.prefetch(h2), sockets_.prefetch(h3);
    sockets_.prefetch(h4), host_pairs_.prefetch(h5), socket_pairs_.prefetch(h6);
    const Moment now(packet.time_ns);
    const auto i0 = mac_hosts_.prefetch_record(h0, now.rank);
    const auto i1 = hosts_.prefetch_record(h1, now.rank);
    const auto i3 = sockets_.prefetch_record(h3, now.rank);
    const auto i5 = host_pairs_.prefetch_record(h5, now.rank);
    const auto i6 = socket_pairs_.prefetch_record(h6, now.rank);
    hosts_.prefetch_record(h2), sockets_.prefetch_record(h4);

    const double length = packet.wire_length;
    write_stream(updated(mac_hosts_, who.mac_host, h0, i0, length, now), out, triple);
    out += 15;

    Residual left;
    const DampedStream& host = updated(hosts_, who.source, h1, i1, length, now, left.data());
    const DampedStream* peer = hosts_.find(who.destination, h2);
    const auto pair = host_pairs_.find_or_insert(hosts.key, h5, now.rank, i5);
    pair.record->shared.insert(left.data(), hosts.source_side, hosts.destination_side, now.ns);
    pair.settle();
    write_both(host, peer, pair.record->shared, out);
    out += 35;

    write_stream(updated_gap(pair.record->gaps[hosts.source_side], now.ns), out, triple);
    out += 15;

    const DampedStream& socket = updated(sockets_, who.source_socket, h3, i3, length, now, left.data());
    const DampedStream* other = sockets_.find(who.destination_socket, h4);
    const auto shared = socket_pairs_.find_or_insert(sockets.key, h6, now.rank, i6);
    shared.record->insert(left.data(), sockets.source_side, sockets.destination_side, now.ns);
    shared.settle();
    write_both(socket, other, *shared.record, out);
  }

  template <class T>
  void extract_115(const Packet& packet, T* out) {
    const detail::PacketParties who(packet);
    const detail::PartiesKey hosts(who.source, who.destination);
    const detail::PartiesKey sockets(who.source_socket, who.destination_socket);
    const std::uint64_t h0 = mac_hosts_.hash(who.mac_host), h1 = hosts_.hash(who.source),
                        h2 = channels_.hash(hosts.key), h3 = conversations_.hash(sockets.key);
    mac_hosts_.prefetch(h0), hosts_.prefetch(h1), channels_.prefetch(h2), conversations_.prefetch(h3);
    const Moment now(packet.time_ns);
    const auto i0 = mac_hosts_.prefetch_record(h0, now.rank);
    const auto i1 = hosts_.prefetch_record(h1, now.rank);
    const auto i2 = channels_.prefetch_record(h2, now.rank);
    const auto i3 = conversations_.prefetch_record(h3, now.rank);

    const double length = packet.wire_length;
    write_stream(updated(mac_hosts_, who.mac_host, h0, i0, length, now), out, triple);
    out += 15;
    write_stream(updated(hosts_, who.source, h1, i1, length, now), out, triple);
    out += 15;

    const auto channel = channels_.find_or_insert(hosts.key, h2, now.rank, i2);
    write_direction(channel, hosts, length, now.ns, out);
    out += 35;
    write_stream(updated_gap(channel.record->gaps[hosts.source_side], now.ns), out, triple);
    out += 15;
    write_direction(conversations_.find_or_insert(sockets.key, h3, now.rank, i3), sockets, length, now.ns,
                    out);
  }

  using Streams = ForgettingTable<3, DampedStream>;

  static DampedStream& updated(Streams& table, const Streams::Key& key, std::uint64_t hash,
                               Streams::Intent intent, double value, const Moment& now,
                               double* residual = nullptr) {
    const auto entry = table.find_or_insert(key, hash, now.rank, intent);
    entry.record->insert(value, now.ns, residual);
    entry.settle();
    return *entry.record;
  }
  /// The value of a gap is the time since the last packet of the direction, 0 for the first one.
  static DampedStream& updated_gap(DampedStream& stream, std::int64_t now) noexcept {
    const bool first = stream.weight.back() == 0.0;
    stream.insert(first ? 0.0 : detail::seconds_since(stream.last_ns, now), now);
    return stream;
  }
  template <class T>
  static void write_stream(const DampedStream& stream, T* out, std::size_t stride) noexcept {
    detail::write_stream(stream, out, stride);
  }
  template <class T>
  static void write_both(const DampedStream& stream, const DampedStream* other, const DampedPair& shared,
                         T* out) noexcept {
    static constexpr DampedStream silent{};
    detail::write_stream(stream, out, seven);
    detail::write_pair(shared, stream, other == nullptr ? silent : *other, out + triple, seven);
  }
  template <class Entry, class T>
  static void write_direction(const Entry& entry, const detail::PartiesKey& key, double length,
                              std::int64_t now, T* out) noexcept {
    Residual left;
    auto& record = *entry.record;
    DampedStream& stream = record.sizes[key.source_side];
    stream.insert(length, now, left.data());
    record.shared.insert(left.data(), key.source_side, key.destination_side, now);
    entry.settle();
    write_both(stream, &record.sizes[key.destination_side], record.shared, out);
  }

  AfterImageOptions options_;
  Streams mac_hosts_, hosts_, sockets_;
  ForgettingTable<6, detail::HostPair> host_pairs_;
  ForgettingTable<6, DampedPair> socket_pairs_;
  ForgettingTable<6, detail::Channel> channels_;
  ForgettingTable<6, detail::Conversation> conversations_;
};

}  // namespace weir::inline WEIR_ABI
