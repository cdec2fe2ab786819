// Images and their labels in the IDX format (Y. LeCun, the MNIST database): a big-endian header, then one
// byte a value.
//
//   images   00 00 08 03 | count | rows | columns | count * rows * columns pixels, row by row
//   labels   00 00 08 01 | count | count labels
//
// The last byte of the magic number is how many extents follow, the byte before it the type: 08, bytes.
//
//   IdxImages images = read_idx_images("train-images-idx3-ubyte.gz", open_any);
//   std::vector<std::uint8_t> labels = read_idx_labels("train-labels-idx1-ubyte.gz", open_any);
//
// A header may claim any size. Memory is taken as bytes arrive, so a file takes no more than a small multiple
// of what it holds; a file that holds more or less than its header says is refused, with the byte.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct IdxImages {
  std::size_t count = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint8_t> pixels{};  ///< image by image, each row by row

  /// Pixels of an image.
  [[nodiscard]] std::size_t size() const noexcept { return rows * columns; }
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t i) const noexcept {
    return std::span(pixels).subspan(i * size(), size());
  }
  friend bool operator==(const IdxImages&, const IdxImages&) = default;
};

namespace detail {

class IdxReader {
 public:
  explicit IdxReader(ByteSource& source) : source_(source) {}

  /// The extents of a file of bytes; there must be `rank` of them.
  template <std::size_t rank>
  [[nodiscard]] Result<std::array<std::uint64_t, rank>> extents() {
    std::array<std::uint8_t, 4 * (rank + 1)> bytes{};
    const Result<std::size_t> got = read_into(bytes);
    if (!got) return got.error();
    const std::string_view head(reinterpret_cast<const char*>(bytes.data()), got.value());
    if (got.value() >= 4 && word(bytes, 0) != 0x0800 + rank) return wrong(0, other_content<rank>(head));
    if (got.value() < bytes.size()) return wrong(position_, "the file ends within the header");
    std::array<std::uint64_t, rank> result{};
    for (std::size_t i = 0; i < rank; ++i) result[i] = word(bytes, i + 1);
    return result;
  }

  /// The bytes that follow, `count` of them and then the end.
  [[nodiscard]] Result<std::vector<std::uint8_t>> values(std::uint64_t count) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < count) {
      const std::size_t had = bytes.size();
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count - had, piece));
      bytes.resize(had + wanted);
      const Result<std::size_t> got = read_into(std::span(bytes).subspan(had));
      if (!got) return got.error();
      if (got.value() < wanted) {
        return wrong(position_,
                     "the file ends, and its header promises " + std::to_string(count) + " values");
      }
    }
    std::array<std::uint8_t, 1> more{};
    const Result<std::size_t> got = read_into(more);
    if (!got) return got.error();
    if (got.value() > 0) return wrong(position_ - 1, "the file goes on behind its last value");
    return bytes;
  }

  [[nodiscard]] Failure wrong(std::uint64_t position, const std::string& what) const {
    return {ErrorKind::format, source_.name() + ": byte " + std::to_string(position) + ": " + what};
  }

 private:
  [[nodiscard]] static std::uint64_t word(std::span<const std::uint8_t> bytes, std::size_t index) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.subspan(4 * index, 4)) value = value << 8 | byte;
    return value;
  }

  /// What there is in place of a file of this rank.
  template <std::size_t rank>
  [[nodiscard]] static std::string other_content(std::string_view head) {
    std::string text = "the magic number is not that of IDX ";
    text += rank == 1 ? "labels (00 00 08 01)" : "images (00 00 08 03)";
    if (head.starts_with(std::string_view("\0\0\x08\x01", 4))) return text + "; these are IDX labels";
    if (head.starts_with(std::string_view("\0\0\x08\x03", 4))) return text + "; these are IDX images";
    return text.append("; it looks like ").append(description(content_kind(head)));
  }

  /// Fills `out`, less only at the end of the file.
  [[nodiscard]] Result<std::size_t> read_into(std::span<std::uint8_t> out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
      const std::span<std::uint8_t> rest = out.subspan(filled);
      const Result<std::size_t> count =
          source_.read(std::span<char>(reinterpret_cast<char*>(rest.data()), rest.size()));
      if (!count) return count.error();
      if (count.value() == 0) break;
      filled += count.value();
    }
    position_ += filled;
    return filled;
  }

  ByteSource& source_;
  std::uint64_t position_ = 0;
};

}  // namespace detail

[[nodiscard]] Result<IdxImages> try_read_idx_images(ByteSource& source);

[[nodiscard]] Result<std::vector<std::uint8_t>> try_read_idx_labels(ByteSource& source);

[[nodiscard]] Result<IdxImages> try_read_idx_images(const std::string& path, Opener open = &open_file);
[[nodiscard]] Result<std::vector<std::uint8_t>> try_read_idx_labels(const std::string& path,
                                                                    Opener open = &open_file);

/// As `try_read_idx_images`; throws IoError or FormatError.
[[nodiscard]] inline IdxImages read_idx_images(const std::string& path, Opener open = &open_file) {
  return try_read_idx_images(path, open).value();
}
/// As `try_read_idx_labels`; throws IoError or FormatError.
[[nodiscard]] inline std::vector<std::uint8_t> read_idx_labels(const std::string& path,
                                                               Opener open = &open_file) {
  return try_read_idx_labels(path, open).value();
}

#if WEIR_BODIES

WEIR_BODY Result<IdxImages> try_read_idx_images(ByteSource& source) {
  detail::IdxReader reader(source);
  const auto extents = reader.extents<3>();
  if (!extents) return extents.error();
  const auto [count, rows, columns] = extents.value();
  if (rows == 0 || columns == 0) return reader.wrong(8, "images without pixels");
  // Of three factors below 2^32, two always fit into 64 bits.
  const std::uint64_t size = rows * columns;
  if (count > std::numeric_limits<std::uint64_t>::max() / size)
    return reader.wrong(4, "more values than 64 bits can count");
  Result<std::vector<std::uint8_t>> pixels = reader.values(count * size);
  if (!pixels) return pixels.error();
  return IdxImages{static_cast<std::size_t>(count), static_cast<std::size_t>(rows),
                   static_cast<std::size_t>(columns), std::move(*pixels)};
}

WEIR_BODY Result<std::vector<std::uint8_t>> try_read_idx_labels(ByteSource& source) {
  detail::IdxReader reader(source);
  const auto extents = reader.extents<1>();
  if (!extents) return extents.error();
  return reader.values(extents.value()[0]);
}

WEIR_BODY Result<IdxImages> try_read_idx_images(const std::string& path, Opener open) {
  Result<std::unique_ptr<ByteSource>> source = open(path);
  if (!source) return source.error();
  return try_read_idx_images(*source.value());
}

WEIR_BODY Result<std::vector<std::uint8_t>> try_read_idx_labels(const std::string& path, Opener open) {
  Result<std::unique_ptr<ByteSource>> source = open(path);
  if (!source) return source.error();
  return try_read_idx_labels(*source.value());
}

#endif

}  // namespace weir::inline WEIR_ABI
