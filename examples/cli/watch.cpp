// weir watch MODEL|--kitsune --read CAPTURE...
//
// A model judges flows when they end, and early if it is told to; Kitsune every packet (watch_packets.cpp).
// Needs libpcap.
#include "watch.hpp"

#if __has_include(<pcap/pcap.h>)

#include "alerts.hpp"
#include "flow_table_options.hpp"
#include "model.hpp"
#include "packet_source.hpp"
#include "stopwatch.hpp"

#include <weir/core/error.hpp>
#include <weir/detect/drift_monitor.hpp>
#include <weir/pipeline/flow_profile.hpp>
#include <weir/pipeline/flow_scorer.hpp>
#include <weir/traffic/features/eve_fields.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/parse/fragments.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

namespace {

using namespace weir;  // NOLINT: a program

[[nodiscard]] Model load_judge(const WatchOptions& o) {
  Model model = load_model(o.model, o.model_memory);
  if (model.task == Task::regress) {
    fail(ErrorKind::config, o.model + ": gives a number and raises no alarm; watch takes no such model");
  }
  if (!model.takes_records()) {
    fail(ErrorKind::config, o.model + ": reads images; watch takes models of the columns of weir flows");
  }
  replace_threshold(model, o.threshold);
  return model;
}

/// The meter's options with as many columns of first packets and bytes as the model reads.
[[nodiscard]] MeterOptions meter_for(MeterOptions options, const Schema& schema) {
  const FlowFeatureOptions features =
      features_for(schema, {.packets = static_cast<std::size_t>(options.packets)});
  options.packets = features.packets;
  options.payload = features.payload_bytes;
  options.header_bits = features.header_packets;
  return options;
}

/// Judges flows that are metered with these profiles.
template <class Profile, class... Profiles>
class FlowWatch {
 public:
  FlowWatch(const WatchOptions& o, const Model& model, const FlowOptions& table_options)
      : options_(o),
        model_(model),
        scorer_(model, table_options.features, writes_blanks<Profile>),
        table_options_(table_options) {
    if (o.drift > 0)
      drift_.emplace(model.reference, DriftOptions{.window = static_cast<std::size_t>(o.drift)});
  }

  int run() {
    PacketInput source(options_.source, options_.meter.inner, options_.quiet);
    source_ = &source;
    if (options_.view) view_.emplace(view_title(options_));
    Alerts alerts(options_.out, source.live(), view());
    FlowTable<Profiles...> table(table_options_);
    FragmentTable fragments;
    const Stopwatch time;
    const auto at_end = [&](const auto& flow) { this->judge(flow, alerts); };
    const auto take = [&](const Packet& packet) {
      const auto flow = table.add(packet, at_end);
      if (flow && flow->packets() == options_.meter.early) this->judge_early(flow, alerts);
    };
    source.run(
        [&](Packet& packet) {
          if (view_) show(packet.time_ns);
          fragments.push(packet, take);
        },
        [&](std::int64_t now) {
          table.tick(now, at_end);
          if (view_) view_->draw_in_time();
        });
    fragments.flush(take);
    table.flush(at_end);
    alerts.commit();
    view_.reset();
    if (!options_.quiet) summarise(table.stats(), time);
    return source.report();
  }

 private:
  void summarise(const FlowTableStats& stats, const Stopwatch& time) const {
    std::fprintf(stderr, "%" PRIu64 " packets (%" PRIu64 " not IP), %" PRIu64 " flows, %" PRIu64 " alarms",
                 stats.packets, stats.ignored, flows_, alarms_);
    if (options_.meter.early > 0) std::fprintf(stderr, " (%" PRIu64 " early)", early_alarms_);
    if (unusable_ > 0) {
      std::fprintf(stderr, "; %" PRIu64 " flows lack a value that the model needs", unusable_);
    }
    if (drift_) std::fprintf(stderr, "; %" PRIu64 " of drift", drift_alarms_);
    std::fprintf(stderr, "; profile %s; %.2f s\n", std::string(Profile::name).c_str(), time.seconds());
  }

  [[nodiscard]] WatchView* view() { return view_ ? &*view_ : nullptr; }
  void show(std::int64_t time_ns) {
    if (view_->packet(time_ns) && source_->live()) view_->dropped(source_->dropped());
  }

  template <class View>
  void judge(const View& flow, Alerts& alerts) {
    if (leaves_out<Profile>(flow)) return;
    ++flows_;
    if (view_) view_->flow();
    const Verdict verdict = scorer_.score(flow);
    if (!verdict.usable && !verdict.alert) {  // it lacks a value
      ++unusable_;
      return;
    }
    if (verdict.alert) {
      alerts.write(alert(*flow, verdict));
      ++alarms_;
    }
    if (drift_) watch_drift(*flow, verdict, alerts);
  }

  /// What can be said before the flow has ended; its end is judged all the same.
  template <class View>
  void judge_early(const View& flow, Alerts& alerts) {
    if (leaves_out<Profile>(flow)) return;
    const Verdict verdict = scorer_.score(flow);
    if (!verdict.alert) return;
    Json early = alert(*flow, verdict);
    early["early"] = true;
    alerts.write(early);
    ++early_alarms_;
  }

  [[nodiscard]] Json alert(const FlowBase& flow, const Verdict& verdict) const {
    const bool anomaly = model_.task == Task::anomaly;
    Json alert{{"timestamp", eve_time_text(flow.end_ns())},
               {"flow_id", flow.id},
               {"event_type", anomaly ? "anomaly" : "alert"}};
    put_source(alert, source_->live(), source_->name(flow.capture));
    put_ends(alert, FlowEnds{flow.key.ip_version, flow.address(0), flow.port(0), flow.address(1),
                             flow.port(1), flow.key.protocol});
    alert["flow"] = {{"pkts_toserver", flow.sides[0].packets},  {"pkts_toclient", flow.sides[1].packets},
                     {"bytes_toserver", flow.sides[0].bytes},   {"bytes_toclient", flow.sides[1].bytes},
                     {"start", eve_time_text(flow.start_ns)},   {"end", eve_time_text(flow.end_ns())},
                     {"reason", std::string(name_of(flow.end))}};
    if (!verdict.usable) {  // the net's answer is not a number
      alert["usable"] = false;
      return alert;
    }
    if (!anomaly) alert["label"] = model_.labels.classes[static_cast<std::size_t>(verdict.label)];
    alert["score"] = verdict.score;
    if (model_.has_threshold()) alert["threshold"] = model_.threshold;
    if (anomaly) put_reasons(alert, scorer_.reasons(reasons_given));
    return alert;
  }

  void watch_drift(const FlowBase& flow, const Verdict& verdict, Alerts& alerts) {
    const std::optional<DriftReport> report = drift_->add(scorer_.sample(), verdict.score);
    if (!report) return;
    Json line{
        {"timestamp", eve_time_text(flow.end_ns())}, {"event_type", "drift"}, {"flows", report->records}};
    line["features"] = Json::array();
    for (const DriftReport::Feature& f : report->features) {
      if (line["features"].size() == reasons_given) break;
      line["features"].push_back({{"feature", scorer_.feature_names()[f.index]}, {"psi", f.stability}});
    }
    line["features_moved"] = report->features.size();
    if (report->scores_moved)
      line["scores"] = {{"distance", report->scores.distance}, {"p", report->scores.p}};
    if (report->senseless > 0) line["scores_not_a_number"] = report->senseless;
    if (report->mean != Drift::none) line["mean_score"] = report->mean == Drift::up ? "up" : "down";
    alerts.write(line);
    ++drift_alarms_;
  }

  const WatchOptions& options_;
  const Model& model_;
  FlowScorer<Net, Profiles...> scorer_;
  FlowOptions table_options_;
  std::optional<DriftMonitor> drift_;
  const PacketInput* source_ = nullptr;  // while it runs
  std::optional<WatchView> view_{};
  std::uint64_t flows_ = 0, unusable_ = 0, alarms_ = 0, early_alarms_ = 0, drift_alarms_ = 0;
};

/// Judges with the first profile that has the model's columns, or with the one that is asked for.
template <class... Profiles>
int watch_with(const WatchOptions& o, const Model& model, ProfileList<Profiles...>) {
  const Schema& schema = model.preprocess.schema;
  const MeterOptions meter = meter_for(o.meter, schema);
  ProfileSearch search(schema);
  int code = 0;
  const auto try_one = [&]<class Profile>() {
    if (!meter.profile.empty() && meter.profile != Profile::name) return false;
    const FlowOptions table = flow_table_options<Profile>(meter);
    return search.template try_profile<Profile>(
        table.features, [&]<class... All>() { code = FlowWatch<Profile, All...>(o, model, table).run(); });
  };
  if ((try_one.template operator()<Profiles>() || ...)) return code;
  fail(ErrorKind::data, o.model + ": not a model of the columns of weir flows: " +
                            (meter.profile.empty() ? "no profile has all of them; " : "") + search.refusal());
}

int watch_flows(const WatchOptions& o) {
  const Model model = load_judge(o);
  if (o.drift > 0 && model.reference.empty()) {
    fail(ErrorKind::config, o.model + ": holds no statistics of its training, which --drift compares with");
  }
  return watch_with(o, model, AllProfiles{});
}

}  // namespace

int watch(const WatchOptions& given) {
  WatchOptions o = given;
  if (o.kitsune == !o.model.empty()) fail(ErrorKind::config, "watch: needs a MODEL or --kitsune");
  if (o.source.captures.empty() == o.source.interface.empty()) {
    fail(ErrorKind::config, "watch: needs --read CAPTURE or --interface IF");
  }
  find_captures(o.source, o.quiet);
  std::vector<NamedFile> inputs = named("--read", o.source.captures);
  inputs.push_back({"MODEL", o.model});
  if (o.view && o.out == "-") o.out = "/dev/null";
  check_files(inputs, {{"-o", o.out}, {"--state", o.state}});
  if (o.kitsune) return watch_packets(o);
  return watch_flows(o);
}

}  // namespace cli

#endif
