// The first packets of a flow, in the memory that belongs to it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::inline WEIR_ABI {

struct PacketMark {
  std::int64_t time_ns = 0;
  std::uint32_t length = 0;
  std::uint8_t side = 0;   ///< 0: from the client
  std::uint8_t flags = 0;  ///< TCP
  std::uint16_t unused = 0;
};
static_assert(sizeof(PacketMark) == 16);

/// How many have been kept; the marks themselves lie in the flow's memory.
class PacketMarks {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void add(std::span<std::byte> memory, const FlowPacket& p, std::uint32_t length) noexcept {
    if ((size_ + std::size_t{1}) * sizeof(PacketMark) > memory.size()) return;
    const PacketMark mark{p.time_ns, length, static_cast<std::uint8_t>(p.side), p.packet.tcp_flags};
    std::memcpy(memory.data() + size_++ * sizeof mark, &mark, sizeof mark);
  }
  [[nodiscard]] static PacketMark at(std::span<const std::byte> memory, std::size_t i) noexcept {
    PacketMark mark;
    std::memcpy(&mark, memory.data() + i * sizeof mark, sizeof mark);
    return mark;
  }
  /// Since the mark before; never negative, 0 for the first.
  [[nodiscard]] static std::int64_t gap_ns(std::span<const std::byte> memory, std::size_t i) noexcept {
    return i == 0 ? 0 : std::max<std::int64_t>(0, at(memory, i).time_ns - at(memory, i - 1).time_ns);
  }

 private:
  std::uint32_t size_ = 0;
};

}  // namespace weir::inline WEIR_ABI
