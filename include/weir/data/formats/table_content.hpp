// What is given in place of a table, and what makes a table of it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// How to come to a table; empty: nothing better than what a table is.
[[nodiscard]] constexpr std::string_view way_to_a_table(ContentKind kind) noexcept {
  switch (kind) {
    case ContentKind::pcap:
    case ContentKind::pcapng:
    case ContentKind::snoop: return "`weir flows CAPTURE -o flows.csv` makes one of it";
    case ContentKind::weir_model: return "a model stands before the table: `weir predict MODEL TABLE`";
    case ContentKind::netflow: return "`nfdump -r FILE -o csv` makes one of it";
    case ContentKind::idx: return "images are read by --format idx";
    case ContentKind::zeek_log: return "open_table() and --format zeek read it";
    case ContentKind::arff: return "open_table() and --format arff read it";
    case ContentKind::json:
      return "open_table() and --format json read lines of one object each: `jq -c '.[]'` makes them of an "
             "array";
    case ContentKind::gzip:
      return "gzip data within a table's gzip data, or a source not opened by open_any()";
    case ContentKind::tar:
    case ContentKind::zip:
    case ContentKind::seven_zip:
    case ContentKind::rar: return "unpack it, or save the sheet as CSV";
    case ContentKind::zstd:
    case ContentKind::bzip2:
    case ContentKind::xz:
    case ContentKind::lz4: return "unpack it, or pipe it: `... | weir train -`";
    case ContentKind::old_office: return "save the sheet as CSV";
    case ContentKind::parquet:
    case ContentKind::arrow:
    case ContentKind::hdf5:
    case ContentKind::numpy:
    case ContentKind::pickle: return "write it as CSV (pandas' to_csv)";
    case ContentKind::utf32_text: return "write it as UTF-8 (iconv)";
    default: return {};
  }
}

/// Kinds that text can be told by; the others have bytes that no text has, and their short signatures (PAR1)
/// could be names of columns.
[[nodiscard]] constexpr bool is_kind_of_text(ContentKind kind) noexcept {
  return kind == ContentKind::git_lfs_pointer || kind == ContentKind::zeek_log || kind == ContentKind::arff ||
         kind == ContentKind::json || kind == ContentKind::html || kind == ContentKind::xml ||
         kind == ContentKind::pdf || kind == ContentKind::pem;
}

}  // namespace detail

/// Why a file of this kind with these first bytes is no table of its `own` format, in words; nothing when it may
/// be one. UTF-16 may be one.
[[nodiscard]] inline std::optional<std::string> why_no_table(std::string_view head, ContentKind kind,
                                                             ContentKind own) {
  const bool may_be = kind == own || kind == ContentKind::empty || kind == ContentKind::utf16_text ||
                      kind == ContentKind::table || kind == ContentKind::text ||
                      kind == ContentKind::binary || kind == ContentKind::script;
  if (may_be || (!detail::is_kind_of_text(kind) && detail::looks_like_text(head))) return std::nullopt;
  std::string why = "this is ";
  why.append(own == ContentKind::table ? "no table of text (CSV)" : "not ");
  if (own != ContentKind::table) why.append(description(own));
  why.append(": it looks like ").append(description(kind));
  if (const std::string_view way = detail::way_to_a_table(kind); !way.empty()) why.append("; ").append(way);
  return why;
}

[[nodiscard]] inline std::optional<std::string> why_no_table(std::string_view head) {
  return why_no_table(head, content_kind(head), ContentKind::table);
}

}  // namespace weir::inline WEIR_ABI
