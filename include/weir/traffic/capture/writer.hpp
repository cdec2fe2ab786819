// Writes a capture: pcap with nanoseconds, in this machine's byte order. Needs no library. It goes to a file,
// or wherever a function puts the bytes.
//
//   CaptureWriter writer = CaptureWriter::create("out.pcap", link_type::ethernet);
//   while (reader.next(packet)) writer.write(packet);
//   static_cast<void>(writer.close().value());   // throws when not all of it was written
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/link.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

class CaptureWriter {
 public:
  /// Readers refuse longer frames; the rest of one is left out, its wire length kept.
  static constexpr std::uint32_t max_frame = 262'144;

  [[nodiscard]] static Result<CaptureWriter> try_create(const std::string& path, int link_type) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return Failure{ErrorKind::io, path + ": cannot write: " + std::strerror(errno)};
    std::setvbuf(file, nullptr, _IOFBF, std::size_t{256} << 10);
    CaptureWriter writer(file, {}, path, link_type);
    if (!writer.status_) return writer.status_.error();
    return writer;
  }
  [[nodiscard]] static CaptureWriter create(const std::string& path, int link_type) {
    return try_create(path, link_type).value();
  }

  /// Takes the file's bytes in the order of the file and says whether that went well.
  using Sink = std::function<Status(std::span<const std::byte>)>;
  /// `name` is what messages call it. `status()` tells whether the file's head has been written.
  CaptureWriter(Sink sink, std::string name, int link_type)
      : CaptureWriter(nullptr, std::move(sink), std::move(name), link_type) {}

  /// False after the first failure; `status()` tells it. The file has one link type, so that is not looked
  /// at.
  bool write(const CapturedFrame& frame) {
    if (!status_.ok()) return false;
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t seconds = frame.time_ns / second;
    if (frame.time_ns < 0 || seconds > std::numeric_limits<std::uint32_t>::max()) {
      return refuse(ErrorKind::data, "a pcap file knows no time before 1970 or after 2106");
    }
    const auto captured = static_cast<std::uint32_t>(std::min<std::size_t>(frame.bytes.size(), max_frame));
    const std::array<std::uint32_t, 4> header{static_cast<std::uint32_t>(seconds),
                                              static_cast<std::uint32_t>(frame.time_ns % second), captured,
                                              std::max(frame.wire_length, captured)};
    put(header.data(), sizeof header);
    put(frame.bytes.data(), captured);
    if (status_.ok()) ++packets_;
    return status_.ok();
  }
  bool write(const Packet& p) { return write(CapturedFrame{p.time_ns, p.link_type, p.wire_length, p.frame}); }

  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] const Status& status() const noexcept { return status_; }

  /// Writes out what is still in memory and closes the file. Without it the destructor does, silently. A
  /// sink's owner ends the sink.
  Status close() {
    if (file_ && std::fclose(file_.release()) != 0) refuse(ErrorKind::io, std::strerror(errno));
    return status_;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  CaptureWriter(std::FILE* file, Sink sink, std::string path, int link_type)
      : file_(file), sink_(std::move(sink)), path_(std::move(path)) {
    const auto type = static_cast<std::uint32_t>(number_in_files(link_type));
    constexpr std::uint32_t nanoseconds = 0xA1B2'3C4D;
    constexpr std::uint16_t version[2] = {2, 4};
    std::array<std::uint32_t, 6> header{nanoseconds, 0, 0, 0, max_frame, type};
    std::memcpy(&header[1], version, sizeof version);
    put(header.data(), sizeof header);
  }

  /// Some links have a number of their own in files, because the systems gave them different ones.
  [[nodiscard]] static int number_in_files(int link_type) noexcept {
    if (link_type == link_type::raw || link_type == link_type::raw_bsd) return link_type::raw_file;
    return link_type == link_type::atm_llc ? link_type::atm_llc_file : link_type;
  }

  void put(const void* data, std::size_t size) {
    if (!status_.ok() || size == 0) return;
    if (!file_) {
      const Status taken = sink_({static_cast<const std::byte*>(data), size});
      if (!taken) status_ = taken.error();
    } else if (std::fwrite(data, 1, size, file_.get()) != size) {
      refuse(ErrorKind::io, std::strerror(errno));
    }
  }
  bool refuse(ErrorKind kind, const std::string& why) {
    if (status_.ok()) {
      status_ = Failure{kind, path_ + ": behind packet " + std::to_string(packets_) + ": " + why};
    }
    return false;
  }

  std::unique_ptr<std::FILE, Close> file_;  // none: there is a sink
  Sink sink_;
  std::string path_;
  std::uint64_t packets_ = 0;
  Status status_ = std::monostate{};
};

}  // namespace weir::inline WEIR_ABI
