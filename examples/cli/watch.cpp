// weir watch MODEL|--kitsune --read CAPTURE...
//
// A model judges flows when they end, Kitsune every packet. An alarm is a line of JSON with the names of
// Suricata's EVE log. Needs libpcap.
#include "watch.hpp"

#include <weir/core/error.hpp>

#if __has_include(<pcap/pcap.h>)

#include "model.hpp"
#include "report.hpp"
#include "thresholds.hpp"

#include <weir/detect/kitsune.hpp>
#include <weir/io/kitsune.hpp>
#include <weir/traffic/capture.hpp>
#include <weir/traffic/flow_features.hpp>
#include <weir/traffic/flow_output.hpp>
#include <weir/traffic/flow_table.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace cli {

namespace {

using namespace weir;  // NOLINT: a program

constexpr std::size_t reasons_given = 3;

// --- Where packets come from

std::atomic<CaptureReader*> listening{nullptr};

/// While it lives, Ctrl-C and SIGTERM end the reading and not the program.
class StopOnSignal {
 public:
  explicit StopOnSignal(CaptureReader& reader) {
    listening = &reader;
    struct sigaction action {};
    action.sa_handler = [](int) {
      if (CaptureReader* reading = listening) reading->stop();
    };
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &before_[i]);
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
    listening = nullptr;
  }

 private:
  static constexpr std::array signals{SIGINT, SIGTERM};
  std::array<struct sigaction, 2> before_{};
};

/// Captures, merged in order of time, or an interface.
class Source {
 public:
  explicit Source(const WatchOptions& o) {
    const ParseOptions parse{.decapsulate = o.inner};
    if (o.interface.empty()) {
      files_.emplace(MergedCapture::open(o.captures, {.filter = o.filter, .parse = parse}));
    } else {
      interface_.emplace(CaptureReader::open_live(o.interface, {.filter = o.filter, .parse = parse}));
    }
  }

  [[nodiscard]] bool live() const noexcept { return interface_.has_value(); }

  /// `on_quiet` is called when an interface has had nothing for a while.
  template <class OnPacket, class OnQuiet>
  void run(OnPacket&& on_packet, OnQuiet&& on_quiet) {
    Packet packet;
    if (files_) {
      while (files_->next(packet)) on_packet(packet);
      return;
    }
    const StopOnSignal stop(*interface_);
    while (!interface_->ended()) {
      if (interface_->next(packet)) {
        on_packet(packet);
      } else {
        on_quiet();
      }
    }
    dropped_ = interface_->live_counts().dropped;
  }

  /// Tells what could not be read; the program's exit code.
  [[nodiscard]] int report() const {
    if (dropped_ > 0) {
      std::fprintf(stderr, "weir: %" PRIu64 " packets came too fast and were dropped\n", dropped_);
    }
    std::vector<std::string> failures;
    if (files_) failures = files_->failures();
    if (interface_ && !interface_->status()) failures.push_back(interface_->status().error().what);
    for (const std::string& failure : failures) std::fprintf(stderr, "weir: %s\n", failure.c_str());
    return failures.empty() ? 0 : 1;
  }

 private:
  std::optional<MergedCapture> files_;
  std::optional<CaptureReader> interface_;
  std::uint64_t dropped_ = 0;
};

// --- Where alarms go

/// Lines to a file or to standard output; at once where somebody waits for them.
class Alerts {
 public:
  Alerts(const std::string& path, bool at_once) : path_(path), at_once_(at_once) {
    if (path == "-") return;
    file_.reset(std::fopen(path.c_str(), "wb"));
    if (!file_) refuse();
  }
  void write(const Json& alert) {
    const std::string line = alert.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (std::fwrite(line.data(), 1, line.size(), out()) != line.size()) refuse();
    if (at_once_) flush();
    ++count_;
  }
  void flush() {
    if (std::fflush(out()) != 0) refuse();
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  [[nodiscard]] std::FILE* out() const noexcept { return file_ ? file_.get() : stdout; }
  [[noreturn]] void refuse() const {
    const std::string name = path_ == "-" ? "standard output" : path_;
    fail(ErrorKind::io, "cannot write " + name + ": " + std::strerror(errno));
  }

  std::string path_;
  bool at_once_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t count_ = 0;
};

/// "2026-11-23T02:45:03.123456+0000"
[[nodiscard]] std::string timestamp(std::int64_t time_ns) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds(time_ns));
  const auto s = std::chrono::floor<std::chrono::seconds>(us);
  const auto seconds = static_cast<std::time_t>(s.count());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%06d+0000", static_cast<int>((us - s).count()));
  return text.data();
}

[[nodiscard]] std::string protocol_name(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::icmp: return "ICMP";
    case ip_protocol::tcp: return "TCP";
    case ip_protocol::udp: return "UDP";
    case ip_protocol::gre: return "GRE";
    case ip_protocol::icmpv6: return "IPv6-ICMP";
    case ip_protocol::sctp: return "SCTP";
    default: return std::to_string(unsigned{protocol});
  }
}
[[nodiscard]] bool has_ports(std::uint8_t protocol) {
  return protocol == ip_protocol::tcp || protocol == ip_protocol::udp || protocol == ip_protocol::sctp;
}

/// Both ends of a packet or a flow.
void put_ends(Json& alert, const FlowEnds& e) {
  alert["src_ip"] = address_text(e.first, e.ip_version);
  if (has_ports(e.protocol)) alert["src_port"] = e.first_port;
  alert["dest_ip"] = address_text(e.second, e.ip_version);
  if (has_ports(e.protocol)) alert["dest_port"] = e.second_port;
  alert["proto"] = protocol_name(e.protocol);
}

[[nodiscard]] std::string mac_text(const MacAddress& address) {
  std::string text;
  detail::append_mac(text, address, address.size());
  return text;
}

void put_ends(Json& alert, const Packet& p) {
  if (p.ip_version != 0) {
    put_ends(alert, FlowEnds{p.ip_version, p.src, p.src_port, p.dst, p.dst_port, p.protocol});
  } else if (p.ether_type == 0x0806) {
    alert["src_ip"] = address_text(p.src, 4);
    alert["dest_ip"] = address_text(p.dst, 4);
    alert["proto"] = "ARP";
  } else {
    alert["ether"] = {{"src_mac", mac_text(p.src_mac)}, {"dest_mac", mac_text(p.dst_mac)}};
  }
}

using Reason = KitsuneReason;  // a feature, and its part of a score

void put_reasons(Json& alert, const std::vector<Reason>& reasons) {
  alert["reasons"] = Json::array();
  for (const Reason& reason : reasons) {
    alert["reasons"].push_back({{"feature", reason.feature}, {"error", reason.error}});
  }
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// --- Kitsune

[[nodiscard]] KitsuneOptions kitsune_options(const WatchOptions& o) {
  KitsuneOptions options;
  if (o.features == 115) options.features = KitsuneFeatures::paper_115;
  options.net.map_samples = o.map;
  options.net.train_samples = o.train;
  options.calibration = o.calibrate;
  return options;
}

[[nodiscard]] std::string phase_text(const Kitsune<>& detector) {
  switch (detector.phase()) {
    case KitsunePhase::mapping: return "still learning which features belong together";
    case KitsunePhase::training: return "still learning what is normal";
    case KitsunePhase::calibrating: return "still looking for the threshold";
    case KitsunePhase::detecting: break;
  }
  return "alarm above " + brief(detector.threshold());
}

int watch_packets(const WatchOptions& o) {
  Kitsune<> detector(kitsune_options(o));
  if (!o.state.empty() && std::filesystem::exists(o.state)) load_kitsune(o.state, detector);
  if (o.threshold) detector.set_threshold(*o.threshold);
  Source source(o);
  Alerts alerts(o.out, source.live());
  const Stopwatch time;
  const std::uint64_t before = detector.packets();
  const auto judge = [&](const Packet& packet) {
    const KitsuneVerdict verdict = detector.process(packet);
    if (!verdict.alarm) return;
    Json alert{{"timestamp", timestamp(packet.time_ns)}, {"event_type", "anomaly"}};
    put_ends(alert, packet);
    alert["packet"] = detector.packets();
    alert["score"] = verdict.score;
    alert["threshold"] = detector.threshold();
    put_reasons(alert, detector.reasons(reasons_given));
    alerts.write(alert);
  };
  source.run(judge, [] {});
  alerts.flush();
  if (!o.state.empty()) save_kitsune(o.state, detector);
  if (!o.quiet) {
    std::fprintf(stderr, "%" PRIu64 " packets, %" PRIu64 " alarms; %s; %.2f s\n", detector.packets() - before,
                 alerts.count(), phase_text(detector).c_str(), time.seconds());
  }
  return source.report();
}

// --- Flows

/// What `weir flows` would write of a flow, in the order and the kinds of a model's columns.
class ModelRecord {
 public:
  /// `columns` are those of the profile and have all of the schema's.
  ModelRecord(const Schema& schema, std::span<const FlowColumn> columns, bool blank_missing)
      : places_(columns.size()), text_(FlowText::Format::csv, blank_missing), blank_missing_(blank_missing) {
    std::array<std::size_t, 2> counts{};
    for (const Column& column : schema.columns) {
      const auto same = [&](const FlowColumn& c) { return c.name == column.name; };
      const auto at = std::find_if(columns.begin(), columns.end(), same) - columns.begin();
      const bool numeric = column.kind == ColumnKind::numeric;
      places_[static_cast<std::size_t>(at)] = {numeric ? Kind::number : Kind::text,
                                               counts[numeric ? 0 : 1]++};
    }
    numbers_.resize(counts[0]);
    texts_.resize(counts[1]);
    views_.resize(counts[1]);
  }

  template <class View>
  void take(const View& flow) {
    at_ = 0;
    flow.describe(*this);
    std::copy(texts_.begin(), texts_.end(), views_.begin());
  }
  [[nodiscard]] std::span<const double> numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::span<const std::string_view> texts() const noexcept { return views_; }

  template <class T>
  void number(FlowColumnName name, std::string_view unit, T value, bool valid = true) {
    const Place place = places_[at_++];
    if (place.kind == Kind::number) {
      numbers_[place.index] = valid || !blank_missing_ ? static_cast<double>(value) : missing;
    } else if (place.kind == Kind::text) {
      begin_text(place);
      text_.number(name, unit, value, valid);
    }
  }
  void text(FlowColumnName, std::string_view value) {
    const Place place = places_[at_++];
    if (place.kind == Kind::text) texts_[place.index] = value;
    if (place.kind == Kind::number) numbers_[place.index] = number_of(value);
  }
  void address(FlowColumnName name, const IpAddress& a, std::uint8_t ip_version) {
    as_text([&] { text_.address(name, a, ip_version); });
  }
  void mac(FlowColumnName name, const MacAddress& a, std::size_t bytes = 6) {
    as_text([&] { text_.mac(name, a, bytes); });
  }
  void ends(FlowColumnName name, const FlowEnds& e) {
    as_text([&] { text_.ends(name, e); });
  }

 private:
  enum class Kind : unsigned char { none, number, text };
  struct Place {
    Kind kind = Kind::none;
    std::size_t index = 0;
  };
  static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

  [[nodiscard]] static double number_of(std::string_view text) {
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stopped == end ? value : missing;
  }
  void begin_text(const Place& place) {
    texts_[place.index].clear();
    text_.begin(texts_[place.index]);
  }
  template <class Write>
  void as_text(Write&& write) {
    const Place place = places_[at_++];
    if (place.kind == Kind::number) numbers_[place.index] = missing;
    if (place.kind != Kind::text) return;
    begin_text(place);
    write();
  }

  std::vector<Place> places_;  ///< by the profile's columns
  std::vector<double> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  FlowText text_;
  bool blank_missing_;
  std::size_t at_ = 0;
};

[[nodiscard]] FlowOptions table_options(const WatchOptions& o) {
  FlowOptions options;
  options.max_flows = static_cast<std::size_t>(o.max_flows);
  options.timeouts.set_idle(static_cast<std::int64_t>(o.idle * 1e9));
  options.timeouts.active_ns = static_cast<std::int64_t>(o.active * 1e9);
  options.features.packets = static_cast<std::size_t>(o.packets);
  return options;
}

[[nodiscard]] Model load_judge(const WatchOptions& o) {
  Model model = load_model(o.model);
  if (model.task == Task::regress) {
    fail(ErrorKind::config, o.model + ": gives a number and raises no alarm; watch takes no such model");
  }
  if (!model.takes_records()) {
    fail(ErrorKind::config, o.model + ": reads images; watch takes models of the columns of weir flows");
  }
  replace_threshold(model, o.threshold);
  return model;
}

template <class Profile>
class FlowWatch {
 public:
  FlowWatch(const WatchOptions& o, const Model& model)
      : options_(o),
        model_(model),
        scorer_(model),
        table_options_(std::is_same_v<Profile, CicCompatFlow> ? cic_compat_options(table_options(o))
                                                              : table_options(o)),
        record_(model.preprocess.schema, flow_columns<Profile>(table_options_.features), !is_cic),
        sample_(model.preprocess.features()),
        names_(model.preprocess.feature_names()) {}

  int run() {
    Source source(options_);
    Alerts alerts(options_.out, source.live());
    FlowTable<Profile> table(table_options_);
    const Stopwatch time;
    const auto judge = [&](const auto& flow) { this->judge(flow, alerts); };
    source.run([&](const Packet& packet) { table.add(packet, judge); },
               [&] {
                 const auto now = std::chrono::system_clock::now().time_since_epoch();
                 table.tick(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(), judge);
               });
    table.flush(judge);
    alerts.flush();
    if (!options_.quiet) {
      std::fprintf(stderr, "%" PRIu64 " packets (%" PRIu64 " not IP), %" PRIu64 " flows, %" PRIu64 " alarms",
                   table.stats().packets, table.stats().ignored, flows_, alerts.count());
      if (unusable_ > 0)
        std::fprintf(stderr, "; %" PRIu64 " flows lack a value that the model needs", unusable_);
      std::fprintf(stderr, "; profile %s; %.2f s\n", std::string(Profile::name).c_str(), time.seconds());
    }
    return source.report();
  }

 private:
  static constexpr bool is_cic = std::is_same_v<Profile, CicFlow> || std::is_same_v<Profile, CicCompatFlow>;

  template <class View>
  void judge(const View& flow, Alerts& alerts) {
    if constexpr (requires { Profile::keeps(flow); }) {
      if (!Profile::keeps(flow)) return;
    }
    ++flows_;
    record_.take(flow);
    if (!encode()) {
      ++unusable_;
      return;
    }
    const Verdict verdict = scorer_(sample_, used_);
    if (verdict.alert) alerts.write(alert(*flow, verdict));
  }

  /// False: nothing can be said of the flow.
  bool encode() {
    if (!model_.preprocess.encode(record_.numbers(), record_.texts(), sample_)) return false;
    used_ = model_.input.length;
    if (model_.samples.kind != SampleKind::sequence) return true;
    used_ = used_steps(record_.numbers(), model_.input.channels);
    std::fill(sample_.begin() + used_ * model_.input.channels, sample_.end(), 0.0F);
    return used_ > 0;
  }

  [[nodiscard]] Json alert(const FlowBase& flow, const Verdict& verdict) const {
    const bool anomaly = model_.task == Task::anomaly;
    Json alert{{"timestamp", timestamp(flow.end_ns())},
               {"flow_id", flow.id},
               {"event_type", anomaly ? "anomaly" : "alert"}};
    put_ends(alert, FlowEnds{flow.key.ip_version, flow.address(0), flow.port(0), flow.address(1),
                             flow.port(1), flow.key.protocol});
    alert["flow"] = {{"pkts_toserver", flow.sides[0].packets},  {"pkts_toclient", flow.sides[1].packets},
                     {"bytes_toserver", flow.sides[0].bytes},   {"bytes_toclient", flow.sides[1].bytes},
                     {"start", timestamp(flow.start_ns)},       {"end", timestamp(flow.end_ns())},
                     {"reason", std::string(name_of(flow.end))}};
    if (!anomaly) alert["label"] = model_.labels.classes[static_cast<std::size_t>(verdict.label)];
    alert["score"] = verdict.score;
    if (has_threshold(model_)) alert["threshold"] = model_.threshold;
    if (anomaly) put_reasons(alert, reasons());
    return alert;
  }

  /// The features that the net gave back worst: their parts of the score, worst first.
  [[nodiscard]] std::vector<Reason> reasons() const {
    const std::span<const Index> lengths(&used_, used_ == model_.input.length ? 0 : 1);
    const Matrix<float> back = outputs_of(model_.net, {sample_.data(), model_.input, 1, lengths}, nullptr);
    const std::span<const float> x(sample_);
    const std::span<const float> y(back.data(), x.size());
    std::vector<Reason> all;
    for (std::size_t j = 0; j < x.size(); ++j) {
      all.push_back({names_[j], model_.errors.part(x, y, j) / static_cast<double>(x.size())});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.error > b.error; });
    all.resize(std::min(all.size(), reasons_given));
    return all;
  }

  const WatchOptions& options_;
  const Model& model_;
  ModelScorer scorer_;
  FlowOptions table_options_;
  ModelRecord record_;
  std::vector<float> sample_;
  Index used_ = 0;
  std::vector<std::string> names_;
  std::uint64_t flows_ = 0, unusable_ = 0;
};

/// Finds the profile that a model was trained on.
class ProfileChoice {
 public:
  ProfileChoice(const WatchOptions& o, const Model& model) : options_(o), model_(model) {}

  /// Judges with this profile if it is the one; says whether it was.
  template <class Profile>
  bool try_profile(int& code) {
    if (!options_.profile.empty() && options_.profile != Profile::name) return false;
    std::vector<std::string> lacking;
    const std::vector<FlowColumn> columns = flow_columns<Profile>(table_options(options_).features);
    for (const Column& wanted : model_.preprocess.schema.columns) {
      const auto same = [&](const FlowColumn& c) { return c.name == wanted.name; };
      if (std::none_of(columns.begin(), columns.end(), same)) lacking.push_back(wanted.name);
    }
    if (lacking.empty()) {
      code = FlowWatch<Profile>(options_, model_).run();
      return true;
    }
    if (nearest_.empty() || lacking.size() < lacking_.size()) {
      nearest_ = Profile::name;
      lacking_ = std::move(lacking);
    }
    return false;
  }

  [[noreturn]] void refuse() const {
    std::string what = options_.model + ": not a model of the columns of weir flows: ";
    if (options_.profile.empty()) what += "no profile has all of them; ";
    what += "profile '" + nearest_ + "' has no column '" + lacking_.front() + "'";
    if (lacking_.size() > 1) what += " and " + std::to_string(lacking_.size() - 1) + " more are missing";
    fail(ErrorKind::data, what);
  }

 private:
  const WatchOptions& options_;
  const Model& model_;
  std::string nearest_;
  std::vector<std::string> lacking_;
};

template <class... Profiles>
int watch_flows(const WatchOptions& o) {
  const Model model = load_judge(o);
  ProfileChoice choice(o, model);
  int code = 0;
  if (!(choice.try_profile<Profiles>(code) || ...)) choice.refuse();
  return code;
}

}  // namespace

int watch(const WatchOptions& o) {
  if (o.kitsune == !o.model.empty()) fail(ErrorKind::config, "watch: needs a MODEL or --kitsune");
  if (o.captures.empty() == o.interface.empty()) {
    fail(ErrorKind::config, "watch: needs --read CAPTURE or --interface IF");
  }
  if (o.kitsune) return watch_packets(o);
  return watch_flows<CoreFlow, CicFlow, CicCompatFlow, NfstreamFlow, CesnetFlow, NetflowFlow, ZeekFlow>(o);
}

}  // namespace cli

#else

namespace cli {

int watch(const WatchOptions&) {
  weir::fail(weir::ErrorKind::config, "watch: this program was built without libpcap");
}

}  // namespace cli

#endif
