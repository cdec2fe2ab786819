// The kept columns of a row as members of a JSON object.
//
//   std::string line = "{\"row\":1";
//   append_json(line, kept, texts);      // ,"src_ip":"10.0.0.1","src_port":443
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/json_text.hpp>
#include <weir/data/text/text_encoding.hpp>
#include <weir/pipeline/kept_columns.hpp>
#include <weir/traffic/features/eve_fields.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The digits of a number stay as they are.
inline void append_json_cell(std::string& out, std::string_view text, bool number) {
  double ignored = 0;
  JsonReader reader(text);
  if (number && text.empty()) {
    out += "null";
  } else if (number && text[0] > ' ' && reader.number(ignored) && reader.end()) {
    out += text;
  } else {
    append_json_string(out, to_utf8(text));
  }
}

}  // namespace detail

/// `texts` are the columns' own. A field of EVE is left out where it is empty; a cell that EVE cannot have,
/// and a second one for the same field, stand under the column's own name.
inline void append_json(std::string& out, std::span<const KeptColumn> columns,
                        std::span<const std::string_view> texts) {
  std::vector<std::string_view> names;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const KeptColumn& column = columns[k];
    if (column.eve != nullptr && texts[k].empty()) continue;
    const std::string field = column.eve != nullptr ? eve_text(*column.eve, texts[k]) : std::string();
    const bool taken =
        column.eve != nullptr && std::find(names.begin(), names.end(), column.eve->name) != names.end();
    const bool named = !field.empty() && !taken;
    names.push_back(named ? column.eve->name : std::string_view(column.name));
    out += ',';
    append_json_string(out, names.back());
    out += ':';
    if (named) {
      detail::append_json_cell(out, field, column.eve->kind == EveKind::port);
    } else {
      detail::append_json_cell(out, texts[k], column.number);
    }
  }
}

}  // namespace weir::inline WEIR_ABI
