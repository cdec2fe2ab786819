// The values of one JSON object as texts with dotted names, whatever objects they lie in:
//
//   {"id": {"port": 80}, "tags": ["a", "b"], "ok": true, "x": null}    id.port 80, tags a,b, ok true, x (nothing)
//
// An array is one text, its items joined by commas, objects and arrays in it as they are written. Strings are
// decoded, numbers stay as they are written; NaN and Infinity, which some programs write, are read.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/json_cursor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class JsonLeaves {
 public:
  enum class Kind : std::uint8_t { number, text, list };  ///< true and false are texts, null is any

  /// Calls leaf(name, text, kind) for each value, until it returns false. The texts are valid until the next call
  /// of take().
  template <class Leaf>
  [[nodiscard]] bool take(std::string_view object, Leaf leaf) {
    line_ = object;
    cursor_ = JsonCursor(object);
    memory_.resize(std::max(memory_.size(), object.size()));  // decoding makes no text longer
    used_ = 0;
    name_.clear();
    return take_object(leaf, 0) && (cursor_.at_end() || refuse("there is text behind the object"));
  }
  /// Says why the value that leaf() was given is not taken.
  bool refuse(std::string reason) { return cursor_.refuse(cursor_.position(), std::move(reason)); }

  /// After take() was false: why, and at which byte.
  [[nodiscard]] const std::string& reason() const noexcept { return cursor_.reason(); }
  [[nodiscard]] std::size_t position() const noexcept { return cursor_.position(); }

 private:
  static constexpr std::size_t most_nested = 64;

  template <class Leaf>
  bool take_object(Leaf& leaf, std::size_t depth) {
    if (depth == most_nested) return refuse("too many objects within one another");
    if (!cursor_.take('{')) return false;
    if (cursor_.skip('}')) return true;
    const std::size_t outer = name_.size();
    do {
      if (!take_name() || !cursor_.take(':') || !take_member(leaf, depth)) return false;
      name_.resize(outer);
    } while (cursor_.skip(','));
    return cursor_.take('}');
  }

  template <class Leaf>
  bool take_member(Leaf& leaf, std::size_t depth) {
    if (cursor_.sees('{')) return take_object(leaf, depth + 1);
    const std::size_t first = used_;
    const Kind kind = next_kind();
    if (!(kind == Kind::list ? take_items(depth) : take_scalar())) return false;
    return leaf(std::string_view(name_), std::string_view(memory_).substr(first, used_ - first), kind);
  }

  [[nodiscard]] Kind next_kind() noexcept {
    if (cursor_.sees('[')) return Kind::list;
    return cursor_.sees('"') || cursor_.sees('t') || cursor_.sees('f') ? Kind::text : Kind::number;
  }

  bool take_name() {
    JsonString name{.buffer = memory_.data() + used_};
    if (!cursor_.take_string(name)) return false;
    if (name.size == 0 || name.has_controls) return refuse("a name is empty or has control characters");
    if (!name_.empty()) name_ += '.';
    name_.append(name.buffer, name.size);
    return true;
  }

  bool take_scalar() {
    if (cursor_.sees('"')) {
      JsonString text{.buffer = memory_.data() + used_};
      if (!cursor_.take_string(text)) return false;
      if (std::string_view(text.buffer, text.size).find('\0') != std::string_view::npos)
        return refuse("there is a NUL character");
      used_ += text.size;
      return true;
    }
    if (cursor_.skip_word("null") || cursor_.skip_word("NaN")) return true;
    for (const std::string_view word : {"true", "false", "Infinity", "-Infinity"}) {
      if (cursor_.skip_word(word)) return put(word);
    }
    const std::size_t first = cursor_.position();
    double ignored = 0;
    return cursor_.take_number(ignored) && put(line_.substr(first, cursor_.position() - first));
  }

  bool take_items(std::size_t depth) {
    if (!cursor_.take('[')) return false;
    if (cursor_.skip(']')) return true;
    do {
      if (!take_item(depth)) return false;
    } while (cursor_.skip(',') && put(","));
    return cursor_.take(']');
  }
  bool take_item(std::size_t depth) {
    if (!cursor_.sees('{') && !cursor_.sees('[')) return take_scalar();
    const std::size_t first = cursor_.position();
    return pass(depth + 1) && put(line_.substr(first, cursor_.position() - first));
  }

  /// Takes a value of any kind and leaves nothing of it.
  bool pass(std::size_t depth) {
    if (depth >= most_nested) return refuse("too many values within one another");
    if (cursor_.skip('{')) {
      if (cursor_.skip('}')) return true;
      do {
        JsonString name;
        if (!cursor_.take_string(name) || !cursor_.take(':') || !pass(depth + 1)) return false;
      } while (cursor_.skip(','));
      return cursor_.take('}');
    }
    if (cursor_.skip('[')) {
      if (cursor_.skip(']')) return true;
      do {
        if (!pass(depth + 1)) return false;
      } while (cursor_.skip(','));
      return cursor_.take(']');
    }
    const std::size_t used = used_;
    const bool fine = take_scalar();
    used_ = used;
    return fine;
  }

  bool put(std::string_view text) {
    std::copy(text.begin(), text.end(), memory_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += text.size();
    return true;
  }

  std::string_view line_;
  JsonCursor cursor_{std::string_view()};
  std::string memory_;
  std::size_t used_ = 0;  // bytes of memory_
  std::string name_;      // of the value that is being taken
};

}  // namespace weir::inline WEIR_ABI
