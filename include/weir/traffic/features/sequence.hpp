// Profile `sequence`, version 1: the first n packets (FlowFeatureOptions::packets) as columns, for nets: n
// steps of four channels, step by step.
//
//   seq_size_i        wire length; seq_direction_i: +1 from the client, -1 from the server
//   seq_gap_ns_i      since the packet before; 0 at the first, never negative
//   seq_flags_i       TCP flags
//
// Behind the last packet: 0 and not valid.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/packet_marks.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct PacketSequence {
  static constexpr std::string_view name = "sequence";
  static constexpr int version = 1;

  struct State {
    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      marks.add(memory, p, p.packet.wire_length);
    }
    PacketMarks marks{};
  };
  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept {
    return o.packets * sizeof(PacketMark);
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const std::span<const std::byte> memory = view.template memory<PacketSequence>();
    const std::size_t held = view.template state<PacketSequence>().marks.size();
    const std::size_t length = view.features().packets;
    for (std::size_t i = 0; i < length; ++i) {
      const bool there = i < held;
      const PacketMark mark = there ? PacketMarks::at(memory, i) : PacketMark{};
      out.number({"seq_size_", i + 1}, "bytes", mark.length, there);
      out.number({"seq_direction_", i + 1}, "", there ? (mark.side == 0 ? 1 : -1) : 0, there);
      out.number({"seq_gap_ns_", i + 1}, "ns", there ? PacketMarks::gap_ns(memory, i) : 0, there);
      out.number({"seq_flags_", i + 1}, "", mark.flags, there);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
