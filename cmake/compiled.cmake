# weir::compiled: the library's large parts, compiled once for all who link it, with the flags of this build.
# Nothing is compiled before something links it. Read by weir's own build and by weirConfig.cmake.
#
# What links it must be compiled with the same instruction set, and with or without NDEBUG and exceptions alike,
# as it is when those flags are set for the whole build (CMAKE_CXX_FLAGS, CMAKE_BUILD_TYPE). The linker refuses
# anything else: the flags are part of the symbols (weir/core/abi.hpp).
file(GLOB weir_compiled_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/compiled/*.cpp)
add_library(weir_compiled STATIC EXCLUDE_FROM_ALL ${weir_compiled_sources})
add_library(weir::compiled ALIAS weir_compiled)
target_link_libraries(weir_compiled PUBLIC weir::weir)
target_compile_definitions(weir_compiled PUBLIC WEIR_COMPILED)
unset(weir_compiled_sources)
