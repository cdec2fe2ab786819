# libzstd as ZSTD::ZSTD. Debian's packages have a CMake package, those of others a pkg-config file at most.
find_path(ZSTD_INCLUDE_DIR zstd.h)
find_library(ZSTD_LIBRARY zstd)
mark_as_advanced(ZSTD_INCLUDE_DIR ZSTD_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ZSTD REQUIRED_VARS ZSTD_LIBRARY ZSTD_INCLUDE_DIR)

if(ZSTD_FOUND AND NOT TARGET ZSTD::ZSTD)
  if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
    add_library(ZSTD::ZSTD UNKNOWN IMPORTED GLOBAL)
  else()
    add_library(ZSTD::ZSTD UNKNOWN IMPORTED)
  endif()
  set_target_properties(ZSTD::ZSTD PROPERTIES IMPORTED_LOCATION ${ZSTD_LIBRARY}
                                              INTERFACE_INCLUDE_DIRECTORIES ${ZSTD_INCLUDE_DIR})
endif()
