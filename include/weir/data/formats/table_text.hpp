// From the bytes of a file to the text of a table.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/table_content.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The first bytes of a file as the text that they are, to tell its format by.
[[nodiscard]] inline std::string text_head(std::string_view head, TextEncoding encoding) {
  if (encoding != TextEncoding::utf16 && content_kind(head) != ContentKind::utf16_text)
    return std::string(head);
  std::string text;
  Utf16ToUtf8(Utf16Source::big_endian(head)).append(text, head);
  return text;
}

/// The source of the text of a table: decoded from UTF-16; refused when it is something else than text or
/// `own`, the format that is asked for, and, but for CSV, when there is nothing.
[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> table_text(std::unique_ptr<ByteSource> source,
                                                                    TextEncoding encoding,
                                                                    ContentKind own = ContentKind::table) {
  constexpr std::size_t head = 512;
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::try_make(std::move(source), head);
  if (!peeked) return peeked.error();
  std::unique_ptr<PeekedSource> text = std::move(peeked).value();
  const ContentKind kind = content_kind(text->head());
  const bool asked = encoding == TextEncoding::utf16;
  const bool utf16 = asked || kind == ContentKind::utf16_text;
  std::optional<std::string> why = why_no_table(text->head(), kind, own);
  const std::string decoded = utf16 ? text_head(text->head(), encoding) : std::string();
  const std::string_view beginning = utf16 ? std::string_view(decoded) : text->head();
  if (!why && utf16) why = why_no_table(beginning, content_kind(beginning), own);
  if (why) return Failure{ErrorKind::format, text->name() + ": " + *why};
  if (own != ContentKind::table && text->head().size() < head && trim_blanks(beginning).empty())
    return Failure{ErrorKind::data, text->name() + ": this is an empty file"};
  if (!utf16) return std::unique_ptr<ByteSource>(std::move(text));
  if (!asked && encoding != TextEncoding::automatic) {
    return Failure{ErrorKind::format,
                   text->name() + ": the file is UTF-16, and another encoding was asked for"};
  }
  return std::unique_ptr<ByteSource>(std::make_unique<Utf16Source>(std::move(text)));
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
