// Element types of safetensors files (format of the `safetensors` package, 0.8). weir reads and writes the
// integers and the two IEEE floats; the others are known by name and size, so that a file that holds them can
// be listed, copied and checked.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir::inline WEIR_ABI {

enum class Dtype : std::uint8_t {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean,
  c64,
  f8_e5m2,
  f8_e4m3,
  f8_e8m0,
  f8_e4m3fnuz,
  f8_e5m2fnuz,
  f6_e2m3,
  f6_e3m2,
  f4
};

namespace detail {

struct DtypeRow {
  std::string_view name;
  unsigned bits;
};

/// In the order of Dtype.
inline constexpr std::array<DtypeRow, 22> dtype_rows{
    {{"F64", 64},        {"F32", 32},    {"F16", 16},    {"BF16", 16},   {"I64", 64},    {"I32", 32},
     {"I16", 16},        {"I8", 8},      {"U64", 64},    {"U32", 32},    {"U16", 16},    {"U8", 8},
     {"BOOL", 8},        {"C64", 64},    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
     {"F8_E5M2FNUZ", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}}};

template <class T>
constexpr Dtype integer_dtype() noexcept {
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? Dtype::i8 : Dtype::u8;
    case 2: return is_signed ? Dtype::i16 : Dtype::u16;
    case 4: return is_signed ? Dtype::i32 : Dtype::u32;
    default: return is_signed ? Dtype::i64 : Dtype::u64;
  }
}

}  // namespace detail

[[nodiscard]] constexpr std::string_view name_of(Dtype dtype) noexcept {
  return detail::dtype_rows[static_cast<std::size_t>(dtype)].name;
}

[[nodiscard]] constexpr unsigned bits_of(Dtype dtype) noexcept {
  return detail::dtype_rows[static_cast<std::size_t>(dtype)].bits;
}

[[nodiscard]] constexpr std::optional<Dtype> find_dtype(std::string_view name) noexcept {
  for (std::size_t i = 0; i < detail::dtype_rows.size(); ++i) {
    if (detail::dtype_rows[i].name == name) return static_cast<Dtype>(i);
  }
  return std::nullopt;
}

/// C++ types whose elements can be copied out of a file and into one. Not bool: a file can hold bytes that
/// are neither true nor false.
template <class T>
concept FileScalar = std::is_same_v<T, float> || std::is_same_v<T, double> ||
    (std::is_integral_v<T> && !std::is_same_v<T, bool>);

template <FileScalar T>
inline constexpr Dtype dtype_of = std::is_same_v<T, double>  ? Dtype::f64
                                  : std::is_same_v<T, float> ? Dtype::f32
                                                             : detail::integer_dtype<T>();

}  // namespace weir::inline WEIR_ABI
