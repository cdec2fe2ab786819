// How many packets does it take to know the application of a flow? A GRU reads a flow packet by packet and
// says what it thinks after each.
//
//   12_early [--seeds N]
//
// It learns from four made-up sites and is judged on a fifth. The state of a flow is a few numbers that would
// stand beside its counters in a probe.
#include "../mean_and_deviation.hpp"

#include <weir/train.hpp>

#include <weir/models/stream_workspace.hpp>
#include <weir/synth.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using weir::Index;
namespace synth = weir::synth;

constexpr Index channels = 4, steps = 20;
/// Packets after which the verdict is counted.
constexpr std::array<Index, 7> looks{1, 2, 3, 5, 8, 12, 20};

/// What is known of a packet when it has passed: its size, who sent it, the gap before it, whether it is TCP.
/// No address and no port.
[[nodiscard]] std::array<float, channels> features_of(const synth::Connection& c, std::size_t i) {
  const synth::Packet& p = c.packets[i];
  const double gap_us = i == 0 ? 0.0 : static_cast<double>(p.time_ns - c.packets[i - 1].time_ns) / 1e3;
  return {static_cast<float>(std::log1p(p.payload_length) / 4.0),
          p.direction == synth::Direction::forward ? 1.0F : -1.0F,
          static_cast<float>(std::log1p(gap_us) / 8.0), c.protocol == synth::Protocol::tcp ? 1.0F : 0.0F};
}

/// The ordinary connections of a site as sequences of their first packets, with the class at every step.
[[nodiscard]] weir::Dataset<float> site(std::uint64_t seed, std::uint64_t connections) {
  std::vector<float> values;
  weir::Dataset<float> data;
  data.shape = {channels, steps};
  constexpr std::int64_t wednesday_at_nine = 1'768'381'200'000'000'000;  // 2026-01-14 UTC
  const weir::SynthOptions options{
      .connections = connections, .seed = seed, .attack_share = 0.0, .start_ns = wednesday_at_nine};
  weir::for_each_connection(options, [&](const synth::Connection& c) {
    const std::size_t length = std::min<std::size_t>(c.packets.size(), steps);
    for (std::size_t i = 0; i < steps; ++i) {
      const auto packet = i < length ? features_of(c, i) : std::array<float, channels>{};
      values.insert(values.end(), packet.begin(), packet.end());
      data.labels.push_back(static_cast<weir::Label>(c.kind));
    }
    data.lengths.push_back(static_cast<Index>(length));
  });
  data.x = weir::Matrix<float>(data.shape.size(), static_cast<Index>(data.lengths.size()));
  std::copy(values.begin(), values.end(), data.x.data());
  return data;
}

[[nodiscard]] weir::Dataset<float> together(weir::Dataset<float> a, const weir::Dataset<float>& b) {
  weir::Matrix<float> x(a.x.extents()[0], a.rows() + b.rows());
  std::copy_n(a.x.data(), a.x.size(), x.data());
  std::copy_n(b.x.data(), b.x.size(), x.data() + a.x.size());
  a.x = std::move(x);
  a.labels.insert(a.labels.end(), b.labels.begin(), b.labels.end());
  a.lengths.insert(a.lengths.end(), b.lengths.begin(), b.lengths.end());
  return a;
}

/// The net says something after every step; each of them is learned from.
[[nodiscard]] auto learn(const weir::Dataset<float>& data, std::uint64_t seed) {
  const auto classes = static_cast<Index>(synth::first_attack);
  weir::Sequential net{
      weir::Gru{channels, 48, {.returns = weir::Returns::sequence}},
      weir::TimeDistributed{weir::Sequential{weir::Dense{48, 32}, weir::Relu{}, weir::Dense{32, classes}}}};
  weir::fit(
      net, data, weir::CategoricalCrossEntropy{}, weir::Adam{.learning_rate = 0.004},
      {.epochs = 40, .batch_size = 64, .seed = seed, .clip_norm = 1.0, .schedule = weir::CosineSchedule{}});
  return net;
}

/// Right verdicts after so many packets, packet by packet as they would come. A flow that has ended before
/// keeps its last one; `long_flows` has only flows that have as many packets.
struct Accuracy {
  std::array<double, looks.size()> all{}, long_flows{};
};

template <class Net>
[[nodiscard]] Accuracy judge(const Net& net, const weir::Dataset<float>& data) {
  weir::StreamWorkspace stream(net, data.shape, 1);
  std::vector<float> state(static_cast<std::size_t>(stream.state_size()));
  Accuracy right;
  std::array<double, looks.size()> flows{};
  for (Index row = 0; row < data.rows(); ++row) {
    const Index length = data.lengths[static_cast<std::size_t>(row)];
    const weir::Label truth = data.labels[static_cast<std::size_t>(row * steps)];
    stream.start(net, state);
    bool correct = false;
    for (Index t = 0, look = 0; t < steps; ++t) {
      if (t < length) {
        const std::span<const float> packet(data.x.data() + (row * steps + t) * channels, channels);
        const std::span<const float> y = stream.step(net, packet, state);
        correct = std::max_element(y.begin(), y.end()) - y.begin() == truth;
      }
      const auto k = static_cast<std::size_t>(look);
      if (t + 1 != looks[k]) continue;
      right.all[k] += correct ? 1.0 : 0.0;
      right.long_flows[k] += correct && t < length ? 1.0 : 0.0;
      flows[k] += t < length ? 1.0 : 0.0;
      ++look;
    }
  }
  for (std::size_t k = 0; k < looks.size(); ++k) {
    right.all[k] /= static_cast<double>(data.rows());
    right.long_flows[k] /= std::max(flows[k], 1.0);
  }
  return right;
}

void run(std::uint64_t seeds) {
  weir::Dataset<float> training = site(1, 2'000);
  for (const std::uint64_t other : {2U, 3U, 4U}) training = together(std::move(training), site(other, 2'000));
  const weir::Dataset<float> test = site(5, 3'000);
  std::array<std::vector<double>, looks.size()> all, long_flows;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Accuracy accuracy = judge(learn(training, seed), test);
    for (std::size_t k = 0; k < looks.size(); ++k) {
      all[k].push_back(accuracy.all[k]);
      long_flows[k].push_back(accuracy.long_flows[k]);
    }
  }
  std::printf("%lld flows of four sites to learn from, %lld of a fifth to judge; %zu applications\n",
              static_cast<long long>(training.rows()), static_cast<long long>(test.rows()),
              synth::first_attack);
  std::printf("  %-8s %-18s %s\n", "packets", "accuracy %", "of flows that have as many");
  for (std::size_t k = 0; k < looks.size(); ++k) {
    std::printf("  %-8lld %-18s %s\n", static_cast<long long>(looks[k]), mean_and_deviation(all[k]).c_str(),
                mean_and_deviation(long_flows[k]).c_str());
  }
  std::array<double, looks.size()> mean{};
  for (std::size_t k = 0; k < looks.size(); ++k) {
    for (const double value : all[k]) mean[k] += value / static_cast<double>(seeds);
  }
  const bool rises = std::adjacent_find(mean.begin(), mean.end(), std::greater<>()) == mean.end();
  std::printf("%s\n", rises ? "with every look more verdicts are right" : "some looks come to nothing");
  std::printf("one packet gives %s half of what twenty give\n",
              mean.front() > 0.5 * mean.back() ? "more than" : "less than");
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 1;
  if (argc > 2 && std::string(argv[1]) == "--seeds") {
    seeds = std::max<std::uint64_t>(std::strtoull(argv[2], nullptr, 10), 1);
  }
  try {
    run(seeds);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "12_early: %s\n", error.what());
    return 2;
  }
}
