# The jobs of .ci/run that are whole builds or tools of their own, as tests.
function(weir_add_job name)
  add_test(NAME ci/${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(ci/${name} PROPERTIES LABELS ci RUN_SERIAL ON TIMEOUT 2700)
endfunction()

file(GLOB_RECURSE sources CONFIGURE_DEPENDS include/*.hpp tests/*.[ch]pp examples/*.[ch]pp benchmarks/*.[ch]pp)
weir_add_job(format clang-format-14 --dry-run -Werror ${sources})

foreach(preset IN ITEMS clang asan tsan fuzz)
  weir_add_job(${preset} ${CMAKE_COMMAND} --workflow --preset ${preset})
endforeach()

# The tests of the programs are in no tree that clang builds: it only reads them.
file(GLOB sources CONFIGURE_DEPENDS tests/cli/*.cpp tests/examples/*.cpp)
set(eigen)
if(TARGET Eigen3::Eigen)
  get_target_property(eigen Eigen3::Eigen INTERFACE_INCLUDE_DIRECTORIES)
  list(TRANSFORM eigen PREPEND -isystem)
endif()
weir_add_job(clang_syntax clang++ -std=c++20 -fsyntax-only ${WEIR_WARNINGS} -Werror -Iinclude -Itests ${eigen}
             ${sources})
