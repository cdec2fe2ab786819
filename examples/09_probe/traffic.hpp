// Packets to try a probe on: made up, with the truth beside each, or of a capture.
#pragma once

#include <weir/traffic/packet/packet.hpp>

#include <cstdint>
#include <string>
#include <vector>

struct Traffic {
  std::vector<weir::Packet> packets{};  ///< in order of time
  std::vector<bool> attack{};           ///< of the made-up ones
};

/// Connections of an office network, some of them attacks; another seed is another site.
[[nodiscard]] Traffic made_up_traffic(std::uint64_t connections, std::uint64_t seed);

/// The packets' headers. Throws weir::Error when the file cannot be opened or was cut.
[[nodiscard]] Traffic captured_traffic(const std::string& path);
