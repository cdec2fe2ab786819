// Several captures as one, in the order of time. Files that are not in order themselves are not sorted: of
// the next packets of all files the earliest comes first, of equals that of the file named first.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/capture/reader.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class MergedCapture {
 public:
  /// All files stay open, so there may be as many as the system lets a process open.
  [[nodiscard]] static Result<MergedCapture> try_open(std::span<const std::string> paths,
                                                      const CaptureOptions& options = {}) {
    constexpr std::size_t most = 65'536;  // that Packet::capture tells apart
    if (paths.size() > most)
      return Failure{ErrorKind::config, "more than " + std::to_string(most) + " captures at a time"};
    MergedCapture merged;
    merged.sources_.reserve(paths.size());
    for (const std::string& path : paths) {
      Result<CaptureReader> reader = CaptureReader::try_open(path, options);
      if (!reader) return reader.error();
      merged.sources_.push_back({std::move(reader).value(), {}});
    }
    for (std::size_t i = 0; i < merged.sources_.size(); ++i) merged.advance(i);
    return merged;
  }
  [[nodiscard]] static MergedCapture open(std::span<const std::string> paths,
                                          const CaptureOptions& options = {}) {
    return try_open(paths, options).value();
  }

  /// False at the end of all files. A damaged file ends early; the others go on.
  bool next(CapturedFrame& out) {
    if (given_ < sources_.size()) advance(std::exchange(given_, none));
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), Later{sources_});
    given_ = heap_.back();
    heap_.pop_back();
    out = sources_[given_].frame;
    return true;
  }
  bool next(Packet& out) {
    CapturedFrame frame;
    if (!next(frame)) return false;
    sources_[given_].reader.parse(frame, out);
    out.capture = static_cast<std::uint16_t>(given_);
    return true;
  }

  /// The capture that a packet is of (Packet::capture).
  [[nodiscard]] const std::string& name(std::uint16_t capture) const noexcept {
    return sources_[capture].reader.name();
  }
  /// The first error of any file.
  [[nodiscard]] const Status& status() const noexcept {
    const auto bad = std::find_if(sources_.begin(), sources_.end(),
                                  [](const Source& s) { return !s.reader.status().ok(); });
    return bad == sources_.end() ? good_ : bad->reader.status();
  }
  /// The files that were damaged or cut, with what is wrong.
  [[nodiscard]] std::vector<std::string> failures() const {
    std::vector<std::string> out;
    for (const Source& s : sources_) {
      if (!s.reader.status().ok()) out.push_back(s.reader.status().error().what);
    }
    return out;
  }
  /// Of all files, as each has come so far.
  [[nodiscard]] LeftOut left_out() const {
    LeftOut all;
    for (const Source& s : sources_) all.add(s.reader.left_out());
    return all;
  }
  /// The files of which no packet can be read, with their link types. A pcap file is known to be one at once,
  /// a pcapng file at its end.
  [[nodiscard]] std::vector<std::string> unreadable() const {
    std::vector<std::string> out;
    for (const Source& s : sources_) {
      if (const Status status = s.reader.readable(); !status) out.push_back(status.error().what);
    }
    return out;
  }
  /// An error, that of the first file, when there is none of which anything can be read.
  [[nodiscard]] Status readable() const {
    const bool any = sources_.empty() || std::any_of(sources_.begin(), sources_.end(), [](const Source& s) {
                       return s.reader.readable().ok();
                     });
    return any ? good_ : sources_.front().reader.readable();
  }
  /// How many were read so far; up to one a file more than were given.
  [[nodiscard]] std::uint64_t packets() const noexcept {
    std::uint64_t sum = 0;
    for (const Source& s : sources_) sum += s.reader.packets();
    return sum;
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  struct Source {
    CaptureReader reader;
    CapturedFrame frame;  // the next of this file
  };

  MergedCapture() = default;

  /// The heap's order: its front is the earliest.
  struct Later {
    const std::vector<Source>& sources;
    [[nodiscard]] bool operator()(std::size_t a, std::size_t b) const noexcept {
      return std::pair(sources[a].frame.time_ns, a) > std::pair(sources[b].frame.time_ns, b);
    }
  };
  void advance(std::size_t i) {
    if (!sources_[i].reader.next(sources_[i].frame)) return;
    heap_.push_back(i);
    std::push_heap(heap_.begin(), heap_.end(), Later{sources_});
  }

  std::vector<Source> sources_;
  std::vector<std::size_t> heap_;  // files that have a next packet
  std::size_t given_ = none;       // the file whose packet the caller has
  Status good_ = std::monostate{};
};

}  // namespace weir::inline WEIR_ABI
