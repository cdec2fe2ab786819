// Synthetic traffic: labelled connections of an office network, with their packets, in order of time.
//
//   for_each_connection({.connections = 20'000, .seed = 1}, [](const synth::Connection& c) { ... });
//   for_each_record({.connections = 20'000, .seed = 1}, [](const synth::ConnectionRecord& r) { ... });
//   write_csv(file, {.connections = 20'000, .seed = 1});
//   write_capture(capture, rules, {.connections = 20'000, .seed = 1});
//
// The same options give the same packets on every platform: the generator computes in integers
// (quantiles.hpp). It streams: memory does not grow with the number of connections. Train on one seed and
// test on another, which is another site. What is modelled, and what is not: docs/synth.md.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/capture_merge.hpp>
#include <weir/synth/connections.hpp>
#include <weir/synth/flow_csv.hpp>
#include <weir/synth/flow_row.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/synth/meter.hpp>

#include <ostream>

namespace weir::inline WEIR_ABI {

/// Calls fn(const synth::ConnectionRecord&) for each connection's record, in order of start. Throws
/// ConfigError.
template <class F>
void for_each_record(const SynthOptions& options, F&& fn) {
  synth::ConnectionMeter meter;
  for_each_connection(options, [&](const synth::Connection& c) { fn(meter(c)); });
}

/// Writes header and records. Failures of the stream stay in its state. Throws ConfigError.
void write_csv(std::ostream& out, const SynthOptions& options, synth::CsvOptions csv = {});

#if WEIR_BODIES

WEIR_BODY void write_csv(std::ostream& out, const SynthOptions& options, synth::CsvOptions csv) {
  synth::CsvWriter writer{out, csv};
  for_each_record(options, [&](const synth::ConnectionRecord& r) { writer(r); });
}

#endif

}  // namespace weir::inline WEIR_ABI
