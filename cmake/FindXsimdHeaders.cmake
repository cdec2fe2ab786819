# xsimd's headers as XsimdHeaders::XsimdHeaders.
#
# Not xsimd's own target: the one that Debian 12 installs links to `xtl`, which need not be there and which
# nothing here uses.
if(NOT TARGET xsimd)
  find_package(xsimd CONFIG QUIET)
endif()
if(TARGET xsimd)
  get_target_property(XsimdHeaders_FROM_TARGET xsimd INTERFACE_INCLUDE_DIRECTORIES)
endif()
if(NOT XsimdHeaders_FROM_TARGET)
  find_path(XsimdHeaders_INCLUDE_DIR xsimd/xsimd.hpp)
  set(XsimdHeaders_FROM_TARGET ${XsimdHeaders_INCLUDE_DIR})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(XsimdHeaders REQUIRED_VARS XsimdHeaders_FROM_TARGET)

if(XsimdHeaders_FOUND AND NOT TARGET XsimdHeaders::XsimdHeaders)
  if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
    add_library(XsimdHeaders::XsimdHeaders INTERFACE IMPORTED GLOBAL)
  else()
    add_library(XsimdHeaders::XsimdHeaders INTERFACE IMPORTED)
  endif()
  target_include_directories(XsimdHeaders::XsimdHeaders INTERFACE ${XsimdHeaders_FROM_TARGET})
endif()
