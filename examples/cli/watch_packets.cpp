// weir watch --kitsune: every packet is judged by what was learned from those before.
#include "watch.hpp"

#if __has_include(<pcap/pcap.h>)

#include "alerts.hpp"
#include "interruption.hpp"
#include "packet_source.hpp"
#include "stopwatch.hpp"

#include <weir/core/plain_text.hpp>
#include <weir/detect/kitsune.hpp>
#include <weir/io/kitsune_file.hpp>
#include <weir/traffic/features/eve_fields.hpp>

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cli {

namespace {

using namespace weir;  // NOLINT: a program

[[nodiscard]] KitsuneOptions kitsune_options(const WatchOptions& o) {
  KitsuneOptions options;
  if (o.features == 115) options.features = KitsuneFeatures::paper_115;
  options.net.map_samples = o.map;
  options.net.train_samples = o.train;
  options.calibration = o.calibrate;
  options.threshold.rate = o.alarm_rate;
  if (o.hold) options.threshold.step = 0.0;
  return options;
}

/// What the threshold rests on, where that is less than was asked for.
[[nodiscard]] std::string calibration_text(const WatchOptions& o) {
  const std::size_t needed = scores_needed(o.alarm_rate);
  if (o.threshold || o.calibrate >= needed) return {};
  return "; " + std::to_string(o.calibrate) + " packets to set it cannot tell one false alarm in " +
         std::to_string(needed + 1) + ": --calibrate " + std::to_string(needed);
}

[[nodiscard]] std::string phase_text(const Kitsune<>& detector, const WatchOptions& o) {
  switch (detector.phase()) {
    case KitsunePhase::mapping: return "still learning which features belong together";
    case KitsunePhase::training: return "still learning what is normal";
    case KitsunePhase::calibrating: return "still looking for the threshold";
    case KitsunePhase::detecting: break;
  }
  std::string text = "alarm above " + weir::brief_text(detector.threshold());
  if (detector.threshold() > detector.lowest_threshold()) {
    text += " now, " + weir::brief_text(detector.lowest_threshold()) + " at first";
  }
  return text + calibration_text(o);
}

}  // namespace

int watch_packets(const WatchOptions& o) {
  Kitsune<> detector(kitsune_options(o));
  if (!o.state.empty() && std::filesystem::exists(o.state)) load_kitsune(o.state, detector);
  if (o.threshold) detector.set_threshold(*o.threshold);
  PacketInput source(o.source, o.meter.inner, o.quiet);
  std::optional<WatchView> view;
  if (o.view) view.emplace(view_title(o));
  Alerts alerts(o.out, source.live(), view ? &*view : nullptr);
  const Stopwatch time;
  const std::uint64_t before = detector.packets();
  const auto judge = [&](const Packet& packet) {
    if (view) view->packet(packet.time_ns);
    const double threshold = detector.threshold();
    const KitsuneVerdict verdict = detector.process(packet);
    if (!verdict.alarm) return;
    Json alert{{"timestamp", eve_time_text(packet.time_ns)}, {"event_type", "anomaly"}};
    put_source(alert, source.live(), source.name(packet.capture));
    put_ends(alert, packet);
    alert["packet"] = detector.packets();
    alert["score"] = verdict.score;
    alert["threshold"] = threshold;
    put_reasons(alert, detector.reasons(reasons_given));
    alerts.write(alert);
  };
  source.run(judge, [&](std::int64_t) {
    if (view) view->draw_in_time();
  });
  alerts.commit();
  view.reset();
  if (!o.state.empty()) {
    const SignalsHeld until_it_is_there;
    save_kitsune(o.state, detector);
  }
  if (!o.quiet) {
    std::fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " alarms; %s; %.2f s\n", detector.packets() - before,
                 alerts.count(), phase_text(detector, o).c_str(), time.seconds());
  }
  return source.report();
}

}  // namespace cli

#endif
