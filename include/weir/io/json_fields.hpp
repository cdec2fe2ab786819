// Structs as JSON objects. A struct lists its members once; the list writes the object and reads it:
//
//   struct LabelRule {
//     template <class Visitor, class Rule>
//     static void fields(Visitor& visit, Rule& rule) {
//       visit("column", rule.column);
//       visit.only_if(rule.named(), "classes", rule.classes);   // no other object has it
//     }
//   };
//
// Members may come in any order and be left out; what the list does not have is refused.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_text.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

inline void write_value(JsonWriter& out, bool value) { out.boolean(value); }
inline void write_value(JsonWriter& out, double value) { out.number(value); }
inline void write_value(JsonWriter& out, float value) { out.number(static_cast<double>(value)); }
inline void write_value(JsonWriter& out, Index value) { out.integer(value); }
inline void write_value(JsonWriter& out, std::uint32_t value) { out.integer(value); }
inline void write_value(JsonWriter& out, const std::string& value) { out.string(value); }
template <Named E>
void write_value(JsonWriter& out, E value) {
  out.string(name_of(value));
}
template <class T>
void write_value(JsonWriter& out, const std::vector<T>& items) {
  out.begin('[');
  for (const T& item : items) write_value(out, item);
  out.end(']');
}
/// An object of texts by name.
inline void write_value(JsonWriter& out, const TextPairs& pairs) {
  out.begin('{');
  for (const auto& [key, value] : pairs) out.key(key).string(value);
  out.end('}');
}

[[nodiscard]] inline bool read_value(JsonReader& in, bool& value) { return in.boolean(value); }
[[nodiscard]] inline bool read_value(JsonReader& in, double& value) { return in.number(value); }
[[nodiscard]] inline bool read_value(JsonReader& in, std::string& value) { return in.string(value); }
[[nodiscard]] inline bool read_value(JsonReader& in, TextPairs& pairs) { return in.texts(pairs); }
/// A number that a float can hold.
[[nodiscard]] inline bool read_value(JsonReader& in, float& value) {
  double number = 0.0;
  if (!in.number(number) || std::fabs(number) > std::numeric_limits<float>::max()) return false;
  value = static_cast<float>(number);
  return true;
}
/// An integer from 0 to `most`.
template <class Integer>
[[nodiscard]] bool read_count(JsonReader& in, Integer& value, std::int64_t most) {
  std::int64_t count = 0;
  if (!in.integer(count) || count < 0 || count > most) return false;
  value = static_cast<Integer>(count);
  return true;
}
/// An extent or a place: small enough to be multiplied.
[[nodiscard]] inline bool read_value(JsonReader& in, Index& value) { return read_count(in, value, 1 << 24); }
[[nodiscard]] inline bool read_value(JsonReader& in, std::uint32_t& value) {
  return read_count(in, value, std::numeric_limits<std::uint32_t>::max());
}
template <Named E>
[[nodiscard]] bool read_value(JsonReader& in, E& value) {
  std::string name;
  if (!in.string(name)) return false;
  const std::optional<E> known = named<E>(name);
  if (!known) return in.cursor().refuse(in.cursor().position(), in_quotes(name) + " is not known here");
  value = *known;
  return true;
}
template <class T>
[[nodiscard]] bool read_value(JsonReader& in, std::vector<T>& items) {
  return in.array([&] { return read_value(in, items.emplace_back()); });
}

/// Writes the members of a list.
class JsonFieldWriter {
 public:
  explicit JsonFieldWriter(JsonWriter& to) : to_(to) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    to_.key(name);
    write_value(to_, value);
  }
  template <class T>
  void only_if(bool holds, std::string_view name, const T& value) {
    if (holds) (*this)(name, value);
  }

 private:
  JsonWriter& to_;
};

template <class Object>
void write_object(JsonWriter& out, const Object& object) {
  out.begin('{');
  JsonFieldWriter write(out);
  Object::fields(write, object);
  out.end('}');
}

template <class Object>
[[nodiscard]] std::string object_text(const Object& object) {
  JsonWriter out;
  write_object(out, object);
  return out.text();
}

/// Reads an object by its list and knows which members it has.
class JsonFieldReader {
 public:
  explicit JsonFieldReader(JsonReader& from) : from_(from) {}

  template <class Object>
  [[nodiscard]] bool read(Object& object) {
    return from_.object([&](std::string_view name) {
      wanted_ = name;
      taken_ = false;
      Object::fields(*this, object);
      if (taken_) given_.emplace_back(name);
      return taken_;
    });
  }
  [[nodiscard]] bool given(std::string_view name) const {
    return std::find(given_.begin(), given_.end(), name) != given_.end();
  }
  /// Whether the object that was read has members whose condition does not hold.
  template <class Object>
  [[nodiscard]] bool has_foreign(const Object& object) const {
    Foreign foreign{*this};
    Object::fields(foreign, object);
    return foreign.found;
  }

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (name == wanted_) taken_ = read_value(from_, value);
  }
  template <class T>
  void only_if(bool, std::string_view name, T& value) {
    (*this)(name, value);  // what the condition asks may come later
  }

 private:
  struct Foreign {
    const JsonFieldReader& read;
    bool found = false;

    template <class T>
    void operator()(std::string_view, const T&) {}
    template <class T>
    void only_if(bool holds, std::string_view name, const T&) {
      found = found || (!holds && read.given(name));
    }
  };

  JsonReader& from_;
  std::string_view wanted_;
  bool taken_ = false;
  std::vector<std::string> given_;
};

}  // namespace weir::inline WEIR_ABI::detail
