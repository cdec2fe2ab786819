# Install rules: headers, CMake package, pkg-config file. Nothing in them depends on the architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/weir)
set(pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH pc_to_prefix /${pc_dir} /)
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})

configure_package_config_file(cmake/weirConfig.cmake.in weirConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a new minor version may break what compiled before.
write_basic_package_version_file(weirConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(cmake/weir.pc.in weir.pc @ONLY)

install(DIRECTORY include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
install(TARGETS weir_library EXPORT weir)
install(EXPORT weir NAMESPACE weir:: FILE weirTargets.cmake DESTINATION ${package_dir})
if(TARGET weir_gzip)
  install(TARGETS weir_gzip EXPORT weir_gzip)
  install(EXPORT weir_gzip NAMESPACE weir:: FILE weirGzipTargets.cmake DESTINATION ${package_dir})
endif()
if(TARGET weir_capture)
  install(TARGETS weir_capture EXPORT weir_capture)
  install(EXPORT weir_capture NAMESPACE weir:: FILE weirCaptureTargets.cmake DESTINATION ${package_dir})
endif()
if(TARGET weir_anonymise)
  install(TARGETS weir_anonymise EXPORT weir_anonymise)
  install(EXPORT weir_anonymise NAMESPACE weir:: FILE weirAnonymiseTargets.cmake DESTINATION ${package_dir})
endif()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weirConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/weirConfigVersion.cmake
              cmake/FindXsimdHeaders.cmake cmake/FindPCAP.cmake DESTINATION ${package_dir})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weir.pc DESTINATION ${pc_dir})
