// Alarms as lines of JSON with the names of Suricata's EVE log.
#pragma once

#include "files.hpp"
#include "report.hpp"
#include "watch_view.hpp"

#include <weir/detect/alarm_reason.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

/// Lines to a file or to standard output. Those of an interface are written at once to a log that grows,
/// because somebody may wait for them; those of captures make a file that appears when it is whole.
class Alerts {
 public:
  /// `view`, if there is one, is told of each.
  Alerts(const std::string& path, bool live, WatchView* view)
      : file_(live ? OutputFile::log(path) : OutputFile(path)), live_(live), view_(view) {}
  void write(const Json& alert);
  void commit() { file_.commit(); }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  OutputFile file_;
  bool live_;
  WatchView* view_;
  std::uint64_t count_ = 0;
};

/// The interface or the capture that a packet, or a flow's first one, came from.
void put_source(Json& alert, bool live, const std::string& name);

/// Both ends of a flow or a packet.
void put_ends(Json& alert, const weir::FlowEnds& ends);
void put_ends(Json& alert, const weir::Packet& packet);

/// The features that gave most to a score.
inline constexpr std::size_t reasons_given = 3;
void put_reasons(Json& alert, const std::vector<weir::AlarmReason>& reasons);

}  // namespace cli
