# How weir's own programs (tests, examples, benchmarks) are compiled. Nothing here reaches a consumer.

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

  find_program(CCACHE ccache)
  if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what lets ccache see through a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
endif()

set(WEIR_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast)

# Link this into a program of ours: weir, warnings, sanitizers, and the colours that ninja would swallow.
add_library(weir_program INTERFACE)
target_link_libraries(weir_program INTERFACE weir::weir)
target_compile_options(weir_program INTERFACE ${WEIR_WARNINGS} $<$<BOOL:${WEIR_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes the deliberately undefined registers of its own AVX-512 headers for a bug of the caller, and a
  # literal before a string for memory that overlaps (its bug 105651).
  target_compile_options(weir_program INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized -Wno-restrict
                                                -fdiagnostics-color=always)
else()
  target_compile_options(weir_program INTERFACE -fcolor-diagnostics)
endif()
if(WEIR_SANITIZE)
  set(sanitizers -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(weir_program INTERFACE ${sanitizers}
    $<$<CXX_COMPILER_ID:Clang>:-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignorelist.txt>)
  target_link_options(weir_program INTERFACE ${sanitizers})
endif()

# The same for this machine's instruction set.
add_library(weir_native INTERFACE)
target_link_libraries(weir_native INTERFACE weir_program)
if(WEIR_NATIVE)
  target_compile_options(weir_native INTERFACE -march=native)
endif()

# The library compiled once, for ours as they are compiled.
target_link_libraries(weir_compiled PRIVATE weir_native)
