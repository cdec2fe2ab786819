// What is counted of every flow, whatever the profile. Side 0 is the client ("forward"), side 1 the server.
//
//   bytes          wire lengths of the whole frames
//   ip_bytes       lengths of the IP packets by their headers
//   payload_bytes  layer-4 payload by the headers' lengths; of a later fragment, all that its packet carries
//   header_bytes   layer-4 headers
//
// Neither padding nor a cut capture changes them. A flow's start and end are its earliest and latest time
// stamp; a packet that is older than the one before it has a gap of 0.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_key.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_tcp.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>

namespace weir::inline WEIR_ABI {

/// How the client was told from the server.
enum class FlowDirection : std::uint8_t {
  first_packet,  ///< it sent the first packet
  syn,           ///< it sent a SYN
  syn_ack,       ///< it was sent a SYN-ACK
  lower_port,    ///< it has the higher port (FlowOptions::lower_port_serves)
  continued,     ///< as in the record before the active time-out
};

struct FlowSide {
  std::uint64_t bytes = 0, ip_bytes = 0, payload_bytes = 0;
  std::int64_t last_ns = 0;  ///< latest time stamp
  std::uint32_t packets = 0;
  std::uint32_t header_bytes = 0;
  std::uint32_t retransmissions = 0;  ///< TCP segments seen before
  std::uint32_t reordered = 0;        ///< TCP segments that came late
  std::uint32_t fingerprint = 0;      ///< of the latest packet, to know its repetition
  std::uint16_t first_window = 0;     ///< TCP, of the first packet
  std::uint16_t mss = 0;              ///< TCP option, 0: not given
  std::uint8_t flags = 0;             ///< TCP, of all packets
  std::uint8_t min_ttl = 255, max_ttl = 0;
  std::uint8_t tos = 0;  ///< of the first packet
  TcpSide tcp{};
};

struct FlowBase {
  FlowKey key{};
  std::array<FlowSide, 2> sides{};
  std::uint64_t id = 0;  ///< number of its first packet, from 1
  std::int64_t start_ns = 0;
  std::int64_t seen_ns = 0;                    ///< the table's time at its latest packet
  std::array<std::uint32_t, 8> flag_counts{};  ///< by bit: FIN, SYN, RST, PSH, ACK, URG, ECE, CWR
  std::uint32_t duplicates = 0;                ///< packets that were captured twice
  std::uint32_t tunnel_id = 0;  ///< of the tunnel that was looked into, as the client's first packet has it,
                                ///< or else the server's; 0: none
  std::uint32_t hash = 0;
  std::uint16_t fragments = 0, icmp_errors = 0;  ///< end at 65535
  std::uint8_t icmp_type = 0, icmp_code = 0;     ///< of the first packet
  FlowDirection direction : 3 = FlowDirection::first_packet;
  FlowEnd end : 3 = FlowEnd::open;
  bool client_is_b : 1 = false;
  bool closed : 1 = false;  ///< TCP: the connection has ended
  std::uint8_t list = 0;    ///< of the table's time-out lists
  std::array<TcpApart, 2> apart{};
  std::uint16_t capture = 0;  ///< which its first packet is of (Packet::capture)

  [[nodiscard]] const IpAddress& address(unsigned side) const noexcept {
    return (side == 0) == client_is_b ? key.b : key.a;
  }
  [[nodiscard]] std::uint16_t port(unsigned side) const noexcept {
    return (side == 0) == client_is_b ? key.port_b : key.port_a;
  }
  /// A side of the TCP connection.
  [[nodiscard]] TcpEnd tcp_end(unsigned side) noexcept { return {&sides[side].tcp, &apart[side]}; }
  [[nodiscard]] TcpConstEnd tcp_end(unsigned side) const noexcept { return {&sides[side].tcp, &apart[side]}; }
  [[nodiscard]] bool tcp() const noexcept { return key.protocol == ip_protocol::tcp; }
  [[nodiscard]] std::uint64_t packets() const noexcept {
    return std::uint64_t{sides[0].packets} + sides[1].packets;
  }
  [[nodiscard]] std::int64_t end_ns() const noexcept {
    if (sides[0].packets == 0) return sides[1].last_ns;
    return sides[1].packets == 0 ? sides[0].last_ns : std::max(sides[0].last_ns, sides[1].last_ns);
  }
  [[nodiscard]] std::int64_t duration_ns() const noexcept { return end_ns() - start_ns; }
  /// How often a flag of `tcp_flag` was set.
  [[nodiscard]] std::uint32_t count(std::uint8_t flag) const noexcept {
    return flag_counts[static_cast<std::size_t>(std::countr_zero(flag))];
  }
};

static_assert(sizeof(FlowBase) == 344);

/// One packet as part of its flow, for what profiles keep. The flow's own counters already hold it.
struct FlowPacket {
  const Packet& packet;
  unsigned side;             ///< 0: from the client
  std::int64_t time_ns;      ///< its stamp
  std::int64_t gap_ns;       ///< since the latest packet of the flow; -1: it is the first
  std::int64_t side_gap_ns;  ///< since the latest packet of its side; -1: it is the first
  std::uint32_t payload;     ///< bytes
  TcpSegment segment{};
  bool duplicate = false;
  const FlowFeatureOptions* features = nullptr;
};

/// A flow with what the profiles keep of it. A profile is a class with
///   static constexpr std::string_view name;
///   static constexpr int version;   // raised when a column changes its meaning and keeps its name
///   struct State { void add(const FlowBase&, const FlowPacket&, std::span<std::byte> memory); };
///   static std::size_t memory_bytes(const FlowFeatureOptions&);   // of that memory, for a flow
///   template <class Out> static void describe(const FlowView&, Out& out);   // its columns
/// What a profile of the list of all (features/flow_features.hpp) has besides:
///   static constexpr std::array<std::string_view, n> known_by;   // columns that tell its tables from others
/// and may have:
///   static constexpr bool blank_missing = false;        // in CSV a missing value is 0
///   static constexpr bool has_packet_columns = true;    // of the first packets, so no PacketSequence beside
///   static FlowOptions table_options(FlowOptions);      // what it needs of the table
///   static bool keeps(const FlowView&);                 // flows that it does not keep are not written
template <class... Profiles>
struct FlowRecord : FlowBase {
  [[no_unique_address]] std::tuple<typename Profiles::State...> states{};
};

/// A flow and the memory that belongs to it, as a sink or `add` hands it out: valid until the next call of
/// the table.
template <class... Profiles>
class FlowView {
 public:
  using Record = FlowRecord<Profiles...>;
  using Memory = std::array<std::span<std::byte>, sizeof...(Profiles)>;

  FlowView() = default;
  FlowView(const Record* record, Memory memory, const FlowFeatureOptions* features, std::int64_t order_ns)
      : record_(record), memory_(memory), features_(features), order_ns_(order_ns) {}

  explicit operator bool() const noexcept { return record_ != nullptr; }
  const Record& operator*() const noexcept { return *record_; }
  const Record* operator->() const noexcept { return record_; }
  [[nodiscard]] const FlowFeatureOptions& features() const noexcept { return *features_; }
  /// When the table ended the flow: flows come in the order of this time, then of their id.
  [[nodiscard]] std::int64_t order_ns() const noexcept { return order_ns_; }

  template <class Profile>
  [[nodiscard]] const typename Profile::State& state() const noexcept {
    return std::get<typename Profile::State>(record_->states);
  }
  template <class Profile>
  [[nodiscard]] std::span<const std::byte> memory() const noexcept {
    constexpr std::array same{std::is_same_v<Profile, Profiles>...};
    constexpr auto at = static_cast<std::size_t>(std::find(same.begin(), same.end(), true) - same.begin());
    return memory_[at];
  }
  /// Hands the columns of all profiles to `out` (flow_output.hpp).
  template <class Out>
  void describe(Out& out) const {
    (Profiles::describe(*this, out), ...);
  }

 private:
  const Record* record_ = nullptr;
  Memory memory_{};
  const FlowFeatureOptions* features_ = nullptr;
  std::int64_t order_ns_ = 0;
};

}  // namespace weir::inline WEIR_ABI
