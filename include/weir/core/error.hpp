// Errors. Whatever comes from outside (files, options, shapes) is checked once, when a model is built, loaded
// or prepared, and reported as one of these; the hot path only asserts.
//
// Loading and building have two forms over one implementation. `try_x()` returns a Result<T>; `x()` is
// `try_x().value()` and throws. Without exceptions (-fno-exceptions) only the first is there to use.
#pragma once

#include <weir/core/abi.hpp>

#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

enum class ErrorKind : std::uint8_t {
  shape,   ///< extents that do not fit together
  config,  ///< an option or a combination of options that makes no sense
  format,  ///< a file that is not what it claims to be; the text names the byte offset
  data,    ///< a record that cannot be used; the text names file, line and column
  io,      ///< the operating system refused
  numeric  ///< NaN or infinity where a finite number is needed
};

/// Base of all exceptions of weir; catch it to catch them all.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

// Classes of their own, not aliases of a template: an exception that nobody catches shows its name.
struct ShapeError : Error {
  explicit ShapeError(const std::string& what) : Error(ErrorKind::shape, what) {}
};
struct ConfigError : Error {
  explicit ConfigError(const std::string& what) : Error(ErrorKind::config, what) {}
};
struct FormatError : Error {
  explicit FormatError(const std::string& what) : Error(ErrorKind::format, what) {}
};
struct DataError : Error {
  explicit DataError(const std::string& what) : Error(ErrorKind::data, what) {}
};
struct IoError : Error {
  explicit IoError(const std::string& what) : Error(ErrorKind::io, what) {}
};
struct NumericError : Error {
  explicit NumericError(const std::string& what) : Error(ErrorKind::numeric, what) {}
};

/// Throws the exception of the given kind; ends the program where exceptions are switched off.
[[noreturn]] inline void fail(ErrorKind kind, const std::string& what) {
#if WEIR_EXCEPTIONS
  switch (kind) {
    case ErrorKind::shape: throw ShapeError(what);
    case ErrorKind::config: throw ConfigError(what);
    case ErrorKind::format: throw FormatError(what);
    case ErrorKind::data: throw DataError(what);
    case ErrorKind::io: throw IoError(what);
    case ErrorKind::numeric: throw NumericError(what);
  }
  throw Error(kind, what);
#else
  static_cast<void>(kind);
  static_cast<void>(what);
  std::abort();  // only reachable through the throwing forms, which such a program does not call
#endif
}

/// The same for the complaint of a layer: "owner: what".
[[noreturn]] inline void fail(ErrorKind kind, std::string_view owner, std::string_view what) {
  std::string text(owner);
  text.append(": ").append(what);
  fail(kind, text);
}

namespace detail {
/// A text of unknown origin in a message, in quotes: at most 80 bytes of it, and no control characters.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return out + (text.size() > longest ? "...'" : "'");
}
}  // namespace detail

/// What went wrong, as a value.
struct Failure {
  ErrorKind kind;
  std::string what;
};

/// A value or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit on purpose, like return of a value
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT

  [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  /// The value; throws the error if there is none.
  [[nodiscard]] T& value() & {
    require();
    return *value_;
  }
  [[nodiscard]] const T& value() const& {
    require();
    return *value_;
  }
  [[nodiscard]] T value() && {
    require();
    return std::move(*value_);
  }

  [[nodiscard]] T& operator*() noexcept {
    assert(ok());
    return *value_;
  }
  [[nodiscard]] T* operator->() noexcept {
    assert(ok());
    return &*value_;
  }

  /// The error; only when `!ok()`.
  [[nodiscard]] const Failure& error() const noexcept {
    assert(!ok());
    return failure_;
  }

 private:
  void require() const {
    if (!ok()) fail(failure_.kind, failure_.what);
  }

  // Not a std::variant: with one Result type for each thing that can fail, that costs seconds to compile.
  std::optional<T> value_;
  Failure failure_{};
};

/// Result of an action without a value.
using Status = Result<std::monostate>;

}  // namespace weir::inline WEIR_ABI
