// One flow meter on several threads, whose output is the same bytes for any number of them:
//
//   FlowShards<CoreFlow> meter(options, threads, row, write);
//   while (reader.next(packet)) meter.add(packet);
//   meter.finish();
//
// Flows are shared out to shards by a hash that is the same for both directions. How many shards there are
// follows from the size of the table, not from the threads, and each has its own share of the flows; so even
// what a full table ends does not depend on the threads. Packets go to the shards in batches. A batch ends
// where the time goes on, so that what it ends stands before all that later ones end.
// `row(view, line)` makes a flow's line, on any thread; `write(lines)` gets them in the order of (time of
// end, id), on the caller's. A row that needs memory of its own is made for each shard, which only one thread
// at a time works on: `FlowShards(options, threads, [](std::size_t shard) { return row; }, write)`.
//
// With more than one thread the packets' bytes are copied, because the source's buffer does not outlive
// `add`.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/traffic/flow/flow_clock.hpp>
#include <weir/traffic/flow/flow_keyer.hpp>
#include <weir/traffic/flow/flow_lines.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/fragments.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class... Profiles>
class FlowShards {
 public:
  using View = FlowView<Profiles...>;
  /// Writes a flow's line, with its end; nothing when the flow is to be left out.
  using Row = std::function<void(const View&, std::string& line)>;
  using Write = std::function<void(const std::string& lines)>;
  using RowOfShard = std::function<Row(std::size_t shard)>;

  FlowShards(const FlowOptions& options, std::size_t threads, Row row, Write write)
      : FlowShards(options, threads, RowOfShard([&row](std::size_t) { return row; }), std::move(write)) {}
  FlowShards(const FlowOptions& options, std::size_t threads, const RowOfShard& row, Write write)
      : write_(std::move(write)), clock_(options), keyer_(options) {
    const std::size_t count = std::clamp<std::size_t>(options.max_flows / flows_a_shard, 1, most_shards);
    FlowOptions share = options;
    share.max_flows = std::max<std::size_t>(1, options.max_flows / count);
    for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(share, row(i)));
    const std::size_t workers = std::min(threads, count);
    for (std::size_t i = 0; workers > 1 && i < workers; ++i) {
      threads_.emplace_back([this, i, workers] { serve(i, workers); });
    }
  }
  FlowShards(const FlowShards&) = delete;
  FlowShards& operator=(const FlowShards&) = delete;
  ~FlowShards() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void add(Packet& packet) {
    clock_.at(packet.time_ns);  // of packets as they are read: some are handed on later
    fragments_.push(packet, [this](const Packet& p) { take(p); });
  }

  /// Writes what has ended by now, when no packet comes to tell the time.
  void tick(std::int64_t now) {
    clock_.at(now);
    end_batch();
    collect();
    write_leaving([this](auto& table) { return table.leave_due(clock_.now() - 1); });
  }

  /// Ends all flows and writes them.
  void finish() {
    fragments_.flush([this](const Packet& p) { take(p); });
    end_batch();
    collect();
    write_leaving([](auto& table) { return table.leave_all(); });
  }

  [[nodiscard]] FlowTableStats stats() const {
    FlowTableStats sum;
    for (const auto& shard : shards_) {
      const FlowTableStats& one = shard->table.stats();
      sum.flows += one.flows;
      for (std::size_t i = 0; i < sum.ended.size(); ++i) sum.ended[i] += one.ended[i];
    }
    sum.packets = packets_;
    sum.ignored = ignored_;
    sum.clock_jumps = clock_.jumps();
    sum.cut_times = clock_.cut_stamps();
    return sum;
  }

 private:
  static constexpr std::size_t most_shards = 16;
  static constexpr std::size_t flows_a_shard = 1'024;
  static constexpr std::size_t batch_packets = 8'192;
  static constexpr std::size_t most_packets = 4 * batch_packets;  ///< although the time stands still
  /// Rows of what a batch ends are held until it is done. So it ends after little time when packets are few.
  static constexpr std::size_t few_packets = 64;
  static constexpr std::int64_t short_span_ns = ns_per_s, long_span_ns = 10 * ns_per_s;
  // No secret: it decides nothing but the shard.
  static constexpr FlowHashKey partition{0x7765'6972, 0x666C'6F77};

  struct Shard {
    Shard(const FlowOptions& options, Row of_flow) : table(options), row(std::move(of_flow)) {}
    FlowTable<Profiles...> table;
    Row row;
    detail::FlowLines lines{};
  };
  struct Collector {
    Shard* shard;
    void operator()(const View& flow) const {
      shard->lines.add(flow.order_ns(), flow->id, [&](std::string& line) { shard->row(flow, line); });
    }
  };

  struct Item {
    Packet packet;
    KeyedEnd key;
    std::int64_t now;
    std::uint64_t number;
    bool error;          // an ICMP error that quotes `key`, no packet of it
    std::size_t offset;  // of the frame among the batch's bytes
  };
  struct Batch {
    std::array<std::vector<Item>, most_shards> items{};
    std::vector<std::byte> bytes{};
    std::int64_t begin = 0, now = 0;
    std::size_t packets = 0;
  };

  void take(const Packet& p) {
    ++packets_;
    const std::int64_t now = clock_.now();
    make_room(now);
    Batch& batch = batches_[filling_];
    if (batch.packets++ == 0) batch.begin = now;
    batch.now = now;
    if (const KeyedEnd key = keyer_(p)) {
      hand_over(batch, p, key, now, false);
      if (!FlowKeyer::may_quote(p)) return;
      if (const KeyedEnd quoted = keyer_.quoted(p)) hand_over(batch, p, quoted, now, true);
    } else {
      ++ignored_;
    }
  }

  /// Ends the batch if a packet of this time begins a new one.
  void make_room(std::int64_t now) {
    const Batch& batch = batches_[filling_];
    if (batch.packets == 0) return;
    const std::int64_t span = now - batch.begin;
    const bool full = batch.packets >= batch_packets || span >= long_span_ns ||
                      (span >= short_span_ns && batch.packets >= few_packets);
    const bool quiet = now - batch.now >= long_span_ns;
    if (!(full && now > batch.now) && batch.packets < most_packets) return;
    end_batch();
    if (!quiet) return;
    // A pause may have ended any number of flows.
    collect();
    write_leaving([&](auto& table) { return table.leave_due(now - 1); });
  }

  void hand_over(Batch& batch, const Packet& p, const KeyedEnd& key, std::int64_t now, bool error) {
    const std::size_t i = shards_.size() == 1 ? 0 : flow_hash_of_ends(key.key, partition) % shards_.size();
    if (threads_.empty()) {
      Shard& shard = *shards_[i];
      if (error) {
        shard.table.note_error(key);
      } else {
        shard.table.add(p, key, now, packets_, Collector{&shard});
      }
      return;
    }
    const std::size_t offset = batch.bytes.size();
    if (!error) batch.bytes.insert(batch.bytes.end(), p.frame.begin(), p.frame.end());
    batch.items[i].push_back({p, key, now, packets_, error, offset});
  }

  /// The packet's views, over the copied bytes.
  static void rebase(Packet& p, const std::byte* frame) noexcept {
    const std::byte* const old = p.frame.data();
    for (std::span<const std::byte>* view : {&p.ip, &p.l4, &p.payload}) {
      if (view->data() != nullptr) *view = {frame + (view->data() - old), view->size()};
    }
    p.frame = {frame, p.frame.size()};
  }

  void run_shard(Batch& batch, std::size_t i) {
    Shard& shard = *shards_[i];
    const Collector sink{&shard};
    for (Item& item : batch.items[i]) {
      if (item.error) {
        shard.table.note_error(item.key);
        continue;
      }
      rebase(item.packet, batch.bytes.data() + item.offset);
      shard.table.add(item.packet, item.key, item.now, item.number, sink);
    }
    shard.table.expire(batch.now, sink);
  }

  /// Has the batch worked on while the next one is filled.
  void end_batch() {
    Batch& batch = batches_[filling_];
    if (batch.packets == 0) return;
    if (threads_.empty()) {
      for (const auto& shard : shards_) shard->table.expire(batch.now, Collector{shard.get()});
      write_rows();
      batch.packets = 0;
      return;
    }
    collect();
    {
      const std::lock_guard lock(mutex_);
      working_ = &batch;
      busy_ = threads_.size();
      ++round_;
    }
    wake_.notify_all();
    filling_ = 1 - filling_;
  }

  /// Waits for the batch that is worked on, and writes what it ended.
  void collect() {
    if (threads_.empty()) return;
    Batch* done = nullptr;
    {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [this] { return busy_ == 0; });
      done = std::exchange(working_, nullptr);
      if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }
    if (done == nullptr) return;
    for (auto& items : done->items) items.clear();
    done->bytes.clear();
    done->packets = 0;
    write_rows();
  }

  [[nodiscard]] std::vector<detail::FlowLines*> all_lines() {
    std::vector<detail::FlowLines*> all;
    for (const auto& shard : shards_) all.push_back(&shard->lines);
    return all;
  }
  void write_rows() { detail::write_sorted(all_lines(), write_); }

  /// Ends flows of all shards, in the order of all, with one line of each shard in memory. `leave(table)`
  /// says which.
  template <class Leave>
  void write_leaving(Leave&& leave) {
    std::vector<decltype(leave(shards_[0]->table))> leaving;
    for (const auto& shard : shards_) leaving.push_back(leave(shard->table));
    detail::write_merged(all_lines(), write_, [&](std::size_t i) {
      return shards_[i]->table.emit_next(leaving[i], Collector{shards_[i].get()});
    });
  }

  /// The shards of one worker; what a row threw.
  std::exception_ptr run_shards(Batch& batch, std::size_t worker, std::size_t workers) {
#if WEIR_EXCEPTIONS
    try {
#endif
      for (std::size_t i = worker; i < shards_.size(); i += workers) run_shard(batch, i);
#if WEIR_EXCEPTIONS
    } catch (...) {
      return std::current_exception();
    }
#endif
    return nullptr;
  }

  void serve(std::size_t worker, std::size_t workers) {
    std::uint64_t seen = 0;
    while (true) {
      Batch* batch = nullptr;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || round_ != seen; });
        if (stopping_) return;
        seen = round_;
        batch = working_;
      }
      const std::exception_ptr failure = run_shards(*batch, worker, workers);
      {
        const std::lock_guard lock(mutex_);
        if (failure && !failure_) failure_ = failure;
        --busy_;
      }
      done_.notify_one();
    }
  }

  Write write_;
  FlowClock clock_;
  FlowKeyer keyer_;
  FragmentTable fragments_{};
  std::vector<std::unique_ptr<Shard>> shards_;
  std::array<Batch, 2> batches_{};
  std::size_t filling_ = 0;
  std::uint64_t packets_ = 0, ignored_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  Batch* working_ = nullptr;
  std::exception_ptr failure_{};
  std::size_t busy_ = 0;
  std::uint64_t round_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace weir::inline WEIR_ABI
