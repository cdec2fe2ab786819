# Builds and runs the consumer CONSUMER as its author would.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${BUILD})
file(MAKE_DIRECTORY ${BUILD})

if(CONSUMER STREQUAL "pkgconfig")
  set(ENV{PKG_CONFIG_PATH} ${PREFIX}/share/pkgconfig)
  execute_process(COMMAND pkg-config --modversion weir OUTPUT_VARIABLE version
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(NOT version STREQUAL VERSION)
    message(FATAL_ERROR "weir.pc says version ${version}, the header ${VERSION}")
  endif()
  execute_process(COMMAND pkg-config --cflags --libs weir OUTPUT_VARIABLE flags
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND ${flags})
  execute_process(COMMAND ${CXX} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/main.cpp -o ${BUILD}/consumer ${flags}
                  COMMAND_ERROR_IS_FATAL ANY)
else()
  set(project ${CONSUMER})
  set(arguments -DWEIR=${WEIR})
  if(CONSUMER MATCHES "^(installed|compiled)$")
    set(arguments -DCMAKE_PREFIX_PATH=${PREFIX} -DVERSION=${VERSION})
    if(CONSUMER STREQUAL "compiled")
      list(APPEND arguments -DOTHER_FLAGS=-DNDEBUG)
    endif()
  elseif(CONSUMER STREQUAL "werror")
    set(project subdirectory)
    # Nothing in weir.hpp needs Eigen.
    list(APPEND arguments -DMAIN=../everything.cpp -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON
         "-DOPTIONS=-Wall\;-Wextra\;-Wpedantic\;-Wconversion\;-Wsign-conversion\;-Wshadow\;-Wold-style-cast\;-Werror")
  elseif(CONSUMER STREQUAL "noexcept")
    set(project subdirectory)
    list(APPEND arguments "-DOPTIONS=-fno-exceptions\;-fno-rtti")
  endif()
  # Some of the variables below mean nothing to some of the projects.
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/${project} -B ${BUILD} -G ${GENERATOR}
                          -DCMAKE_CXX_COMPILER=${CXX} "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" ${arguments}
                          -Wno-dev --no-warn-unused-cli COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
endif()

if(CONSUMER STREQUAL "compiled")
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target stranger
                  RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT failed OR NOT output MATCHES "undefined reference[^\n]*weir::v[0-9_a-z]+_compiled::")
    message(FATAL_ERROR "a program compiled with other flags than the library must be refused by the linker:\n${output}")
  endif()
endif()

execute_process(COMMAND ${BUILD}/consumer OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "it printed: ${output}")
if(NOT output MATCHES "^weir ${VERSION}:")
  message(FATAL_ERROR "the headers' version is not ${VERSION}")
endif()
