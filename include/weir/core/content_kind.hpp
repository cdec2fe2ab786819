// What a file holds, by its first bytes: for the message that names what was given in place of what was
// expected.
//
//   content_kind(head) == ContentKind::pcap
//   "it looks like " + description(content_kind(head))      // "it looks like a packet capture (pcap)"
//
// A signature says what a file claims to be, not that the rest of it is whole. Sources of the signatures: the
// formats' own specifications (RFC 1952 gzip, RFC 8878 zstd, PKWARE APPNOTE zip, draft-ietf-opsawg-pcap, RFC
// 8259 JSON, the Unicode standard for byte-order marks) and IANA's and the Library of Congress' registries
// for the others.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class ContentKind : std::uint8_t {
  empty,
  git_lfs_pointer,
  weir_model,
  safetensors,
  pcap,
  pcapng,
  snoop,
  netflow,
  idx,
  zeek_log,
  arff,
  json,
  html,
  xml,
  utf16_text,
  utf32_text,
  gzip,
  zstd,
  bzip2,
  xz,
  lz4,
  zip,
  seven_zip,
  rar,
  tar,
  old_office,
  parquet,
  arrow,
  hdf5,
  numpy,
  pickle,
  tflite,
  sqlite,
  pdf,
  image,
  program,
  script,
  pem,
  table,  ///< text whose first line has a separator of CSV
  text,
  binary  ///< none of the above
};

namespace detail {

struct ContentName {
  ContentKind kind;
  std::string_view text;  ///< with its article, and the mend where there is one
};

inline constexpr std::array content_names{
    ContentName{ContentKind::empty, "an empty file"},
    ContentName{ContentKind::git_lfs_pointer,
                "a git-lfs pointer, the text that stands for a file until `git lfs pull` fetches it"},
    ContentName{ContentKind::weir_model, "a model of weir"},
    ContentName{ContentKind::safetensors, "a safetensors file"},
    ContentName{ContentKind::pcap, "a packet capture (pcap)"},
    ContentName{ContentKind::pcapng, "a packet capture (pcapng)"},
    ContentName{ContentKind::snoop, "a packet capture (snoop)"},
    ContentName{ContentKind::netflow, "a file of flows of nfdump"},
    ContentName{ContentKind::idx, "an IDX file of images or labels"},
    ContentName{ContentKind::zeek_log, "a Zeek log"},
    ContentName{ContentKind::arff, "an ARFF table"},
    ContentName{ContentKind::json, "JSON"},
    ContentName{ContentKind::html, "an HTML page"},
    ContentName{ContentKind::xml, "XML"},
    ContentName{ContentKind::utf16_text, "UTF-16 text"},
    ContentName{ContentKind::utf32_text, "UTF-32 text"},
    ContentName{ContentKind::gzip, "gzip data"},
    ContentName{ContentKind::zstd, "zstd data"},
    ContentName{ContentKind::bzip2, "bzip2 data"},
    ContentName{ContentKind::xz, "xz data"},
    ContentName{ContentKind::lz4, "lz4 data"},
    ContentName{ContentKind::zip, "a zip archive (as are .xlsx, .npz and PyTorch's files)"},
    ContentName{ContentKind::seven_zip, "a 7z archive"},
    ContentName{ContentKind::rar, "a rar archive"},
    ContentName{ContentKind::tar, "a tar archive"},
    ContentName{ContentKind::old_office, "a document of an office program (such as .xls)"},
    ContentName{ContentKind::parquet, "a Parquet table"},
    ContentName{ContentKind::arrow, "an Arrow or Feather table"},
    ContentName{ContentKind::hdf5, "an HDF5 file (as are Keras' .h5)"},
    ContentName{ContentKind::numpy, "a NumPy array"},
    ContentName{ContentKind::pickle, "a Python pickle"},
    ContentName{ContentKind::tflite, "a TensorFlow Lite model"},
    ContentName{ContentKind::sqlite, "an SQLite database"},
    ContentName{ContentKind::pdf, "a PDF document"},
    ContentName{ContentKind::image, "a picture"},
    ContentName{ContentKind::program, "a program"},
    ContentName{ContentKind::script, "a script"},
    ContentName{ContentKind::pem, "a key or certificate (PEM)"},
    ContentName{ContentKind::table, "a table of text"},
    ContentName{ContentKind::text, "text"},
    ContentName{ContentKind::binary, "binary data of no kind that is known here"},
};

/// Bytes that a kind has at a fixed place.
struct ContentSignature {
  ContentKind kind;
  std::size_t offset;
  std::string_view bytes;
};

/// A literal with its zeros.
template <std::size_t N>
[[nodiscard]] constexpr std::string_view literal_bytes(const char (&text)[N]) noexcept {
  return {text, N - 1};
}

inline constexpr std::array content_signatures{
    ContentSignature{ContentKind::git_lfs_pointer, 0,
                     literal_bytes("version https://git-lfs.github.com/spec/")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\xA1\xB2\xC3\xD4")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\xD4\xC3\xB2\xA1")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\xA1\xB2\x3C\x4D")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\x4D\x3C\xB2\xA1")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\xA1\xB2\xCD\x34")},
    ContentSignature{ContentKind::pcap, 0, literal_bytes("\x34\xCD\xB2\xA1")},
    ContentSignature{ContentKind::pcapng, 0, literal_bytes("\x0A\x0D\x0D\x0A")},
    ContentSignature{ContentKind::snoop, 0, literal_bytes("snoop\0\0\0")},
    ContentSignature{ContentKind::netflow, 0, literal_bytes("\x0C\xA5")},
    ContentSignature{ContentKind::utf32_text, 0, literal_bytes("\xFF\xFE\0\0")},
    ContentSignature{ContentKind::utf32_text, 0, literal_bytes("\0\0\xFE\xFF")},
    ContentSignature{ContentKind::utf16_text, 0, literal_bytes("\xFF\xFE")},
    ContentSignature{ContentKind::utf16_text, 0, literal_bytes("\xFE\xFF")},
    ContentSignature{ContentKind::gzip, 0, literal_bytes("\x1F\x8B")},
    ContentSignature{ContentKind::zstd, 0, literal_bytes("\x28\xB5\x2F\xFD")},
    ContentSignature{ContentKind::bzip2, 0, literal_bytes("BZh")},
    ContentSignature{ContentKind::xz, 0,
                     literal_bytes("\xFD"
                                   "7zXZ\0")},
    ContentSignature{ContentKind::lz4, 0, literal_bytes("\x04\x22\x4D\x18")},
    ContentSignature{ContentKind::zip, 0, literal_bytes("PK\x03\x04")},
    ContentSignature{ContentKind::zip, 0, literal_bytes("PK\x05\x06")},
    ContentSignature{ContentKind::seven_zip, 0, literal_bytes("7z\xBC\xAF\x27\x1C")},
    ContentSignature{ContentKind::rar, 0, literal_bytes("Rar!\x1A\x07")},
    ContentSignature{ContentKind::tar, 257, literal_bytes("ustar")},
    ContentSignature{ContentKind::old_office, 0, literal_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
    ContentSignature{ContentKind::parquet, 0, literal_bytes("PAR1")},
    ContentSignature{ContentKind::arrow, 0, literal_bytes("ARROW1")},
    ContentSignature{ContentKind::arrow, 0, literal_bytes("FEA1")},
    ContentSignature{ContentKind::hdf5, 0, literal_bytes("\x89HDF\r\n\x1A\n")},
    ContentSignature{ContentKind::numpy, 0, literal_bytes("\x93NUMPY")},
    ContentSignature{ContentKind::tflite, 4, literal_bytes("TFL3")},
    ContentSignature{ContentKind::sqlite, 0, literal_bytes("SQLite format 3\0")},
    ContentSignature{ContentKind::pdf, 0, literal_bytes("%PDF-")},
    ContentSignature{ContentKind::image, 0, literal_bytes("\x89PNG\r\n\x1A\n")},
    ContentSignature{ContentKind::image, 0, literal_bytes("\xFF\xD8\xFF")},
    ContentSignature{ContentKind::image, 0, literal_bytes("GIF8")},
    ContentSignature{ContentKind::program, 0,
                     literal_bytes("\x7F"
                                   "ELF")},
    ContentSignature{ContentKind::script, 0, literal_bytes("#!")},
    ContentSignature{ContentKind::pem, 0, literal_bytes("-----BEGIN ")},
};

/// Begins with `word`, which is in small letters, in any case.
[[nodiscard]] constexpr bool begins_with_word(std::string_view text, std::string_view word) noexcept {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                  [small](char w, char t) { return w == small(t); });
}

[[nodiscard]] constexpr std::string_view without_leading_space(std::string_view text) noexcept {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// The length of a header in 8 bytes, least first, then the header, which is a JSON object.
[[nodiscard]] constexpr bool looks_like_safetensors(std::string_view head) noexcept {
  return head.size() > 8 && head[8] == '{' && head[5] == '\0' && head[6] == '\0' && head[7] == '\0';
}

/// Two zeros, a type of elements, and the number of axes.
[[nodiscard]] constexpr bool looks_like_idx(std::string_view head) noexcept {
  constexpr std::string_view types = "\x08\x09\x0B\x0C\x0D\x0E";
  return head.size() >= 8 && head[0] == '\0' && head[1] == '\0' &&
         types.find(head[2]) != std::string_view::npos && head[3] >= 1 && head[3] <= 8;
}

/// Every other byte is zero, as in Latin text of two bytes a character.
[[nodiscard]] constexpr bool looks_like_utf16(std::string_view head) noexcept {
  const std::size_t pairs = std::min<std::size_t>(head.size(), 512) / 2;
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < 2 * pairs; ++i) zeros[i % 2] += std::size_t{head[i] == '\0'};
  return pairs >= 4 &&
         ((zeros[0] == 0 && zeros[1] * 10 >= pairs * 9) || (zeros[1] == 0 && zeros[0] * 10 >= pairs * 9));
}

[[nodiscard]] constexpr bool looks_like_text(std::string_view head) noexcept {
  return std::none_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  });
}

/// The first line that is no comment of ARFF.
[[nodiscard]] constexpr bool looks_like_arff(std::string_view text) noexcept {
  while (text.starts_with('%')) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text = without_leading_space(text.substr(end));
  }
  return begins_with_word(text, "@relation") || begins_with_word(text, "@attribute");
}

/// Directives, the names of the columns among them; the first says how they are separated.
[[nodiscard]] constexpr bool looks_like_zeek_log(std::string_view text) noexcept {
  while (text.starts_with('#')) {
    for (const std::string_view word : {"#separator ", "#separator\t", "#fields\t"}) {
      if (text.starts_with(word)) return true;
    }
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text = text.substr(end + 1);
  }
  return false;
}

/// An object, or an array of objects.
[[nodiscard]] constexpr bool looks_like_json(std::string_view text) noexcept {
  if (!text.starts_with('{') && !text.starts_with('[')) return false;
  const std::string_view inside = without_leading_space(text.substr(1));
  if (text.front() == '[') return inside.starts_with('{') || inside.starts_with(']');
  return inside.empty() || inside.starts_with('"') || inside.starts_with('}');
}

[[nodiscard]] constexpr ContentKind kind_of_text(std::string_view head) noexcept {
  const std::string_view text = without_leading_space(head);
  if (begins_with_word(text, "<!doctype html") || begins_with_word(text, "<html")) return ContentKind::html;
  if (begins_with_word(text, "<?xml")) return ContentKind::xml;
  if (looks_like_arff(text)) return ContentKind::arff;
  if (looks_like_json(text)) return ContentKind::json;
  if (looks_like_zeek_log(text)) return ContentKind::zeek_log;
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return line.find_first_of(",;\t|") != std::string_view::npos ? ContentKind::table : ContentKind::text;
}

}  // namespace detail

/// What these first bytes of a file look like; 512 are enough.
[[nodiscard]] constexpr ContentKind content_kind(std::string_view head) noexcept {
  if (head.empty()) return ContentKind::empty;
  for (const detail::ContentSignature& signature : detail::content_signatures) {
    if (head.size() >= signature.offset && head.substr(signature.offset).starts_with(signature.bytes)) {
      return signature.kind;
    }
  }
  if (detail::looks_like_safetensors(head)) {
    return head.find("\"weir.") != std::string_view::npos ? ContentKind::weir_model
                                                          : ContentKind::safetensors;
  }
  if (detail::looks_like_idx(head)) return ContentKind::idx;
  if (head.size() >= 3 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5) return ContentKind::pickle;
  if (detail::looks_like_utf16(head)) return ContentKind::utf16_text;
  const ContentKind kind = detail::kind_of_text(head);
  const bool plain = kind == ContentKind::table || kind == ContentKind::text;
  return plain && !detail::looks_like_text(head) ? ContentKind::binary : kind;
}
[[nodiscard]] inline ContentKind content_kind(std::span<const std::byte> head) noexcept {
  return content_kind(std::string_view(reinterpret_cast<const char*>(head.data()), head.size()));
}

/// For a sentence that goes on "it looks like ".
[[nodiscard]] constexpr std::string_view description(ContentKind kind) noexcept {
  for (const detail::ContentName& name : detail::content_names) {
    if (name.kind == kind) return name.text;
  }
  return {};
}

}  // namespace weir::inline WEIR_ABI
