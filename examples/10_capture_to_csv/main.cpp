// A capture becomes a table: one line a flow, on as many threads as there are.
//
//   10_capture_to_csv                          meters made-up traffic into flows.csv
//   10_capture_to_csv CAPTURE [OUT] [THREADS]
#include "../synthetic_capture.hpp"

#include <weir/traffic/capture.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_shards.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>
#include <string>

using namespace weir;

namespace {

/// CICFlowMeter's columns, and the first 8 packets.
template <class... Profiles>
FlowTableStats write_flows(CaptureReader& capture, std::ostream& out, std::size_t threads) {
  FlowOptions options;
  options.features.packets = 8;
  out << FlowText::header(flow_columns<Profiles...>(options.features));
  const auto row = [](const auto& flow, std::string& line) {  // on any thread
    FlowText text;
    text.begin(line);
    flow.describe(text);
    text.end();
  };
  FlowShards<Profiles...> meter(options, threads, row, [&](const std::string& lines) { out << lines; });
  for (Packet packet; capture.next(packet);) meter.add(packet);
  meter.finish();
  return meter.stats();
}

int run(const std::string& path, const std::string& out, std::size_t threads) {
  CaptureReader capture = CaptureReader::open(path);
  std::ofstream file(out, std::ios::binary);
  const FlowTableStats stats = write_flows<CicFlow, PacketSequence>(capture, file, threads);
  if (!file.flush()) {
    std::fprintf(stderr, "cannot write %s\n", out.c_str());
    return 2;
  }
  std::printf("%llu packets, %llu flows, %zu columns in %s\n", static_cast<unsigned long long>(stats.packets),
              static_cast<unsigned long long>(stats.flows),
              flow_columns<CicFlow, PacketSequence>({.packets = 8}).size(), out.c_str());
  for (const FlowEnd end : {FlowEnd::end_of_flow, FlowEnd::idle, FlowEnd::active, FlowEnd::forced}) {
    std::printf("  %s: %llu\n", std::string(name_of(end)).c_str(),
                static_cast<unsigned long long>(stats.ended[static_cast<std::size_t>(end)]));
  }
  if (capture.status()) return 0;
  std::printf("%s\n",
              capture.status().error().what.c_str());  // cut or damaged: all before it is in the table
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::optional<SyntheticCapture> made_up;
    if (argc < 2) made_up.emplace(SynthOptions{.connections = 2'000, .seed = 1});
    return run(made_up ? made_up->path() : argv[1], argc > 2 ? argv[2] : "flows.csv",
               argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "10_capture_to_csv: %s\n", error.what());
    return 2;
  }
}
