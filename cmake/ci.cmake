# The jobs of .ci/run that are whole builds or tools of their own, as tests.
function(weir_add_job name)
  add_test(NAME ci/${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(ci/${name} PROPERTIES LABELS ci RUN_SERIAL ON TIMEOUT 2700)
endfunction()

file(GLOB_RECURSE sources CONFIGURE_DEPENDS include/*.hpp tests/*.[ch]pp examples/*.[ch]pp benchmarks/*.[ch]pp
     cmake/*.cpp)
weir_add_job(format clang-format-14 --dry-run -Werror ${sources})

foreach(preset IN ITEMS clang asan tsan fuzz)
  weir_add_job(${preset} ${CMAKE_COMMAND} --workflow --preset ${preset})
endforeach()

# Programs and their tests are in no tree that clang builds: it only reads them, a few files at a time.
file(GLOB sources CONFIGURE_DEPENDS examples/*/*.cpp)
file(GLOB units ${PROJECT_BINARY_DIR}/tests/units/cli_*.cpp ${PROJECT_BINARY_DIR}/tests/units/examples_*.cpp)
list(APPEND sources ${units})
set(eigen)
if(TARGET Eigen3::Eigen)
  get_target_property(eigen Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  list(TRANSFORM eigen PREPEND -isystem)
endif()
set(read clang++ -std=c++20 -fsyntax-only -DNDEBUG -DWEIR_COMPILED ${WEIR_WARNINGS} -Werror -Iinclude -Itests ${eigen})
list(JOIN read " " read)
list(JOIN sources "\n" sources)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/clang_reads.txt "${sources}\n")
weir_add_job(clang_syntax sh -c "xargs -P 2 -n 4 ${read} <${CMAKE_CURRENT_BINARY_DIR}/clang_reads.txt")
