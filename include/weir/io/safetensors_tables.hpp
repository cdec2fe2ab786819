// What is kept of a safetensors header: flat tables that refer to one block of text, so that they stay small
// next to the file (a metadata entry takes 20 bytes, a tensor 104) and can be copied and moved.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/io/dtype.hpp>
#include <weir/io/file_shape.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

inline constexpr std::string_view metadata_name = "__metadata__";
inline constexpr std::string_view checksum_key = "weir.checksum";

/// Positions in HeaderTables::text.
struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

struct TensorEntry {
  TextRange name;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  FileShape shape;
  std::uint32_t position = 0;  ///< of the name in the header
  Dtype dtype = Dtype::u8;
};

struct MetadataEntry {
  TextRange key;
  TextRange value;
  std::uint32_t position = 0;  ///< of the key in the header
};

/// What the first pass learns.
struct HeaderCounts {
  std::size_t tensors = 0;
  std::size_t metadata = 0;
  std::size_t text = 0;
  std::optional<std::size_t> checksum;  ///< position of the checksum's value in the header
  std::size_t checksum_size = 0;
};

struct HeaderTables {
  std::vector<TensorEntry> tensors;     ///< in the order of their bytes
  std::vector<std::uint32_t> by_name;   ///< indices of tensors
  std::vector<MetadataEntry> metadata;  ///< by key
  std::vector<char> text;               ///< names, keys and values, decoded

  [[nodiscard]] std::string_view view(TextRange range) const noexcept {
    return {text.data() + range.begin, range.size};
  }
};

}  // namespace weir::inline WEIR_ABI::detail
