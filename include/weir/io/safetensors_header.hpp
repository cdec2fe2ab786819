// The header of a safetensors file: grammar and checks. What it accepts is stricter than the reference
// implementation; docs/model_format.md lists the differences.
//
//   header   = "{" [ member *( "," member ) ] "}" *" "
//   member   = "\"__metadata__\"" ":" object of strings   |   string ":" tensor
//   tensor   = "{" dtype, shape and data_offsets, each once, in any order "}"
//
// The header is parsed twice: the first pass checks and counts without memory, the second fills tables of
// exactly the size counted.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_cursor.hpp>
#include <weir/io/dtype.hpp>
#include <weir/io/file_shape.hpp>
#include <weir/io/safetensors_tables.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

class HeaderParser {
 public:
  /// `header` is the text after the length field, `data_bytes` what follows it in the file.
  HeaderParser(std::string_view header, std::uint64_t data_bytes) noexcept
      : cursor_(header), header_(header), data_bytes_(data_bytes) {}

  /// First pass.
  [[nodiscard]] Result<HeaderCounts> count() {
    if (!parse()) return failure();
    return counts_;
  }
  /// Second pass, over the same header.
  [[nodiscard]] Result<HeaderTables> tables(const HeaderCounts& counts);

 private:
  [[nodiscard]] Failure failure() const {
    constexpr std::size_t length_field = 8;
    return {ErrorKind::format, "safetensors: byte " + std::to_string(length_field + cursor_.position()) +
                                   ": " + cursor_.reason()};
  }

  [[nodiscard]] bool parse();
  [[nodiscard]] bool take_member();
  [[nodiscard]] bool take_metadata();
  [[nodiscard]] bool take_metadata_entry();
  [[nodiscard]] bool take_tensor(const JsonString& name);
  [[nodiscard]] bool take_field(TensorEntry& entry, unsigned& seen);
  [[nodiscard]] bool take_dtype(TensorEntry& entry);
  [[nodiscard]] bool take_shape(TensorEntry& entry);
  [[nodiscard]] bool take_offsets(TensorEntry& entry);
  [[nodiscard]] bool check_bytes(const TensorEntry& entry, const JsonString& name, unsigned seen);
  [[nodiscard]] bool take_text(JsonString& out);
  [[nodiscard]] bool take_plain_text(JsonString& out);
  [[nodiscard]] bool index_tensors();
  [[nodiscard]] bool index_metadata();

  [[nodiscard]] TextRange range_of(const JsonString& text) const noexcept {
    return {static_cast<std::uint32_t>(counts_.text - text.size), static_cast<std::uint32_t>(text.size)};
  }

  JsonCursor cursor_;
  std::string_view header_;
  std::uint64_t data_bytes_;
  std::uint64_t covered_ = 0;
  HeaderCounts counts_;
  bool has_metadata_ = false;
  HeaderTables* tables_ = nullptr;
};

inline bool HeaderParser::parse() {
  if (header_.empty() || header_[0] != '{') return cursor_.refuse(0, "the header must start with '{'");
  if (!cursor_.take('{')) return false;
  if (!cursor_.skip('}')) {
    do {
      if (!take_member()) return false;
    } while (cursor_.skip(','));
    if (!cursor_.take('}')) return false;
  }
  const std::size_t rest = header_.find_first_not_of(' ', cursor_.position());
  if (rest != std::string_view::npos) return cursor_.refuse(rest, "only spaces may follow the header's '}'");
  if (covered_ != data_bytes_) {
    return cursor_.refuse(cursor_.position(), "the tensors hold " + std::to_string(covered_) +
                                                  " bytes, the file has " + std::to_string(data_bytes_));
  }
  return true;
}

/// Takes a string and, in the second pass, keeps it.
inline bool HeaderParser::take_text(JsonString& out) {
  if (tables_ != nullptr) out.buffer = tables_->text.data() + counts_.text;
  if (!cursor_.take_string(out)) return false;
  counts_.text += out.size;
  return true;
}

/// The same for names and keys.
inline bool HeaderParser::take_plain_text(JsonString& out) {
  if (!take_text(out)) return false;
  return !out.has_controls || cursor_.refuse(out.position, "control character in a name");
}

inline bool HeaderParser::take_member() {
  JsonString name;
  if (!take_plain_text(name) || !cursor_.take(':')) return false;
  if (name.raw != metadata_name) return take_tensor(name);
  if (std::exchange(has_metadata_, true)) return cursor_.refuse(name.position, "__metadata__ comes twice");
  return cursor_.skip_word("null") || take_metadata();  // null: none, as the reference reads it
}

inline bool HeaderParser::take_metadata() {
  if (!cursor_.take('{')) return false;
  if (cursor_.skip('}')) return true;
  do {
    if (!take_metadata_entry()) return false;
  } while (cursor_.skip(','));
  return cursor_.take('}');
}

inline bool HeaderParser::take_metadata_entry() {
  JsonString key;
  if (!take_plain_text(key) || !cursor_.take(':')) return false;
  const TextRange key_range = range_of(key);
  JsonString value;
  if (!take_text(value)) return false;
  ++counts_.metadata;
  if (key.raw == checksum_key) {
    counts_.checksum = value.position;
    counts_.checksum_size = value.raw.size();
  }
  if (tables_ != nullptr) {
    tables_->metadata.push_back({key_range, range_of(value), static_cast<std::uint32_t>(key.position)});
  }
  return true;
}

inline bool HeaderParser::take_tensor(const JsonString& name) {
  TensorEntry entry;
  entry.name = range_of(name);
  entry.position = static_cast<std::uint32_t>(name.position);
  unsigned seen = 0;
  if (!cursor_.take('{')) return false;
  do {
    if (!take_field(entry, seen)) return false;
  } while (cursor_.skip(','));
  if (!cursor_.take('}') || !check_bytes(entry, name, seen)) return false;
  ++counts_.tensors;
  if (tables_ != nullptr) tables_->tensors.push_back(entry);
  return true;
}

inline bool HeaderParser::take_field(TensorEntry& entry, unsigned& seen) {
  JsonString field;
  if (!cursor_.take_string(field) || !cursor_.take(':')) return false;
  const unsigned which = field.raw == "dtype"          ? 1U
                         : field.raw == "shape"        ? 2U
                         : field.raw == "data_offsets" ? 4U
                                                       : 0U;
  if (which == 0) return cursor_.refuse(field.position, "unknown field " + in_quotes(field.raw));
  if ((seen & which) != 0)
    return cursor_.refuse(field.position, "field " + in_quotes(field.raw) + " comes twice");
  seen |= which;
  return which == 1 ? take_dtype(entry) : which == 2 ? take_shape(entry) : take_offsets(entry);
}

inline bool HeaderParser::take_dtype(TensorEntry& entry) {
  JsonString name;
  if (!cursor_.take_string(name)) return false;
  const std::optional<Dtype> dtype = find_dtype(name.raw);
  if (!dtype) return cursor_.refuse(name.position, "unknown dtype " + in_quotes(name.raw));
  entry.dtype = *dtype;
  return true;
}

inline bool HeaderParser::take_shape(TensorEntry& entry) {
  if (!cursor_.take('[')) return false;
  if (cursor_.skip(']')) return true;
  do {
    std::uint64_t extent = 0;
    if (!cursor_.take_unsigned(extent)) return false;
    if (entry.shape.rank == max_file_rank) return cursor_.refuse(cursor_.position(), "more than 8 extents");
    entry.shape.extents[entry.shape.rank++] = extent;
  } while (cursor_.skip(','));
  return cursor_.take(']');
}

inline bool HeaderParser::take_offsets(TensorEntry& entry) {
  return cursor_.take('[') && cursor_.take_unsigned(entry.begin) && cursor_.take(',') &&
         cursor_.take_unsigned(entry.end) && cursor_.take(']');
}

inline bool HeaderParser::check_bytes(const TensorEntry& entry, const JsonString& name, unsigned seen) {
  const auto refuse = [&](const std::string& reason) {
    return cursor_.refuse(name.position, "tensor " + in_quotes(name.raw) + ": " + reason);
  };
  if (seen != 7) return refuse("dtype, shape and data_offsets are needed");
  const std::string type = std::string(name_of(entry.dtype)) + " " + entry.shape.str();
  const std::optional<std::uint64_t> size = byte_size(entry.dtype, entry.shape);
  if (!size) return refuse(type + " is too large or not a whole number of bytes");
  if (entry.begin > entry.end || entry.end > data_bytes_) {
    return refuse("data_offsets [" + std::to_string(entry.begin) + ", " + std::to_string(entry.end) +
                  "] do not lie in " + std::to_string(data_bytes_) + " bytes of data" +
                  (entry.begin <= entry.end ? "; the file is cut, or its header wrong" : ""));
  }
  if (*size != entry.end - entry.begin) {
    return refuse(type + " needs " + std::to_string(*size) + " bytes, data_offsets give " +
                  std::to_string(entry.end - entry.begin));
  }
  if (*size > data_bytes_ - covered_) return refuse("its bytes belong to other tensors too");
  covered_ += *size;
  return true;
}

/// Orders the tensors by their bytes, which must follow each other without holes, and their names.
inline bool HeaderParser::index_tensors() {
  const HeaderTables& tables = *tables_;
  const auto refuse = [&](const TensorEntry& entry, const char* reason) {
    return cursor_.refuse(entry.position, "tensor " + in_quotes(tables.view(entry.name)) + ": " + reason);
  };
  // The place in the text decides between empty tensors: the order of the header.
  const auto place = [](const TensorEntry& entry) {
    return std::tuple(entry.begin, entry.end, entry.name.begin);
  };
  std::sort(tables_->tensors.begin(), tables_->tensors.end(),
            [&](const TensorEntry& a, const TensorEntry& b) { return place(a) < place(b); });
  std::uint64_t end = 0;
  for (const TensorEntry& entry : tables.tensors) {
    if (entry.begin != end) return refuse(entry, entry.begin > end ? "a hole before it" : "overlaps another");
    end = entry.end;
    if (tables.view(entry.name) == metadata_name) return refuse(entry, "reserved name, written with escapes");
    tables_->by_name.push_back(static_cast<std::uint32_t>(tables.by_name.size()));
  }
  const auto name = [&](std::uint32_t i) { return tables.view(tables.tensors[i].name); };
  auto& order = tables_->by_name;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); });
  const auto twin = std::adjacent_find(order.begin(), order.end(),
                                       [&](std::uint32_t a, std::uint32_t b) { return name(a) == name(b); });
  return twin == order.end() || refuse(tables.tensors[*twin], "comes twice");
}

inline bool HeaderParser::index_metadata() {
  const HeaderTables& tables = *tables_;
  const auto key = [&](const MetadataEntry& entry) { return tables.view(entry.key); };
  auto& entries = tables_->metadata;
  std::sort(entries.begin(), entries.end(),
            [&](const MetadataEntry& a, const MetadataEntry& b) { return key(a) < key(b); });
  const auto twin =
      std::adjacent_find(entries.begin(), entries.end(),
                         [&](const MetadataEntry& a, const MetadataEntry& b) { return key(a) == key(b); });
  if (twin != entries.end()) {
    return cursor_.refuse(twin->position, "metadata key " + in_quotes(key(*twin)) + " comes twice");
  }
  for (const MetadataEntry& entry : entries) {
    if (key(entry) == checksum_key && !counts_.checksum) {
      return cursor_.refuse(entry.position, "the checksum's key is written with escapes");
    }
  }
  return true;
}

#if WEIR_BODIES

WEIR_BODY Result<HeaderTables> HeaderParser::tables(const HeaderCounts& counts) {
  HeaderTables tables;
  tables.tensors.reserve(counts.tensors);
  tables.by_name.reserve(counts.tensors);
  tables.metadata.reserve(counts.metadata);
  tables.text.resize(counts.text);
  tables_ = &tables;
  if (!parse() || !index_tensors() || !index_metadata()) return failure();
  return tables;
}

#endif

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
