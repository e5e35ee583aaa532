# The installed package: find_package(pillar) gives pillar::interfaces, pillar::runtime, pillar::actors and
# pillar::pillar. Headers lie under include/pillar/, which is an include folder itself because headers include each
# other from the root of the source tree.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pillar)

install(TARGETS pillar_interfaces pillar_runtime pillar_actors pillar_pillar EXPORT pillarTargets
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pillar)
if(TARGET pillar)
  install(TARGETS pillar)
endif()
install(FILES actors/pillar.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pillar)
install(EXPORT pillarTargets NAMESPACE pillar:: DESTINATION ${package_dir})

configure_package_config_file(tools/cmake/pillarConfig.cmake.in ${PROJECT_BINARY_DIR}/pillarConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pillarConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pillarConfig.cmake ${PROJECT_BINARY_DIR}/pillarConfigVersion.cmake
              tools/cmake/FindCAF.cmake tools/cmake/FindRNP.cmake
        DESTINATION ${package_dir})
