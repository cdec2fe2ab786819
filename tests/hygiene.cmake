# Tests of what a header-only library can break in its users' builds. All carry the label `hygiene`.

set(include_dir ${PROJECT_SOURCE_DIR}/include)

# --- Who may include whom, what no header may contain, and whether the umbrella holds everything.
add_test(NAME hygiene/includes COMMAND ${CMAKE_COMMAND} -DINCLUDE_DIR=${include_dir}
                                       -P ${CMAKE_CURRENT_SOURCE_DIR}/includes/check.cmake)

# --- A compiler for an older C++ says so before anything else.
add_test(NAME hygiene/below_cxx20 COMMAND ${CMAKE_COMMAND} -DCXX=${CMAKE_CXX_COMPILER} -DINCLUDE_DIR=${include_dir}
                                          -P ${CMAKE_CURRENT_SOURCE_DIR}/includes/below_cxx20.cmake)

# --- What is no layer is refused in one plain line.
add_test(NAME hygiene/contract COMMAND ${CMAKE_COMMAND} -DCXX=${CMAKE_CXX_COMPILER} -DINCLUDE_DIR=${include_dir}
                                       -P ${CMAKE_CURRENT_SOURCE_DIR}/contract/refuses.cmake)

# --- A program that only runs nets compiles no backward pass.
add_library(run_only OBJECT EXCLUDE_FROM_ALL odr/run_only.cpp)
target_link_libraries(run_only PRIVATE weir::weir)
target_compile_options(run_only PRIVATE -O0)
add_test(NAME hygiene/run_only_build COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target run_only)
set_tests_properties(hygiene/run_only_build PROPERTIES RESOURCE_LOCK build FIXTURES_SETUP run_only)
add_test(NAME hygiene/run_only COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DOBJECT=$<TARGET_OBJECTS:run_only>
                                       -P ${CMAKE_CURRENT_SOURCE_DIR}/odr/run_only.cmake)
set_tests_properties(hygiene/run_only PROPERTIES FIXTURES_REQUIRED run_only)

# --- Every header compiles alone, twice in a row, without warnings, for the baseline instruction set.
function(weir_add_header_check target)
  set(units)
  set(backwards)
  foreach(header IN LISTS ARGN)
    string(REGEX REPLACE "[/.]" "_" unit ${header})
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/${target}/${unit}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include <@header@>\n#include <@header@>\n" @ONLY)
    list(APPEND units ${unit})
    string(PREPEND backwards "#include <${header}>\n")
  endforeach()
  # Names of a header that hide those of another one would be seen in one order and not in the other.
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}/backwards.cpp CONTENT "${backwards}" @ONLY)
  list(APPEND units ${CMAKE_CURRENT_BINARY_DIR}/${target}/backwards.cpp)
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${units})
  target_link_libraries(${target} PRIVATE weir::weir $<TARGET_NAME_IF_EXISTS:weir::gzip>
                                            $<TARGET_NAME_IF_EXISTS:weir::zstd>
                                            $<TARGET_NAME_IF_EXISTS:weir::capture>
                                            $<TARGET_NAME_IF_EXISTS:weir::anonymise>
                                            $<TARGET_NAME_IF_EXISTS:weir::eigen>)
  target_compile_options(${target} PRIVATE ${WEIR_WARNINGS} -Werror -O0)
  set(keep_going)
  if(CMAKE_GENERATOR MATCHES "Ninja")
    set(keep_going -- -k 0) # tell of every header, not of the first
  endif()
  add_test(NAME hygiene/${target}
           COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target ${target} ${keep_going})
  # Two builds in one tree would disturb each other.
  set_tests_properties(hygiene/${target} PROPERTIES RESOURCE_LOCK build PROCESSORS 2)
endfunction()

file(GLOB_RECURSE headers RELATIVE ${include_dir} CONFIGURE_DEPENDS ${include_dir}/weir/*.hpp)
if(NOT TARGET weir::eigen)
  list(FILTER headers EXCLUDE REGEX "weir/eigen")
endif()
if(NOT TARGET weir::gzip)
  list(FILTER headers EXCLUDE REGEX gzip)
endif()
if(NOT TARGET weir::zstd)
  list(FILTER headers EXCLUDE REGEX zstd)
endif()
if(NOT TARGET weir::capture)
  list(FILTER headers EXCLUDE REGEX traffic/capture)
endif()
if(NOT TARGET weir::anonymise)
  list(FILTER headers EXCLUDE REGEX traffic/anonymise)
endif()
weir_add_header_check(headers ${headers})
set_tests_properties(hygiene/headers PROPERTIES FIXTURES_SETUP headers)
add_test(NAME hygiene/compiles_nothing
         COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} "-DOBJECTS=$<TARGET_OBJECTS:headers>"
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/includes/compiles_nothing.cmake)
set_tests_properties(hygiene/compiles_nothing PROPERTIES FIXTURES_REQUIRED headers)
weir_add_header_check(headers_noexcept weir/infer.hpp weir/traffic.hpp)
target_compile_options(headers_noexcept PRIVATE -fno-exceptions -fno-rtti)

# --- Indexers that are no compilers see what stands in our namespace (.ctags.d).
find_program(WEIR_CTAGS NAMES ctags-universal universal-ctags)
if(WEIR_CTAGS)
  add_test(NAME hygiene/ctags COMMAND ${WEIR_CTAGS} -f - include/weir/io/load_any.hpp include/weir/core/tensor.hpp
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(hygiene/ctags PROPERTIES
    PASS_REGULAR_EXPRESSION "\nTensor\t[^\n]*namespace:weir.*\nload_any\t[^\n]*namespace:weir")
endif()

# --- One program out of units compiled for different instruction sets, linked in both orders.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT WEIR_SANITIZE)
  set(levels 0 2)
  set(forbidden "4weir|5Eigen" "4weir|5Eigen|5xsimd") # a mangled name has a namespace behind its length
  foreach(level IN LISTS levels)
    foreach(isa IN ITEMS x86-64 haswell)
      string(MAKE_C_IDENTIFIER ${isa} entry)
      set(unit odr_${entry}_O${level})
      add_library(${unit} OBJECT odr/unit.cpp)
      target_link_libraries(${unit} PRIVATE weir::weir)
      target_compile_definitions(${unit} PRIVATE ENTRY=score_${entry})
      target_compile_options(${unit} PRIVATE -march=${isa} -O${level})
    endforeach()
  endforeach()
  add_executable(odr_forward odr/main.cpp $<TARGET_OBJECTS:odr_x86_64_O2> $<TARGET_OBJECTS:odr_haswell_O2>)
  add_executable(odr_reverse $<TARGET_OBJECTS:odr_haswell_O2> $<TARGET_OBJECTS:odr_x86_64_O2> odr/main.cpp)
  foreach(order IN ITEMS forward reverse)
    target_compile_features(odr_${order} PRIVATE cxx_std_20)
    add_test(NAME hygiene/odr_${order} COMMAND odr_${order})
  endforeach()
  # Without optimisation nothing is inlined away: there every weak symbol of ours is seen that there could be.
  # But only with optimisation do xsimd's scalar constants vanish, which it names alike for every instruction set.
  foreach(level namespaces IN ZIP_LISTS levels forbidden)
    add_test(NAME hygiene/odr_symbols_O${level}
             COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DFORBIDDEN=${namespaces}
                     -DFIRST=$<TARGET_OBJECTS:odr_x86_64_O${level}>
                     -DSECOND=$<TARGET_OBJECTS:odr_haswell_O${level}>
                     -P ${CMAKE_CURRENT_SOURCE_DIR}/odr/symbols.cmake)
  endforeach()
endif()

# --- Programs of others that use weir in each of the ways we document.
set(prefix ${CMAKE_CURRENT_BINARY_DIR}/consumers/prefix)
if(WEIR_INSTALL)
  add_test(NAME hygiene/install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${prefix})
  set_tests_properties(hygiene/install PROPERTIES FIXTURES_SETUP prefix)
endif()
foreach(consumer IN ITEMS installed compiled pkgconfig subdirectory fetchcontent werror noexcept)
  if(consumer MATCHES "installed|compiled|pkgconfig" AND NOT WEIR_INSTALL)
    continue()
  endif()
  add_test(NAME hygiene/consumer_${consumer}
           COMMAND ${CMAKE_COMMAND} -DCONSUMER=${consumer} -DWEIR=${PROJECT_SOURCE_DIR} -DPREFIX=${prefix}
                   -DVERSION=${PROJECT_VERSION} -DBUILD=${CMAKE_CURRENT_BINARY_DIR}/consumers/${consumer}
                   -DGENERATOR=${CMAKE_GENERATOR} -DCXX=${CMAKE_CXX_COMPILER}
                   "-DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}"
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/consumers/run.cmake)
  if(consumer MATCHES "installed|compiled|pkgconfig")
    set_tests_properties(hygiene/consumer_${consumer} PROPERTIES FIXTURES_REQUIRED prefix)
  endif()
endforeach()

get_property(tests DIRECTORY PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX ^hygiene/)
set_tests_properties(${tests} PROPERTIES LABELS hygiene TIMEOUT 900)
