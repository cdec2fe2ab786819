// One capture: a file or an interface. See <weir/traffic/capture.hpp>.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/capture_content.hpp>
#include <weir/traffic/capture/captured_frame.hpp>
#include <weir/traffic/capture/filter.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/capture/pcapng.hpp>
#include <weir/traffic/capture/unpacker.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <pcap/pcap.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

struct CaptureOptions {
  std::string filter{};  ///< in libpcap's language, "tcp port 80"; empty: all packets
  ParseOptions parse{};
  Unpacking unpacking = unpack_gzip;  ///< unpack_zstd (unzstd.hpp) reads zstd, too
};

struct LiveOptions {
  std::string filter{};
  ParseOptions parse{};
  int snap_length = 262'144;    ///< bytes kept of a frame
  bool promiscuous = true;      ///< also frames for others
  int timeout_ms = 100;         ///< how long `next` waits for a packet
  int buffer_bytes = 16 << 20;  ///< of the kernel's, for packets that wait
};

/// Packets of an interface since it was opened.
struct LiveCounts {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;  ///< by the kernel, because they were not taken in time, or by the interface
};

namespace detail {

/// Nanoseconds, whatever stands in the file: hostile time stamps reach the ends of the range, not beyond. The
/// seconds of a pcap file have 32 bits without a sign, which libpcap reads with one.
[[nodiscard]] inline std::int64_t time_of(const pcap_pkthdr& header, bool nanoseconds, bool live) noexcept {
  constexpr std::int64_t limit = 9'000'000'000;  // seconds
  const std::int64_t given = header.ts.tv_sec;
  const std::int64_t seconds = live ? given : static_cast<std::uint32_t>(given & 0xFFFFFFFF);
  const std::int64_t fraction = std::clamp<std::int64_t>(header.ts.tv_usec, -limit, limit);
  return std::clamp(seconds, -limit, limit) * 1'000'000'000 + fraction * (nanoseconds ? 1 : 1'000);
}

}  // namespace detail

class CaptureReader {
 public:
  /// A pcap or pcapng file, plain or packed; "-" is standard input.
  [[nodiscard]] static Result<CaptureReader> try_open(const std::string& path,
                                                      const CaptureOptions& options = {}) {
    std::FILE* const stream = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
    if (stream == nullptr) return Failure{ErrorKind::io, path + ": cannot open: " + std::strerror(errno)};
    std::setvbuf(stream, nullptr, _IOFBF, buffer_bytes);
    Result<CaptureReader> reader = try_open(stream, path, options);
    if (reader.ok() || reader.error().kind != ErrorKind::format) return reader;
    return Failure{ErrorKind::format, reader.error().what + content_of(path, options.unpacking)};
  }
  /// A stream that is open already, a pipe or memory; it is closed at the end. `name` is for messages.
  [[nodiscard]] static Result<CaptureReader> try_open(std::FILE* stream, const std::string& name,
                                                      const CaptureOptions& options = {}) {
    CaptureReader reader(name, options.parse);
    if (Status status = reader.take_stream(stream, options.unpacking); !status) return status.error();
    const Status status = detail::first_byte(reader.file_.get()) == 0x0A ? reader.start_pcapng(options.filter)
                                                                         : reader.start_pcap(options.filter);
    if (!status.ok()) return status.error();
    return reader;
  }
  [[nodiscard]] static CaptureReader open(const std::string& path, const CaptureOptions& options = {}) {
    return try_open(path, options).value();
  }

  /// An interface, "eth0"; the system may ask for special rights.
  [[nodiscard]] static Result<CaptureReader> try_open_live(const std::string& interface,
                                                           const LiveOptions& options = {}) {
    CaptureReader reader(interface, options.parse);
    if (Status status = reader.activate(options); !status) return status.error();
    if (Status status = reader.set_filter(options.filter); !status) return status.error();
    return reader;
  }
  [[nodiscard]] static CaptureReader open_live(const std::string& interface,
                                               const LiveOptions& options = {}) {
    return try_open_live(interface, options).value();
  }

  /// The next frame. False: there is none. Of a file that is the end, and `status()` tells whether it is the
  /// right one; an interface may have been quiet for `timeout_ms`, unless `ended()`.
  bool next(CapturedFrame& out) {
    if (ended_) return false;
    if (stopped_->load(std::memory_order_relaxed)) return end("");
    if (pcapng_ ? !next_of_pcapng(out) : !next_of_pcap(out)) return false;
    ++packets_;
    if (!link_type::is_known(out.link_type)) {
      left_out_.add(out.link_type, not_known);
    } else {
      any_known_ = true;
    }
    return true;
  }

  /// The same, parsed. A frame that cannot be parsed is given, too, with its time and lengths (parse.hpp).
  bool next(Packet& out) {
    CapturedFrame frame;
    if (!next(frame)) return false;
    parse(frame, out);
    return true;
  }
  /// A frame of this capture as a packet, counted where nothing could be told of it.
  void parse(const CapturedFrame& frame, Packet& out) {
    const bool whole =
        parse_packet(out, frame.link_type, frame.bytes, frame.wire_length, frame.time_ns, parse_);
    if (!link_type::is_known(frame.link_type)) return;  // has been counted
    if (const std::string why = detail::why_unread(out, whole); !why.empty())
      left_out_.add(out.link_type, why);
  }

  /// Makes `next` return false for good, also from another thread or from a signal handler.
  void stop() noexcept {
    stopped_->store(true, std::memory_order_relaxed);
    if (pcap_) pcap_breakloop(pcap_.get());
  }

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// An error where the file was cut or is damaged, or the interface failed. All before it was readable.
  [[nodiscard]] const Status& status() const noexcept { return status_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// A pcapng file has one for each interface, and this is that of the first.
  [[nodiscard]] int link_type() const noexcept { return link_type_; }
  /// How many were given so far.
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  /// Frames so far of which nothing but time and lengths could be told, and those that were not given at all.
  [[nodiscard]] LeftOut left_out() const {
    LeftOut all = left_out_;
    if (pcapng_) all.add(pcapng_->left_out());
    return all;
  }
  /// Of a pcap file and an interface their only link type decides; of a pcapng file the frames that have
  /// come: an error when it has ended and none of them could be parsed.
  [[nodiscard]] Status readable() const {
    if (pcapng_ ? any_known_ || !ended_ : link_type::is_known(link_type_)) return std::monostate{};
    const LeftOut all = left_out();
    if (pcapng_ && all.frames() == 0) return std::monostate{};
    return Failure{ErrorKind::format,
                   name_ + ": no packet of it can be read: " +
                       (pcapng_ ? all.text() : link_type_text(link_type_) + " is not known")};
  }

  /// Zeros for a file.
  [[nodiscard]] LiveCounts live_counts() const noexcept {
    pcap_stat counts{};
    if (!live_ || pcap_stats(pcap_.get(), &counts) != 0) return {};
    return {counts.ps_recv, std::uint64_t{counts.ps_drop} + counts.ps_ifdrop};
  }

 private:
  static constexpr const char* not_known = "is not known";
  static constexpr std::size_t buffer_bytes = std::size_t{64} << 10;  // fewer calls of the system

  struct Close {
    void operator()(std::FILE* file) const noexcept {
      if (file != stdin) std::fclose(file);
    }
  };

  CaptureReader(std::string name, const ParseOptions& parse) : name_(std::move(name)), parse_(parse) {}

  Status take_stream(std::FILE* stream, Unpacking unpacking) {
    file_.reset(stream);
    std::unique_ptr<detail::Unpacker> unpacker = unpacking(stream);
    if (!unpacker) return std::monostate{};
    static_cast<void>(file_.release());
    unpacker_ = unpacker.get();
    file_.reset(detail::open_stream(unpacker));
    if (!file_) return Failure{ErrorKind::io, name_ + ": cannot unpack files on this system"};
    std::setvbuf(file_.get(), nullptr, _IOFBF, buffer_bytes);
    return std::monostate{};
  }

  /// What a file holds that is no capture, as the end of a message; nothing when that cannot be told.
  static std::string content_of(const std::string& path, Unpacking unpacking) {
    const std::optional<ContentKind> kind = capture_content(path, unpacking);
    if (!kind || is_capture(*kind)) return {};
    return "; it looks like " + std::string(description(*kind)) + ", not like a capture (pcap, pcapng)";
  }

  /// libpcap takes the stream when it accepts its beginning.
  Status start_pcap(const std::string& filter) {
    std::array<char, PCAP_ERRBUF_SIZE> text{};
    pcap_.reset(
        pcap_fopen_offline_with_tstamp_precision(file_.get(), PCAP_TSTAMP_PRECISION_NANO, text.data()));
    if (!pcap_) return Failure{ErrorKind::format, name_ + ": " + reason(text.data())};
    static_cast<void>(file_.release());
    nanoseconds_ = true;
    link_type_ = pcap_datalink(pcap_.get());
    return set_filter(filter);
  }

  Status start_pcapng(const std::string& filter) {
    pcapng_ = std::make_unique<detail::PcapngFile>(file_.get());
    if (!pcapng_->read_start()) {
      return Failure{ErrorKind::format, name_ + ": " + reason(pcapng_->failure())};
    }
    link_type_ = pcapng_->link_type();
    filter_ = detail::FrameFilter(filter);
    return named(filter_.check(link_type_));
  }
  [[nodiscard]] Status named(const Status& status) const {
    return status.ok() ? status : Failure{status.error().kind, name_ + ": " + status.error().what};
  }

  Status activate(const LiveOptions& options) {
    std::array<char, PCAP_ERRBUF_SIZE> text{};
    pcap_.reset(pcap_create(name_.c_str(), text.data()));
    if (!pcap_) return Failure{ErrorKind::io, name_ + ": " + text.data()};
    pcap_set_snaplen(pcap_.get(), options.snap_length);
    pcap_set_promisc(pcap_.get(), options.promiscuous ? 1 : 0);
    pcap_set_timeout(pcap_.get(), options.timeout_ms);
    pcap_set_buffer_size(pcap_.get(), options.buffer_bytes);
    nanoseconds_ = pcap_set_tstamp_precision(pcap_.get(), PCAP_TSTAMP_PRECISION_NANO) == 0;
    if (const int code = pcap_activate(pcap_.get()); code < 0) {
      const std::string detail = pcap_geterr(pcap_.get());
      return Failure{ErrorKind::io, name_ + ": " + pcap_statustostr(code) +
                                        (detail.empty() ? std::string() : ": " + detail)};
    }
    if (pcap_setnonblock(pcap_.get(), 1, text.data()) != 0) {
      return Failure{ErrorKind::io, name_ + ": " + text.data()};
    }
    link_type_ = pcap_datalink(pcap_.get());
    timeout_ms_ = std::max(options.timeout_ms, 0);
    live_ = true;
    return std::monostate{};
  }

  Status set_filter(const std::string& filter) {
    if (filter.empty()) return std::monostate{};
    bpf_program program{};
    if (pcap_compile(pcap_.get(), &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
      const std::string why = pcap_geterr(pcap_.get());
      if (Status status = detail::FrameFilter(filter).check_for(link_type_); !status) return named(status);
      return Failure{ErrorKind::config, name_ + ": filter \"" + filter + "\": " + why};
    }
    const int code = pcap_setfilter(pcap_.get(), &program);
    pcap_freecode(&program);
    if (code != 0) return Failure{ErrorKind::io, name_ + ": filter: " + pcap_geterr(pcap_.get())};
    return std::monostate{};
  }

  bool next_of_pcap(CapturedFrame& out) {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    int code = pcap_next_ex(pcap_.get(), &header, &bytes);
    if (code == 0) {
      wait();
      code = pcap_next_ex(pcap_.get(), &header, &bytes);
    }
    if (code == 0) return false;  // an interface was quiet
    if (code != 1) return end(code == PCAP_ERROR_BREAK ? "" : pcap_geterr(pcap_.get()));
    out.time_ns = detail::time_of(*header, nanoseconds_, live_);
    out.link_type = link_type_;
    out.wire_length = header->len;
    out.bytes = {reinterpret_cast<const std::byte*>(bytes), header->caplen};
    return true;
  }

  /// Until something comes, at most `timeout_ms`. libpcap's own time-out may wait for ever on a quiet link.
  void wait() noexcept {
    pollfd ready{pcap_get_selectable_fd(pcap_.get()), POLLIN, 0};
    poll(&ready, 1, timeout_ms_);
  }

  bool next_of_pcapng(CapturedFrame& out) {
    while (pcapng_->next(out)) {
      switch (filter_.judge(out)) {
        case detail::FrameFilter::Verdict::passes: return true;
        case detail::FrameFilter::Verdict::stays:
          any_known_ = any_known_ || link_type::is_known(out.link_type);
          break;
        case detail::FrameFilter::Verdict::impossible:
          left_out_.add(out.link_type, link_type::is_known(out.link_type)
                                           ? filter_.why_impossible(out.link_type)
                                           : std::string(not_known));
          break;
      }
    }
    return end(pcapng_->failure());
  }

  /// What libpcap says of the file, or what is wrong with the packed data that it was given.
  [[nodiscard]] std::string reason(const std::string& text) const {
    return unpacker_ != nullptr && unpacker_->failure() != nullptr ? unpacker_->failure() : text;
  }

  /// With nothing to say it is the right end.
  bool end(const std::string& text) {
    ended_ = true;
    const std::string why = reason(text);
    if (why.empty()) return false;
    status_ = Failure{live_ ? ErrorKind::io : ErrorKind::format,
                      name_ + ": behind packet " + std::to_string(packets_) + ": " + why};
    return false;
  }

  std::string name_;
  ParseOptions parse_;
  const detail::Unpacker* unpacker_ = nullptr;  // owned by the stream that is read
  std::unique_ptr<std::FILE, Close> file_;      // of pcapng; libpcap owns its own
  detail::PcapHandle pcap_;                     // of pcap and of interfaces
  std::unique_ptr<detail::PcapngFile> pcapng_;
  detail::FrameFilter filter_;  // of pcapng
  std::unique_ptr<std::atomic<bool>> stopped_ = std::make_unique<std::atomic<bool>>(false);
  LeftOut left_out_;
  bool any_known_ = false;  // a frame of a link type that is known has come, whether it passed or not
  std::uint64_t packets_ = 0;
  int link_type_ = 0;
  int timeout_ms_ = 0;
  bool nanoseconds_ = false;
  bool live_ = false;
  bool ended_ = false;
  Status status_ = std::monostate{};
};

}  // namespace weir::inline WEIR_ABI
