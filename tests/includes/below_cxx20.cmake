# The first error that CXX finds in an umbrella header of INCLUDE_DIR with -std=c++17 names C++20.
cmake_minimum_required(VERSION 3.25)

foreach(header IN ITEMS weir infer train traffic)
  execute_process(COMMAND ${CXX} -std=c++17 -fsyntax-only -Wfatal-errors -I ${INCLUDE_DIR} -x c++
                          ${INCLUDE_DIR}/weir/${header}.hpp
                  RESULT_VARIABLE result ERROR_VARIABLE errors)
  if(result EQUAL 0)
    message(FATAL_ERROR "weir/${header}.hpp compiles with -std=c++17")
  endif()
  string(REGEX MATCH "error: [^\n]*" first "${errors}")
  if(NOT first MATCHES "weir needs C\\+\\+20")
    message(FATAL_ERROR "weir/${header}.hpp with -std=c++17 begins with\n${first}")
  endif()
  message(STATUS "weir/${header}.hpp: ${first}")
endforeach()
