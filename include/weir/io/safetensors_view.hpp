// Reading a safetensors file that lies in memory.
//
// Everything is checked before memory is taken, and the tables take at most three times the size of the file.
// Tensors are views of the file's bytes; `try_read_into` copies one into a tensor of weir after comparing
// element type and extents. Values are not judged: a NaN is a number to a container.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/io/checksum.hpp>
#include <weir/io/dtype.hpp>
#include <weir/io/file_shape.hpp>
#include <weir/io/little_endian.hpp>
#include <weir/io/safetensors_header.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

inline constexpr std::uint64_t max_header_bytes = std::uint64_t{16} << 20;

struct ReadOptions {
  /// Refuse a file without checksum. Files of other programs have none; a checksum that is there is always
  /// verified.
  bool require_checksum = true;
  /// For reading by path.
  std::uint64_t max_file_bytes = std::uint64_t{4} << 30;
};

/// One tensor of a file, valid as long as the file's bytes and the view it came from.
struct TensorInfo {
  std::string_view name;
  Dtype dtype;
  FileShape shape;
  std::span<const std::byte> bytes;  ///< little-endian

  [[nodiscard]] std::string type() const { return std::string(name_of(dtype)) + " " + shape.str(); }
};

namespace detail {

inline constexpr std::string_view checksum_prefix = "crc64:";
inline constexpr std::size_t checksum_digits = 16;
inline constexpr std::size_t length_field = 8;

using ChecksumText = std::array<char, checksum_digits>;

inline ChecksumText to_hex(std::uint64_t value) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  ChecksumText text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = digits[(value >> (60 - 4 * i)) & 0xF];
  return text;
}

/// The checksum of a file whose checksum digits, at `digits`, count as zeros.
ChecksumText checksum_of(std::span<const std::byte> file, std::size_t digits) noexcept;

inline std::string_view text_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::uint64_t read_length(std::span<const std::byte> file) noexcept {
  std::uint64_t length = 0;
  for (unsigned i = 0; i < length_field; ++i) length |= std::to_integer<std::uint64_t>(file[i]) << (8 * i);
  return length;
}

inline Failure format_failure(std::size_t position, const std::string& reason) {
  return {ErrorKind::format, "safetensors: byte " + std::to_string(position) + ": " + reason};
}

/// Size of the header, checked against the file.
Result<std::size_t> header_size(std::span<const std::byte> file);

Status verify_checksum(std::span<const std::byte> file, const HeaderCounts& counts, bool required);

#if WEIR_BODIES

WEIR_BODY ChecksumText checksum_of(std::span<const std::byte> file, std::size_t digits) noexcept {
  constexpr ChecksumText zeros{'0', '0', '0', '0', '0', '0', '0', '0',
                               '0', '0', '0', '0', '0', '0', '0', '0'};
  Crc64 crc;
  crc.update(file.first(digits)).update(std::as_bytes(std::span(zeros)));
  return to_hex(crc.update(file.subspan(digits + checksum_digits)).value());
}

WEIR_BODY Result<std::size_t> header_size(std::span<const std::byte> file) {
  if (file.size() < length_field)
    return format_failure(file.size(), "the file ends within the header's length");
  const std::uint64_t size = read_length(file);
  if (size > max_header_bytes) {
    return format_failure(
        0, "a header of " + std::to_string(size) + " bytes; allowed are " + std::to_string(max_header_bytes));
  }
  if (size > file.size() - length_field) {
    return format_failure(0, "a header of " + std::to_string(size) + " bytes in a file of " +
                                 std::to_string(file.size()) + "; the file is cut, or no safetensors file");
  }
  return static_cast<std::size_t>(size);
}

WEIR_BODY Status verify_checksum(std::span<const std::byte> file, const HeaderCounts& counts, bool required) {
  if (!counts.checksum) {
    if (required) {
      return format_failure(length_field, "no checksum in the metadata, so it was not written by weir");
    }
    return std::monostate{};
  }
  const std::size_t at = length_field + *counts.checksum;
  const std::string_view text = text_of(file.subspan(at, counts.checksum_size));
  if (text.size() != checksum_prefix.size() + checksum_digits ||
      text.substr(0, checksum_prefix.size()) != checksum_prefix ||
      text.find_first_not_of("0123456789abcdef", checksum_prefix.size()) != std::string_view::npos) {
    return format_failure(at, "the checksum is not 'crc64:' and 16 lower-case hexadecimal digits");
  }
  const ChecksumText actual = checksum_of(file, at + checksum_prefix.size());
  if (!std::equal(actual.begin(), actual.end(), text.begin() + checksum_prefix.size())) {
    return format_failure(at, "the file is damaged: its bytes give checksum " +
                                  std::string(actual.begin(), actual.end()) + ", it names " +
                                  std::string(text));
  }
  return std::monostate{};
}

#endif

}  // namespace detail

/// The tables of a file; refers to the file's bytes, which must outlive it.
class SafetensorsView {
 public:
  /// Tensors, in the order of their bytes.
  [[nodiscard]] std::size_t size() const noexcept { return tables_.tensors.size(); }
  [[nodiscard]] TensorInfo operator[](std::size_t i) const noexcept {
    assert(i < size());
    const detail::TensorEntry& entry = tables_.tensors[i];
    return {tables_.view(entry.name), entry.dtype, entry.shape,
            data_.subspan(static_cast<std::size_t>(entry.begin),
                          static_cast<std::size_t>(entry.end - entry.begin))};
  }
  [[nodiscard]] std::optional<TensorInfo> find(std::string_view name) const noexcept;

  /// Bytes of the tables, which live as long as the view.
  [[nodiscard]] std::size_t table_bytes() const noexcept {
    return tables_.tensors.capacity() * sizeof(detail::TensorEntry) +
           tables_.by_name.capacity() * sizeof(std::uint32_t) +
           tables_.metadata.capacity() * sizeof(detail::MetadataEntry) + tables_.text.capacity();
  }

  /// Metadata, ordered by key; the checksum is one of them.
  [[nodiscard]] std::size_t metadata_size() const noexcept { return tables_.metadata.size(); }
  [[nodiscard]] std::pair<std::string_view, std::string_view> metadata_at(std::size_t i) const noexcept {
    assert(i < metadata_size());
    const detail::MetadataEntry& entry = tables_.metadata[i];
    return {tables_.view(entry.key), tables_.view(entry.value)};
  }
  [[nodiscard]] std::optional<std::string_view> metadata(std::string_view key) const noexcept;

  /// Copies a tensor whose element type and extents are exactly those of `to`. Nothing is copied otherwise.
  template <FileScalar T>
  [[nodiscard]] Status try_read_into(std::string_view name, TensorView<T> to) const {
    const std::optional<TensorInfo> from = find(name);
    if (!from) return Failure{ErrorKind::format, "the file has no tensor '" + std::string(name) + "'"};
    const FileShape shape = file_shape(to.extents());
    const bool same_type = from->dtype == dtype_of<T>;
    if (!same_type || from->shape != shape) {
      return Failure{same_type ? ErrorKind::shape : ErrorKind::format,
                     "tensor '" + std::string(name) + "': the file holds " + from->type() + ", needed is " +
                         std::string(name_of(dtype_of<T>)) + " " + shape.str()};
    }
    detail::copy_little_endian(from->bytes, std::as_writable_bytes(to.span()).data(), sizeof(T));
    return std::monostate{};
  }
  template <FileScalar T>
  void read_into(std::string_view name, TensorView<T> to) const {
    static_cast<void>(try_read_into(name, to).value());
  }

 private:
  friend Result<SafetensorsView> try_parse_safetensors(std::span<const std::byte>, const ReadOptions&);
  SafetensorsView(detail::HeaderTables tables, std::span<const std::byte> data)
      : tables_(std::move(tables)), data_(data) {}

  detail::HeaderTables tables_;
  std::span<const std::byte> data_;
};

/// Checks the whole file and gives access to it.
Result<SafetensorsView> try_parse_safetensors(std::span<const std::byte> file,
                                              const ReadOptions& options = {});

inline SafetensorsView parse_safetensors(std::span<const std::byte> file, const ReadOptions& options = {}) {
  return try_parse_safetensors(file, options).value();
}

#if WEIR_BODIES

WEIR_BODY std::optional<TensorInfo> SafetensorsView::find(std::string_view name) const noexcept {
  const auto& order = tables_.by_name;
  const auto name_at = [&](std::uint32_t i) { return tables_.view(tables_.tensors[i].name); };
  const auto at = std::lower_bound(order.begin(), order.end(), name,
                                   [&](std::uint32_t i, std::string_view key) { return name_at(i) < key; });
  if (at == order.end() || name_at(*at) != name) return std::nullopt;
  return (*this)[*at];
}

WEIR_BODY std::optional<std::string_view> SafetensorsView::metadata(std::string_view key) const noexcept {
  const auto& entries = tables_.metadata;
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), key,
      [&](const detail::MetadataEntry& a, std::string_view b) { return tables_.view(a.key) < b; });
  if (at == entries.end() || tables_.view(at->key) != key) return std::nullopt;
  return tables_.view(at->value);
}

WEIR_BODY Result<SafetensorsView> try_parse_safetensors(std::span<const std::byte> file,
                                                        const ReadOptions& options) {
  const Result<std::size_t> header_bytes = detail::header_size(file);
  if (!header_bytes) return header_bytes.error();
  const std::string_view header = detail::text_of(file.subspan(detail::length_field, header_bytes.value()));
  const std::span<const std::byte> data = file.subspan(detail::length_field + header.size());

  const Result<detail::HeaderCounts> counts = detail::HeaderParser(header, data.size()).count();
  if (!counts) return counts.error();
  const Status sound = detail::verify_checksum(file, counts.value(), options.require_checksum);
  if (!sound) return sound.error();
  Result<detail::HeaderTables> tables = detail::HeaderParser(header, data.size()).tables(counts.value());
  if (!tables) return tables.error();
  return SafetensorsView(std::move(*tables), data);
}

#endif

}  // namespace weir::inline WEIR_ABI
