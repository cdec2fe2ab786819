// The inline namespace that keeps differently compiled copies of weir apart.
//
// A header-only library is compiled anew in every translation unit, with that unit's -m flags. If two units
// use different flags, the linker would keep one copy of each inline function, and a baseline CPU could be
// sent into AVX-512 code. So every symbol carries version, instruction set and configuration in its name:
//
//   namespace weir::inline WEIR_ABI { ... }     ->     weir::v0_1_avx2_fma::...
//
// A program that links the library compiled once (weir::compiled, which defines WEIR_COMPILED) finds large
// functions there instead of compiling them itself. Its symbols say so, too: what was compiled with other
// flags than the library, or for another version, is refused by the linker, which names both.
#pragma once

#include <weir/core/version.hpp>

#if __cplusplus < 202002L
#error "weir needs C++20: compile with -std=c++20 (GCC 12 or newer, clang 14 or newer)"
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
#define WEIR_ISA avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define WEIR_ISA avx2_fma
#elif defined(__AVX2__)
#define WEIR_ISA avx2
#elif defined(__AVX__)
#define WEIR_ISA avx
#elif defined(__SSE4_1__)
#define WEIR_ISA sse4
#elif defined(__SSE2__)
#define WEIR_ISA sse2
#elif defined(__aarch64__)
#define WEIR_ISA neon64
#else
#define WEIR_ISA generic
#endif

#if defined(__cpp_exceptions)
#define WEIR_EXCEPTIONS 1
#define WEIR_ABI_EXCEPTIONS
#else
#define WEIR_EXCEPTIONS 0
#define WEIR_ABI_EXCEPTIONS _noexcept
#endif

#if defined(__FAST_MATH__)
#define WEIR_ABI_MATH _fast
#else
#define WEIR_ABI_MATH
#endif

#if defined(NDEBUG)
#define WEIR_ABI_ASSERT
#else
#define WEIR_ABI_ASSERT _assert
#endif

#if defined(WEIR_COMPILED)
#define WEIR_ABI_FORM _compiled
#else
#define WEIR_ABI_FORM
#endif

#define WEIR_ABI_JOIN_(major, minor, isa, exc, math, check, form) \
  v##major##_##minor##_##isa##exc##math##check##form
#define WEIR_ABI_JOIN(major, minor, isa, exc, math, check, form) \
  WEIR_ABI_JOIN_(major, minor, isa, exc, math, check, form)
#define WEIR_ABI                                                                                      \
  WEIR_ABI_JOIN(WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_ISA, WEIR_ABI_EXCEPTIONS, WEIR_ABI_MATH, \
                WEIR_ABI_ASSERT, WEIR_ABI_FORM)

// A large function that is no template is defined so:
//
//   [[nodiscard]] Result<Table> try_read_csv(const std::string& path);   // or a member, in its class
//   #if WEIR_BODIES
//   WEIR_BODY Result<Table> try_read_csv(const std::string& path) { ... }
//   #endif
//
// A virtual member says WEIR_BODY in its class, too: one that is not inline there makes GCC compile the class's
// whole table into every program that includes the header.
//
// WEIR_COMPILING is for the library's own file of these functions, cmake/compiled/functions.cpp.
#if defined(WEIR_COMPILED) && !defined(WEIR_COMPILING)
#define WEIR_BODIES 0
#else
#define WEIR_BODIES 1
#endif
#if defined(WEIR_COMPILED)
#define WEIR_BODY
#else
#define WEIR_BODY inline
#endif
