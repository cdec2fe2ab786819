// A flow meter on several threads that gives verdicts; the same ones, in the same order, for any number of
// threads (traffic/flow/flow_shards.hpp).
//
//   ScoredShards<decltype(pipeline.net), CoreFlow> meter(pipeline, options, threads,
//                                                        [&](const FlowVerdict& v) {
//     if (v.verdict.alert) report(v);
//   });
//   while (reader.next(packet)) meter.add(packet);
//   meter.finish();
#pragma once

#include <weir/core/abi.hpp>
#include <weir/pipeline/flow_scorer.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/scorer.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/flow/flow_shards.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

/// A flow that has ended, and what the pipeline says of it. Side 0 is the client.
struct FlowVerdict {
  std::uint64_t id = 0;
  std::int64_t start_ns = 0, end_ns = 0;
  std::uint8_t ip_version = 0, protocol = 0;
  IpAddress client{}, server{};
  std::uint16_t client_port = 0, server_port = 0;
  std::uint64_t packets = 0;
  std::uint16_t capture = 0;  ///< which its first packet is of (Packet::capture)
  Verdict verdict{};
};
static_assert(std::is_trivially_copyable_v<FlowVerdict>);

template <class Net, class... Profiles>
class ScoredShards {
 public:
  /// Gets the verdicts in the order of (time of end, id), on the caller's thread.
  using Sink = std::function<void(const FlowVerdict&)>;

  /// The pipeline must outlive it. Throws as FlowScorer does.
  ScoredShards(const Pipeline<Net>& pipeline, const FlowOptions& options, std::size_t threads, Sink sink,
               bool blank_missing = true)
      : sink_(std::move(sink)),
        shards_(options, threads,
                typename Shards::RowOfShard([&, packed = pack_weights(pipeline.net, pipeline.input)](
                                                std::size_t) -> typename Shards::Row {
                  auto scorer = std::make_shared<Scores>(pipeline, packed, options.features, blank_missing);
                  return [scorer](const View& flow, std::string& bytes) {
                    append(verdict_on(flow, scorer->score(flow)), bytes);
                  };
                }),
                [this](const std::string& bytes) { hand_on(bytes); }) {}
  ScoredShards(const ScoredShards&) = delete;
  ScoredShards& operator=(const ScoredShards&) = delete;

  void add(Packet& packet) { shards_.add(packet); }
  /// Ends all flows.
  void finish() { shards_.finish(); }
  [[nodiscard]] FlowTableStats stats() const { return shards_.stats(); }

 private:
  using Shards = FlowShards<Profiles...>;
  using Scores = FlowScorer<Net, Profiles...>;
  using View = typename Shards::View;

  [[nodiscard]] static FlowVerdict verdict_on(const View& flow, const Verdict& verdict) {
    FlowVerdict result;
    result.id = flow->id;
    result.start_ns = flow->start_ns;
    result.end_ns = flow->end_ns();
    result.ip_version = flow->key.ip_version;
    result.protocol = flow->key.protocol;
    result.client = flow->address(0);
    result.server = flow->address(1);
    result.client_port = flow->port(0);
    result.server_port = flow->port(1);
    result.packets = flow->packets();
    result.capture = flow->capture;
    result.verdict = verdict;
    return result;
  }

  // The shards carry and order lines of bytes; here a line is a verdict as it lies in memory.
  static void append(const FlowVerdict& verdict, std::string& bytes) {
    bytes.append(reinterpret_cast<const char*>(&verdict), sizeof verdict);
  }
  void hand_on(const std::string& bytes) const {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(FlowVerdict)) {
      FlowVerdict verdict;
      std::memcpy(&verdict, bytes.data() + at, sizeof verdict);
      sink_(verdict);
    }
  }

  Sink sink_;
  Shards shards_;
};

}  // namespace weir::inline WEIR_ABI
