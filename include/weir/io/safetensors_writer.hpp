// Writing a safetensors file. The same content always gives the same bytes: metadata ordered by key; tensors
// by the size of their elements, larger first (so that each is aligned), then in the order of adding; no
// space in the header but behind it, so that the data starts at a multiple of 64 bytes.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_text.hpp>
#include <weir/core/tensor.hpp>
#include <weir/io/dtype.hpp>
#include <weir/io/file_shape.hpp>
#include <weir/io/little_endian.hpp>
#include <weir/io/safetensors_view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Collects what goes into a file. The values of tensors are not copied before `try_bytes`.
class SafetensorsWriter {
 public:
  template <class T>
  requires FileScalar<std::remove_const_t<T>>
  void add(std::string name, TensorView<T> values) {
    using Scalar = std::remove_const_t<T>;
    add_item({std::move(name), dtype_of<Scalar>, file_shape(values.extents()), std::as_bytes(values.span()),
              sizeof(Scalar)});
  }
  /// Bytes as they are to stand in the file, of any type.
  void add(std::string name, Dtype dtype, const FileShape& shape, std::span<const std::byte> bytes) {
    add_item({std::move(name), dtype, shape, bytes, 1});
  }
  void set_metadata(std::string key, std::string value) {
    metadata_.insert_or_assign(std::move(key), std::move(value));
  }

  /// The file. What the reader would refuse is refused here: names twice, more than 8 extents, not UTF-8.
  [[nodiscard]] Result<std::vector<std::byte>> try_bytes(bool with_checksum = true) const;
  [[nodiscard]] std::vector<std::byte> bytes(bool with_checksum = true) const {
    return try_bytes(with_checksum).value();
  }

 private:
  struct Item {
    std::string name;
    Dtype dtype;
    FileShape shape;
    std::span<const std::byte> bytes;
    std::size_t swap_size;  ///< size of the elements to be brought into the file's byte order
  };
  struct Header {
    std::string text;
    std::size_t checksum = 0;  ///< position of the digits in the text
  };

  void add_item(Item item) {
    const auto before =
        std::upper_bound(items_.begin(), items_.end(), item,
                         [](const Item& a, const Item& b) { return bits_of(a.dtype) > bits_of(b.dtype); });
    items_.insert(before, std::move(item));
  }

  [[nodiscard]] Header header(bool with_checksum) const;
  void append_metadata(Header& header, bool with_checksum) const;
  void append_tensor(std::string& out, const Item& item, std::size_t begin) const;
  [[nodiscard]] std::vector<std::byte> assemble(const std::string& header) const;

  std::vector<Item> items_;
  std::map<std::string, std::string> metadata_;
};

#if WEIR_BODIES

WEIR_BODY void SafetensorsWriter::append_metadata(Header& header, bool with_checksum) const {
  std::map<std::string_view, std::string_view> entries(metadata_.begin(), metadata_.end());
  const std::string empty_checksum =
      std::string(detail::checksum_prefix) + std::string(detail::checksum_digits, '0');
  if (with_checksum) entries[detail::checksum_key] = empty_checksum;
  if (entries.empty()) return;
  append_json_string(header.text, detail::metadata_name);
  header.text += ":{";
  for (const auto& [key, value] : entries) {
    append_json_string(header.text, key);
    header.text += ':';
    append_json_string(header.text, value);
    if (key == detail::checksum_key) header.checksum = header.text.size() - 1 - detail::checksum_digits;
    header.text += ',';
  }
  header.text.back() = '}';
  header.text += ',';
}

WEIR_BODY void SafetensorsWriter::append_tensor(std::string& out, const Item& item, std::size_t begin) const {
  append_json_string(out, item.name);
  out.append(":{\"dtype\":\"").append(name_of(item.dtype)).append("\",\"shape\":[");
  for (std::size_t i = 0; i < item.shape.rank; ++i) {
    if (i > 0) out += ',';
    out += std::to_string(item.shape.extents[i]);
  }
  out.append("],\"data_offsets\":[").append(std::to_string(begin)).append(",");
  out.append(std::to_string(begin + item.bytes.size())).append("]},");
}

WEIR_BODY SafetensorsWriter::Header SafetensorsWriter::header(bool with_checksum) const {
  Header header;
  header.text = "{";
  append_metadata(header, with_checksum);
  std::size_t begin = 0;
  for (const Item& item : items_) {
    append_tensor(header.text, item, begin);
    begin += item.bytes.size();
  }
  if (header.text.size() > 1) header.text.pop_back();  // the last comma
  header.text += '}';
  const std::size_t used = (detail::length_field + header.text.size()) % alignment;
  if (used != 0) header.text.append(alignment - used, ' ');
  return header;
}

WEIR_BODY std::vector<std::byte> SafetensorsWriter::assemble(const std::string& header) const {
  std::size_t size = detail::length_field + header.size();
  for (const Item& item : items_) size += item.bytes.size();
  std::vector<std::byte> file(size);
  for (unsigned i = 0; i < detail::length_field; ++i) {
    file[i] = static_cast<std::byte>(static_cast<std::uint64_t>(header.size()) >> (8 * i));
  }
  std::byte* to = file.data() + detail::length_field;
  const auto text = std::as_bytes(std::span(header));
  to = std::copy(text.begin(), text.end(), to);
  for (const Item& item : items_) {
    detail::copy_little_endian(item.bytes, to, item.swap_size);
    to += item.bytes.size();
  }
  return file;
}

WEIR_BODY Result<std::vector<std::byte>> SafetensorsWriter::try_bytes(bool with_checksum) const {
  if (metadata_.contains(std::string(detail::checksum_key))) {
    return Failure{ErrorKind::config, "metadata 'weir.checksum' is set by the writer, not by its user"};
  }
  const Header parts = header(with_checksum);
  std::vector<std::byte> file = assemble(parts.text);
  if (with_checksum) {
    const std::size_t digits = detail::length_field + parts.checksum;
    const detail::ChecksumText text = detail::checksum_of(file, digits);
    std::copy_n(std::as_bytes(std::span(text)).begin(), text.size(),
                file.begin() + static_cast<std::ptrdiff_t>(digits));
  }
  // Nothing leaves that could not be read again.
  const Result<SafetensorsView> check = try_parse_safetensors(file, {.require_checksum = with_checksum});
  if (!check) return Failure{check.error().kind, "cannot be written: " + check.error().what};
  return file;
}

#endif

}  // namespace weir::inline WEIR_ABI
