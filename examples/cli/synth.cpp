// weir synth -o FILE | --pcap FILE --labels RULES
#include "capture_output.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/io/output_stream.hpp>
#include <weir/synth.hpp>
#include <weir/traffic/capture/writer.hpp>
#include <weir/traffic/parse/link.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>

namespace cli {

namespace {

void write_table(const SynthOptions& o, const weir::SynthOptions& what) {
  OutputFile file(o.out);
  weir::OutputStream out(file.file());
  weir::write_csv(out, what);
  file.commit();
}

/// How many packets there are. Capture and rules appear together: the rules are put in place first, which
/// say nothing without the capture.
[[nodiscard]] std::uint64_t write_packets(const SynthOptions& o, const weir::SynthOptions& what) {
  OutputFile packets(o.pcap);
  OutputFile rules(o.labels.empty() ? "/dev/null" : o.labels);
  weir::OutputStream out(rules.file());
  weir::CaptureWriter capture = capture_writer(packets, o.pcap, weir::link_type::ethernet);
  weir::write_capture(capture, out, what,
                      {.snap_length = static_cast<std::size_t>(o.snap), .kinds = o.kinds});
  static_cast<void>(capture.close().value());
  rules.commit();
  packets.commit();
  return capture.packets();
}

}  // namespace

void synth(const SynthOptions& options) {
  check_files({}, {{"-o", options.out}, {"--pcap", options.pcap}, {"--labels", options.labels}});
  const weir::SynthOptions what{.connections = options.connections,
                                .seed = options.seed,
                                .attack_share = options.attack_share,
                                .ipv6_share = options.ipv6_share};
  const bool packets = !options.pcap.empty();
  const std::string& file = packets ? options.pcap : options.out;
  Json json{{"file", file}, {"connections", options.connections}, {"seed", options.seed}};
  std::string text = file + ": " + weir::count_text(options.connections, "connection");
  if (packets) {
    const std::uint64_t count = write_packets(options, what);
    json["packets"] = count;
    text += ", " + weir::count_text(count, "packet");
  } else {
    write_table(options, what);
  }
  if (is_standard_output(file)) return;
  if (options.output.json) {
    print_json(json);
  } else if (!options.output.quiet) {
    print(text + "\n");
  }
}

}  // namespace cli
