// Reading and writing captures (libpcap and zlib; CMake target weir::capture):
//
//   CaptureReader reader = CaptureReader::open("day.pcapng.gz", {.filter = "tcp"});
//   for (Packet packet; reader.next(packet);) meter.add(packet);
//   if (!reader.status()) log(reader.status().error().what);   // "day.pcapng.gz: behind packet 17: ..."
//
// Files: pcap and pcapng, in either byte order, micro- or nanoseconds, plain or gzip, or zstd by
// capture/unzstd.hpp. Frames of a link type
// that is not known, and those for which there is no such filter, do not end the reading: `left_out()` counts
// them. A file that was cut or is damaged gives all packets before the damage and then an error. Several
// files in order of time: MergedCapture. An interface, whose `next` also returns when nothing comes, so that
// flows can expire:
//
//   CaptureReader live = CaptureReader::open_live("eth0");
//   for (Packet packet; !live.ended();) live.next(packet) ? meter.add(packet) : meter.tick(now());
//
// The captures of a folder: find_captures. Captures or an interface behind one loop: PacketSource.
//
// Parsing alone (parse.hpp) and writing (capture/writer.hpp) need no library.
#pragma once

#include <weir/traffic/capture/capture_content.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/capture/find_captures.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/capture/merged.hpp>
#include <weir/traffic/capture/packet_source.hpp>
#include <weir/traffic/capture/reader.hpp>
#include <weir/traffic/capture/writer.hpp>
