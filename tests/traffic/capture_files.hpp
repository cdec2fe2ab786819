// Captures for tests, made byte by byte: both formats, both byte orders, any clock; and gzip or zstd around
// them.
#pragma once

#include <zlib.h>
#if __has_include(<zstd.h>)
#include <zstd.h>
#endif

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <traffic/packet_bytes.hpp>

namespace capture_files {

using packet_bytes::Bytes;

/// A folder of its own that goes away with all that is in it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-capture-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and gives its path.
  [[nodiscard]] std::string file(const std::string& name, std::span<const std::byte> bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path(name));
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// Appends numbers in the byte order of the file.
struct Order {
  bool little = true;
  void put16(Bytes& out, std::uint64_t x) const {
    little ? packet_bytes::put16_little(out, x) : packet_bytes::put16(out, x);
  }
  void put32(Bytes& out, std::uint64_t x) const {
    little ? packet_bytes::put32_little(out, x) : packet_bytes::put32(out, x);
  }
};

struct Pcap {
  bool little = true;
  bool nanoseconds = false;
  int link_type = 1;
  Bytes bytes{};

  void begin() {
    const Order order{little};
    order.put32(bytes, nanoseconds ? 0xA1B23C4DU : 0xA1B2C3D4U);
    order.put16(bytes, 2);
    order.put16(bytes, 4);
    order.put32(bytes, 0);
    order.put32(bytes, 0);
    order.put32(bytes, 262'144);
    order.put32(bytes, static_cast<std::uint64_t>(link_type));
  }
  /// `fraction` in the file's unit.
  void add(std::uint32_t seconds, std::uint32_t fraction, const Bytes& frame, std::size_t wire = 0) {
    if (bytes.empty()) begin();
    const Order order{little};
    for (const std::uint64_t x :
         {std::uint64_t{seconds}, std::uint64_t{fraction}, std::uint64_t{frame.size()},
          std::uint64_t{wire == 0 ? frame.size() : wire}}) {
      order.put32(bytes, x);
    }
    packet_bytes::put(bytes, frame);
  }
};

struct Pcapng {
  bool little = true;
  Bytes bytes{};

  void block(std::uint32_t type, Bytes body) {
    const Order order{little};
    body.resize((body.size() + 3) / 4 * 4);
    order.put32(bytes, type);
    order.put32(bytes, 12 + body.size());
    packet_bytes::put(bytes, body);
    order.put32(bytes, 12 + body.size());
  }
  void section(std::uint16_t version = 1) {
    const Order order{little};
    Bytes body;
    order.put32(body, 0x1A2B3C4D);
    order.put16(body, version);
    order.put16(body, 0);
    order.put32(body, 0xFFFFFFFF);  // its length is not known
    order.put32(body, 0xFFFFFFFF);
    block(0x0A0D0D0A, std::move(body));
  }
  /// `resolution` as in option 9; -1: without the option.
  void interface(int link_type, std::uint32_t snap_length = 0, int resolution = -1, std::int64_t offset = 0) {
    const Order order{little};
    Bytes body;
    order.put16(body, static_cast<std::uint64_t>(link_type));
    order.put16(body, 0);
    order.put32(body, snap_length);
    if (resolution >= 0) {
      order.put16(body, 9);
      order.put16(body, 1);
      packet_bytes::put32(body, static_cast<std::uint64_t>(resolution) << 24);
    }
    if (offset != 0) {
      const auto bits = static_cast<std::uint64_t>(offset);
      order.put16(body, 14);
      order.put16(body, 8);
      order.put32(body, little ? bits & 0xFFFFFFFF : bits >> 32);
      order.put32(body, little ? bits >> 32 : bits & 0xFFFFFFFF);
    }
    order.put32(body, 0);
    block(1, std::move(body));
  }
  void packet(std::uint32_t interface, std::uint64_t ticks, const Bytes& frame, std::size_t wire = 0) {
    const Order order{little};
    Bytes body;
    order.put32(body, interface);
    order.put32(body, ticks >> 32);
    order.put32(body, ticks & 0xFFFFFFFF);
    order.put32(body, frame.size());
    order.put32(body, wire == 0 ? frame.size() : wire);
    packet_bytes::put(body, frame);
    block(6, std::move(body));
  }
  void obsolete_packet(std::uint16_t interface, std::uint64_t ticks, const Bytes& frame) {
    const Order order{little};
    Bytes body;
    order.put16(body, interface);
    order.put16(body, 0);
    order.put32(body, ticks >> 32);
    order.put32(body, ticks & 0xFFFFFFFF);
    order.put32(body, frame.size());
    order.put32(body, frame.size());
    packet_bytes::put(body, frame);
    block(2, std::move(body));
  }
  void simple_packet(std::uint32_t wire, const Bytes& frame) {
    Bytes body;
    Order{little}.put32(body, wire);
    packet_bytes::put(body, frame);
    block(3, std::move(body));
  }
};

[[nodiscard]] inline Bytes gzip(Bytes in) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  Bytes out(deflateBound(&z, static_cast<uLong>(in.size())) + 64);
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

#if __has_include(<zstd.h>)
/// A frame with its checksum, as the program zstd makes them.
[[nodiscard]] inline Bytes zstd(const Bytes& in) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  Bytes out(ZSTD_compressBound(in.size()));
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), in.data(), in.size());
  ZSTD_freeCCtx(context);
  if (ZSTD_isError(size) != 0) throw std::runtime_error("libzstd");
  out.resize(size);
  return out;
}
#endif

}  // namespace capture_files
