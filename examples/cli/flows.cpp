// weir flows CAPTURE...|--interface IF -o FILE
//
// Needs libpcap. Anonymising needs OpenSSL's libcrypto: without it the option is refused.
#include "flows.hpp"

#if __has_include(<pcap/pcap.h>)

#include "files.hpp"
#include "flow_table_options.hpp"
#include "keep_list.hpp"
#include "packet_source.hpp"
#include "stopwatch.hpp"

#include <weir/core/error.hpp>
#include <weir/traffic/capture.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_shards.hpp>
#include <weir/traffic/flow/label_rules.hpp>

#if __has_include(<openssl/evp.h>)
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/anonymise/anonymise_key.hpp>
#define WEIR_CLI_ANONYMISES 1
#else
#define WEIR_CLI_ANONYMISES 0
#endif

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

using namespace weir;  // NOLINT: a program

/// How far it is, on a terminal, twice a second.
class Progress {
 public:
  Progress(const std::vector<std::string>& captures, bool quiet) : shown_(!quiet && isatty(2) == 1) {
    for (const std::string& path : captures) {
      std::error_code none;
      const auto size = std::filesystem::file_size(path, none);
      if (!none) bytes_ += static_cast<double>(size);
    }
  }
  void packet(std::uint32_t captured) {
    ++packets_;
    done_ += captured + 16.0;  // a record of a pcap file
    if (shown_ && packets_ % 65'536 == 0) show();
  }
  void end() const {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  [[nodiscard]] double seconds() const { return time_.seconds(); }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  void show() {
    const double now = seconds();
    if (now - last_ < 0.5) return;
    last_ = now;
    constexpr int width = 30;
    const double share = bytes_ > 0 ? std::min(done_ / bytes_, 1.0) : 0.0;
    const auto full = static_cast<std::size_t>(share * width);
    const std::string bar = std::string(full, '#') + std::string(width - full, '.');
    std::fprintf(stderr, "\r[%s] %3.0f %%  %" PRIu64 " packets", bar.c_str(), share * 100, packets_);
  }

  bool shown_;
  double bytes_ = 0, done_ = 0, last_ = 0;
  std::uint64_t packets_ = 0;
  Stopwatch time_;
};

#if WEIR_CLI_ANONYMISES
FlowAddressMap address_map(const std::string& path) {
  if (path.empty()) return {};
  struct Shared {
    explicit Shared(const AnonymiseKey& key) : anonymiser(key) {}
    std::mutex mutex;
    Anonymiser anonymiser;
  };
  const auto shared = std::make_shared<Shared>(read_key(path));
  return {.address =
              [shared](const IpAddress& a, std::uint8_t version) {
                const std::lock_guard lock(shared->mutex);
                return shared->anonymiser.address(a, version);
              },
          .mac =
              [shared](const MacAddress& a) {
                const std::lock_guard lock(shared->mutex);
                return shared->anonymiser.mac(a);
              }};
}
#else
FlowAddressMap address_map(const std::string& path) {
  if (!path.empty()) fail(ErrorKind::config, "--anonymise: this program was built without OpenSSL");
  return {};
}
#endif

/// Columns of bytes beside hidden addresses must not tell them.
void hide_identities(const FlowsOptions& options, FlowFeatureOptions& features) {
  const KeepList keep(options.keep, {"timestamps", "ip_id", "payload"});
  if (features.payload_bytes > 0 && !keep.has("payload")) {
    fail(ErrorKind::config,
         "--payload beside --anonymise: payloads name hosts (answers of DNS, server names, addresses in SIP) "
         "and "
         "cannot be masked; leave one of the two out, or say --keep payload");
  }
  FeatureMask mask = FeatureMask::identities();
  mask.timestamps = !keep.has("timestamps");
  mask.ip_id = !keep.has("ip_id");
  features.mask = features.mask | mask;
}

/// A line of text, with the rules' label in CICFlowMeter's own column.
class LabelledText : public FlowText {
 public:
  LabelledText(Format format, bool blank, const FlowAddressMap* map, std::string_view label)
      : FlowText(format, blank, map), label_(label) {}
  void text(FlowColumnName name, std::string_view value) {
    FlowText::text(name, name.base == "Label" && !label_.empty() ? label_ : value);
  }

 private:
  std::string_view label_;
};

/// Meters with these profiles; the first one has a say in how rows look.
template <class Profile, class... Profiles>
class Command {
 public:
  explicit Command(const FlowsOptions& options)
      : options_(options),
        map_(address_map(options.anonymise)),
        rules_(options.labels.empty() ? FlowLabelRules() : read_rules(options)),
        table_options_(flow_table_options<Profile>(options.meter)) {
    if (!options.anonymise.empty()) hide_identities(options, table_options_.features);
  }

  int run() {
    PacketInput input(options_.source, options_.meter.inner, options_.quiet);
    input_ = &input;
    OutputFile output = input.live() ? OutputFile::log(options_.out) : OutputFile(options_.out);
    if (!options_.json) begin_table(output);
    Progress progress(options_.source.captures, options_.quiet || input.live());
    FlowShards<Profiles...> meter(
        table_options_, static_cast<std::size_t>(options_.threads),
        [this](const auto& flow, std::string& line) { this->row(flow, line); },
        [&](const std::string& lines) {
          output.write(lines);
          if (input.live()) output.flush();
        });
    input.run(
        [&](Packet& packet) {
          progress.packet(packet.captured_length);
          meter.add(packet);
        },
        [&](std::int64_t now) { meter.tick(now); });
    meter.finish();
    output.commit();
    progress.end();
    if (!options_.quiet) summarise(meter.stats(), progress);
    return input.report();
  }

 private:
  static FlowLabelRules read_rules(const FlowsOptions& options) {
    Result<FlowLabelRules> rules = FlowLabelRules::try_parse(read_file(options.labels));
    if (!rules) fail(rules.error().kind, options.labels + ": " + rules.error().what);
    if (!rules->name_captures()) return std::move(rules).value();
    if (options.source.captures.size() != 1) {
      fail(ErrorKind::config, options.labels +
                                  ": rules with capture= need one capture at a time: a flow of "
                                  "several merged ones is of no single file");
    }
    return rules->of_capture(options.source.captures.front());
  }

  /// A log that holds flows already goes on below its own header line, which has to be the same.
  void begin_table(OutputFile& output) const {
    std::ifstream before;
    if (input_->live() && !is_standard_output(options_.out)) before.open(options_.out);
    std::string line;
    if (!before.is_open() || !std::getline(before, line)) return output.write(header());
    if (line + "\n" == header()) return;
    fail(ErrorKind::config, options_.out + ": has other columns than these flows; write to another file");
  }
  [[nodiscard]] std::string header() const {
    std::vector<FlowColumn> columns = flow_columns<Profiles...>(table_options_.features);
    if (own_label()) columns.push_back({.name = "label", .role = ColumnRole::label});
    if (options_.source_column)
      columns.push_back({.name = std::string(capture_column), .role = ColumnRole::identity});
    return FlowText::header(columns);
  }
  /// The profile has no column for it.
  [[nodiscard]] bool own_label() const { return !options_.labels.empty() && writes_blanks<Profile>; }

  template <class View>
  void row(const View& flow, std::string& line) const {
    if (leaves_out<Profile>(flow)) return;
    const std::string_view label = rules_.label(*flow);
    LabelledText out(options_.json ? FlowText::Format::json : FlowText::Format::csv, writes_blanks<Profile>,
                     &map_, label);
    out.begin(line);
    flow.describe(out);
    if (own_label()) out.text("label", label);
    if (options_.source_column) out.text(capture_column.data(), input_->name(flow->capture));
    out.end();
  }

  void summarise(const FlowTableStats& s, const Progress& progress) const {
    const double seconds = std::max(progress.seconds(), 1e-9);
    std::fprintf(stderr, "%" PRIu64 " packets (%" PRIu64 " ignored), %" PRIu64 " flows:", s.packets,
                 s.ignored, s.flows);
    for (const FlowEnd end : {FlowEnd::end_of_flow, FlowEnd::idle, FlowEnd::active, FlowEnd::forced,
                              FlowEnd::lack_of_resources}) {
      const std::uint64_t count = s.ended[static_cast<std::size_t>(end)];
      if (count > 0) std::fprintf(stderr, " %" PRIu64 " %s", count, std::string(name_of(end)).c_str());
    }
    if (s.clock_jumps > 0) std::fprintf(stderr, "; %" PRIu64 " jumps of the clock", s.clock_jumps);
    if (s.cut_times > 0) {
      std::fprintf(stderr, "; %" PRIu64 " time stamps more than 73 years from 1970, cut to that",
                   s.cut_times);
    }
    std::fprintf(stderr, "; %.2f s, %.0f packets/s\n", seconds, static_cast<double>(s.packets) / seconds);
  }

  const FlowsOptions& options_;
  FlowAddressMap map_;
  FlowLabelRules rules_;
  FlowOptions table_options_;
  const PacketInput* input_ = nullptr;  // while it runs
};

template <class Profile>
int run(const FlowsOptions& o) {
  const MeterOptions& m = o.meter;
  const bool sequence = m.packets > 0 && !has_packet_columns<Profile>;
  if (!sequence && m.payload + m.header_bits + m.early == 0) return Command<Profile, Profile>(o).run();
  return with_further_columns<Profile>([&]<class... Profiles>() {
    return m.early > 0 ? Command<Profile, EarlyFlow<Profiles...>>(o).run()
                       : Command<Profile, Profiles...>(o).run();
  });
}

}  // namespace

int flows(const FlowsOptions& given) {
  FlowsOptions o = given;
  if (o.source.captures.empty() == o.source.interface.empty())
    fail(ErrorKind::config, "flows: needs CAPTURE or --interface IF; see weir flows --help");
  find_captures(o.source, o.quiet);
  std::vector<NamedFile> inputs = named("CAPTURE", o.source.captures);
  inputs.push_back({"--labels", o.labels});
  inputs.push_back({"--anonymise", o.anonymise});
  check_files(inputs, {{"-o", o.out}});
  int code = 0;
  const bool known = with_profile(o.meter.profile, [&]<class Profile>() { code = run<Profile>(o); });
  if (!known) fail(ErrorKind::config, "there is no profile '" + o.meter.profile + "'");
  return code;
}

}  // namespace cli

#endif
