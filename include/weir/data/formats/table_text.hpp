// From the bytes of a file to the text of a table.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/table_content.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The source of the text of a table: decoded from UTF-16; refused when it is something else than text or
/// `own`, the format that is asked for.
[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> table_text(std::unique_ptr<ByteSource> source,
                                                                    TextEncoding encoding,
                                                                    ContentKind own = ContentKind::table) {
  constexpr std::size_t head = 512;
  Result<std::unique_ptr<PeekedSource>> peeked = PeekedSource::try_make(std::move(source), head);
  if (!peeked) return peeked.error();
  std::unique_ptr<PeekedSource> text = std::move(peeked).value();
  const auto why = why_no_table(text->head());
  if (why && content_kind(text->head()) != own) {
    return Failure{ErrorKind::format, text->name() + ": " + *why};
  }
  const bool guess = encoding != TextEncoding::utf16;
  if (guess && content_kind(text->head()) != ContentKind::utf16_text) {
    return std::unique_ptr<ByteSource>(std::move(text));
  }
  if (guess && encoding != TextEncoding::automatic) {
    return Failure{ErrorKind::format,
                   text->name() + ": the file is UTF-16, and another encoding was asked for"};
  }
  return std::unique_ptr<ByteSource>(std::make_unique<Utf16Source>(std::move(text)));
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
