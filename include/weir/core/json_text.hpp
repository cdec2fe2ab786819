// Writing and reading small JSON texts whose grammar is known beforehand, such as those in a model file's metadata.
//
//   JsonWriter out;                      JsonReader in(text);
//   out.begin('{');                      in.object([&](std::string_view key) {
//   out.key("units").number(64);           return key == "units" && in.integer(units);
//   out.end('}');                        });
//
// Reading takes what the caller expects and refuses everything else; it keeps the first complaint and its
// byte.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_cursor.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Appends `text` as a JSON string.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter& begin(char bracket) {
    separate();
    text_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& end(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
  }
  JsonWriter& key(std::string_view name) {
    string(name);
    text_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& string(std::string_view value) {
    separate();
    append_json_string(text_, value);
    return *this;
  }
  /// The shortest text that reads back as the same number; 0 for what JSON cannot say (NaN, infinity).
  JsonWriter& number(double value);
  /// The same for readers that tell reals from integers: with a point or an exponent; null for NaN and infinity.
  JsonWriter& real(double value);
  JsonWriter& integer(std::int64_t value) {
    separate();
    text_ += std::to_string(value);
    return *this;
  }
  JsonWriter& boolean(bool value) {
    separate();
    text_ += value ? "true" : "false";
    return *this;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void separate() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  std::string text_;
  bool first_ = true;
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) noexcept : cursor_(text) {}

  [[nodiscard]] bool string(std::string& out);
  [[nodiscard]] bool number(double& out) { return cursor_.take_number(out); }
  [[nodiscard]] bool integer(std::int64_t& out);
  [[nodiscard]] bool boolean(bool& out) {
    out = cursor_.skip_word("true");
    return out || cursor_.skip_word("false") || cursor_.refuse(cursor_.position(), "expected true or false");
  }
  /// Calls item() for each item until one returns false.
  template <class F>
  [[nodiscard]] bool array(F item) {
    if (!cursor_.take('[')) return false;
    if (cursor_.skip(']')) return true;
    do {
      if (!item()) return refuse("an item is not as expected");
    } while (cursor_.skip(','));
    return cursor_.take(']');
  }
  /// Calls member(key) for each member, standing before its value, until one returns false. Of an object
  /// whose members are known by name: none comes twice, and there are at most 64.
  template <class F>
  [[nodiscard]] bool object(F member) {
    constexpr std::size_t most = 64;
    std::vector<std::string> seen;
    return any_object([&](std::string& key) {
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) return refuse_twice(key);
      if (seen.size() == most) return refuse("an object of more than 64 members");
      if (!member(std::string_view(key))) return false;
      seen.push_back(key);
      return true;
    });
  }
  /// The same for an object of texts by name, as many as there are; names in the order of the text.
  [[nodiscard]] bool texts(std::vector<std::pair<std::string, std::string>>& members);
  /// Whether the text ends here.
  [[nodiscard]] bool end() {
    return cursor_.at_end() || cursor_.refuse(cursor_.position(), "text after the end");
  }

  [[nodiscard]] JsonCursor& cursor() noexcept { return cursor_; }
  [[nodiscard]] Failure failure(std::string_view where) const {
    return {ErrorKind::format,
            std::string(where) + ": byte " + std::to_string(cursor_.position()) + ": " + cursor_.reason()};
  }

 private:
  template <class F>
  [[nodiscard]] bool any_object(F member) {
    if (!cursor_.take('{')) return false;
    if (cursor_.skip('}')) return true;
    do {
      std::string key;
      if (!string(key) || !cursor_.take(':')) return false;
      if (!member(key)) return refuse("member " + detail::in_quotes(key) + " is unknown or not as expected");
    } while (cursor_.skip(','));
    return cursor_.take('}');
  }
  bool refuse_twice(std::string_view key) {
    return refuse("member " + detail::in_quotes(key) + " comes twice");
  }
  bool refuse(std::string reason) {
    if (!cursor_.reason().empty()) return false;  // the first complaint stays
    return cursor_.refuse(cursor_.position(), std::move(reason));
  }

  JsonCursor cursor_;
};

#if WEIR_BODIES

WEIR_BODY void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 0xF];
    } else {
      out += c;
    }
  }
  out += '"';
}

WEIR_BODY JsonWriter& JsonWriter::number(double value) {
  separate();
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0).ptr;
  text_.append(digits.data(), end);
  return *this;
}

WEIR_BODY JsonWriter& JsonWriter::real(double value) {
  if (std::isfinite(value)) {
    const std::size_t begin = text_.size();
    number(value);
    if (text_.find_first_of(".e", begin) == std::string::npos) text_ += ".0";
    return *this;
  }
  separate();
  text_ += "null";
  return *this;
}

WEIR_BODY bool JsonReader::string(std::string& out) {
  JsonString sized;  // a first look tells the size; decoding never makes a string longer
  JsonCursor look = cursor_;
  if (!look.take_string(sized)) return cursor_.take_string(sized);
  out.resize(sized.size);
  JsonString decoded;
  decoded.buffer = out.data();
  return cursor_.take_string(decoded);
}

WEIR_BODY bool JsonReader::integer(std::int64_t& out) {
  double value = 0.0;
  const std::size_t at = cursor_.position();
  if (!cursor_.take_number(value)) return false;
  if (value != std::floor(value) || std::fabs(value) > 9007199254740992.0) {
    return cursor_.refuse(at, "expected an integer");
  }
  out = static_cast<std::int64_t>(value);
  return true;
}

WEIR_BODY bool JsonReader::texts(std::vector<std::pair<std::string, std::string>>& members) {
  const bool fine = any_object([&](std::string& key) {
    members.emplace_back(std::move(key), std::string());
    key = members.back().first.substr(0, 81);  // as much as a message shows
    return string(members.back().second);
  });
  if (!fine) return false;
  std::vector<std::string_view> names(members.size());
  std::transform(members.begin(), members.end(), names.begin(),
                 [](const auto& m) -> std::string_view { return m.first; });
  std::sort(names.begin(), names.end());
  const auto twin = std::adjacent_find(names.begin(), names.end());
  return twin == names.end() || refuse_twice(*twin);
}

#endif

}  // namespace weir::inline WEIR_ABI
