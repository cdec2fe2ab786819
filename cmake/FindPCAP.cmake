# libpcap as PCAP::PCAP. It installs a pkg-config file but no CMake package.
find_path(PCAP_INCLUDE_DIR pcap/pcap.h)
find_library(PCAP_LIBRARY pcap)
mark_as_advanced(PCAP_INCLUDE_DIR PCAP_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PCAP REQUIRED_VARS PCAP_LIBRARY PCAP_INCLUDE_DIR)

if(PCAP_FOUND AND NOT TARGET PCAP::PCAP)
  if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
    add_library(PCAP::PCAP UNKNOWN IMPORTED GLOBAL)
  else()
    add_library(PCAP::PCAP UNKNOWN IMPORTED)
  endif()
  set_target_properties(PCAP::PCAP PROPERTIES IMPORTED_LOCATION ${PCAP_LIBRARY}
                                              INTERFACE_INCLUDE_DIRECTORIES ${PCAP_INCLUDE_DIR})
endif()
