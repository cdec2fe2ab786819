// safetensors files: named tensors and string metadata in one file that other programs can open
// (https://github.com/huggingface/safetensors). docs/model_format.md describes what weir adds and refuses.
//
//   8 bytes   N, the size of the header, little-endian
//   N bytes   JSON: {"__metadata__":{"key":"value"},"name":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
//   the rest  the elements, little-endian, without holes
//
//   SafetensorsWriter writer;
//   writer.add("dense.weight", weight.view());
//   writer.set_metadata("weir.format", "1");
//   write_safetensors("ids.weir", writer);
//
//   SafetensorsFile file = read_safetensors("ids.weir");
//   file->read_into("dense.weight", weight.view());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/atomic_file.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/io/safetensors_writer.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A file in memory with its tables. Movable; views of it stay valid when it is moved.
class SafetensorsFile {
 public:
  SafetensorsFile(SafetensorsFile&&) noexcept = default;
  SafetensorsFile& operator=(SafetensorsFile&&) noexcept = default;
  SafetensorsFile(const SafetensorsFile&) = delete;  // the copy's views would look into the original
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;
  ~SafetensorsFile() = default;

  [[nodiscard]] const SafetensorsView& view() const noexcept { return view_; }
  [[nodiscard]] const SafetensorsView* operator->() const noexcept { return &view_; }

 private:
  friend Result<SafetensorsFile> try_read_safetensors(const std::string&, const ReadOptions&);
  SafetensorsFile(std::vector<std::byte> bytes, SafetensorsView view) noexcept
      : bytes_(std::move(bytes)), view_(std::move(view)) {}

  std::vector<std::byte> bytes_;
  SafetensorsView view_;
};

Result<SafetensorsFile> try_read_safetensors(const std::string& path, const ReadOptions& options = {});

inline SafetensorsFile read_safetensors(const std::string& path, const ReadOptions& options = {}) {
  return try_read_safetensors(path, options).value();
}

/// Replaces the file at `path`, atomically and durably.
inline Status try_write_safetensors(const std::string& path, const SafetensorsWriter& writer) {
  const Result<std::vector<std::byte>> bytes = writer.try_bytes();
  if (!bytes) return Failure{bytes.error().kind, "'" + path + "': " + bytes.error().what};
  return try_write_file(path, bytes.value());
}

inline void write_safetensors(const std::string& path, const SafetensorsWriter& writer) {
  static_cast<void>(try_write_safetensors(path, writer).value());
}

#if WEIR_BODIES

WEIR_BODY Result<SafetensorsFile> try_read_safetensors(const std::string& path, const ReadOptions& options) {
  Result<std::vector<std::byte>> bytes = try_read_file(path, options.max_file_bytes);
  if (!bytes) return bytes.error();
  Result<SafetensorsView> view = try_parse_safetensors(*bytes, options);
  if (!view) return Failure{view.error().kind, "'" + path + "': " + view.error().what};
  return SafetensorsFile(std::move(*bytes), std::move(*view));
}

#endif

}  // namespace weir::inline WEIR_ABI
