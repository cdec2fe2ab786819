// weir synth -o FILE | --pcap FILE --labels RULES
#include "commands.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/traffic/capture/writer.hpp>
#include <weir/traffic/parse/link.hpp>
#include <weir/traffic/synth.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <string>

namespace cli {

namespace {

void check_written(std::ostream& out, const std::string& name) {
  if (!out.flush()) weir::fail(weir::ErrorKind::io, "cannot write " + name);
}

void write_table(const SynthOptions& o, const weir::SynthOptions& what) {
  if (o.out == "-") {
    weir::write_csv(std::cout, what);
    return check_written(std::cout, "to standard output");
  }
  std::ofstream file(o.out, std::ios::binary);
  if (file) weir::write_csv(file, what);
  check_written(file, o.out);
}

/// How many packets there are.
[[nodiscard]] std::uint64_t write_packets(const SynthOptions& o, const weir::SynthOptions& what) {
  weir::CaptureWriter capture = weir::CaptureWriter::create(o.pcap, weir::link_type::ethernet);
  std::ofstream rules;
  if (!o.labels.empty()) {
    rules.open(o.labels, std::ios::binary);
    check_written(rules, o.labels);
  }
  weir::write_capture(capture, rules, what,
                      {.snap_length = static_cast<std::size_t>(o.snap), .kinds = o.kinds});
  if (!o.labels.empty()) check_written(rules, o.labels);
  const std::uint64_t packets = capture.packets();
  if (const weir::Status status = capture.close(); !status)
    weir::fail(status.error().kind, status.error().what);
  return packets;
}

}  // namespace

void synth(const SynthOptions& options) {
  const weir::SynthOptions what{.connections = options.connections,
                                .seed = options.seed,
                                .attack_share = options.attack_share,
                                .ipv6_share = options.ipv6_share};
  const bool packets = !options.pcap.empty();
  const std::string& file = packets ? options.pcap : options.out;
  Json json{{"file", file}, {"connections", options.connections}, {"seed", options.seed}};
  std::string text = file + ": " + count_of(static_cast<std::int64_t>(options.connections), "connection");
  if (packets) {
    const std::uint64_t count = write_packets(options, what);
    json["packets"] = count;
    text += ", " + count_of(static_cast<std::int64_t>(count), "packet");
  } else {
    write_table(options, what);
    if (options.out == "-") return;
  }
  if (options.output.json) {
    print_json(json);
  } else if (!options.output.quiet) {
    print(text + "\n");
  }
}

}  // namespace cli
