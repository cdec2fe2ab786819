// Kitsune a packet: AfterImage's numbers, and KitNET's learning and scoring. The packets are those of the
// traffic generator, or between as many hosts as the argument says, so that memory is not all in the cache.
#include <weir/detect/kitsune.hpp>
#include <weir/synth.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

namespace {

using namespace weir;

void put_address(IpAddress& to, std::uint32_t address) {
  for (std::size_t i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
}

/// An office's packets in order of time.
const std::vector<Packet>& office() {
  static const std::vector<Packet> packets = [] {
    std::vector<Packet> result;
    for_each_connection({.connections = 6000, .seed = 3}, [&](const synth::Connection& c) {
      for (const synth::Packet& from : c.packets) {
        Packet p;
        const bool forward = from.direction == synth::Direction::forward;
        const synth::Endpoint &a = forward ? c.client : c.server, &b = forward ? c.server : c.client;
        p.time_ns = from.time_ns;
        p.wire_length = from.wire_length;
        p.ether_type = 0x0800;
        p.ip_version = 4;
        p.protocol = static_cast<std::uint8_t>(c.protocol);
        p.has_l4 = true;
        put_address(p.src, a.address);
        put_address(p.dst, b.address);
        p.src_port = a.port;
        p.dst_port = b.port;
        result.push_back(p);
      }
    });
    std::stable_sort(result.begin(), result.end(),
                     [](const Packet& a, const Packet& b) { return a.time_ns < b.time_ns; });
    return result;
  }();
  return packets;
}

template <class Extractor>
void run(benchmark::State& state, Extractor extractor, const std::vector<Packet>& packets) {
  std::vector<float> x(extractor.size());
  std::size_t i = 0;
  std::int64_t shift = 0;
  for (auto _ : state) {
    Packet p = packets[i];
    p.time_ns += shift;
    extractor.extract(p, std::span<float>(x));
    benchmark::DoNotOptimize(x.data());
    if (++i == packets.size()) {
      i = 0;
      shift += packets.back().time_ns - packets.front().time_ns;
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void after_image_100(benchmark::State& state) { run(state, AfterImage{}, office()); }
void after_image_115(benchmark::State& state) {
  run(state, AfterImage({.features = AfterImageFeatures::paper_115}), office());
}
void after_image_compat(benchmark::State& state) { run(state, AfterImageCompat{}, office()); }

/// Packets between random hosts out of so many: nearly every one touches memory that is not in the cache.
void after_image_hosts(benchmark::State& state) {
  std::vector<Packet> packets(1 << 18);
  Rng rng(1);
  std::int64_t now = 0;
  for (Packet& p : packets) {
    p.time_ns = now += 20'000;
    p.ip_version = 4;
    p.protocol = 17;
    p.wire_length = static_cast<std::uint32_t>(60 + rng.below(1454));
    put_address(p.src, static_cast<std::uint32_t>(rng.below(static_cast<std::uint64_t>(state.range(0)))));
    put_address(p.dst, static_cast<std::uint32_t>(rng.below(static_cast<std::uint64_t>(state.range(0)))));
    p.src_port = static_cast<std::uint16_t>(rng.below(4));
    p.dst_port = static_cast<std::uint16_t>(rng.below(4));
  }
  run(state, AfterImage{}, packets);
}

/// The features of the office's packets; the net has its map.
template <class T>
struct Trained {
  std::vector<T> x;
  KitNet<T> net{100, {.map_samples = 5000, .train_samples = 20'000}};
  static constexpr std::size_t samples = 20'000;

  Trained() {
    AfterImage extractor;
    std::vector<T> one(100);
    for (std::size_t i = 0; !net.ready() || x.size() < samples * 100; ++i) {
      extractor.extract(office()[i], std::span<T>(one));
      if (net.ready()) {
        x.insert(x.end(), one.begin(), one.end());
      } else {
        net.process(std::span<const T>(one));
      }
    }
  }
  [[nodiscard]] std::span<const T> sample(std::size_t i) const { return {x.data() + i % samples * 100, 100}; }
};

template <class T>
void kitnet_execute(benchmark::State& state) {
  static Trained<T> trained;
  KitNet<T> net = trained.net;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(net.score(trained.sample(i++)));
  state.counters["autoencoders"] = static_cast<double>(net.map().size());
  state.SetItemsProcessed(state.iterations());
}
template <class T>
void kitnet_train(benchmark::State& state) {
  static Trained<T> trained;
  KitNet<T> net = trained.net;
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(net.train(trained.sample(i++)));
  state.SetItemsProcessed(state.iterations());
}
void feature_mapper(benchmark::State& state) {
  static Trained<float> trained;
  FeatureMapper mapper(100);
  std::size_t i = 0;
  for (auto _ : state) mapper.add(trained.sample(i++));
  state.SetItemsProcessed(state.iterations());
}

/// All of it, when detecting.
void kitsune(benchmark::State& state) {
  KitsuneOptions options;
  options.net.map_samples = 5000;
  options.net.train_samples = 20'000;
  Kitsune<float> detector(options);
  std::size_t i = 0;
  while (detector.phase() != KitsunePhase::detecting) detector.process(office()[i++]);
  const std::size_t first = i;
  std::int64_t shift = 0;
  for (auto _ : state) {
    Packet p = office()[i];
    p.time_ns += shift;
    benchmark::DoNotOptimize(detector.process(p));
    if (++i == office().size()) {
      i = first;
      shift += office().back().time_ns - office()[first].time_ns;
    }
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

BENCHMARK(after_image_100);
BENCHMARK(after_image_115);
BENCHMARK(after_image_compat);
BENCHMARK(after_image_hosts)->Arg(1000)->Arg(60'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(kitnet_execute, float);
BENCHMARK_TEMPLATE(kitnet_execute, double);
BENCHMARK_TEMPLATE(kitnet_train, float);
BENCHMARK_TEMPLATE(kitnet_train, double);
BENCHMARK(feature_mapper);
BENCHMARK(kitsune);
