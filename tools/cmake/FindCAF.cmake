# Finds the C++ Actor Framework, for which Debian ships no CMake package. Components: core, io, openssl. Gives the
# targets CAF::core, CAF::io and CAF::openssl, and CAF_VERSION.
find_path(CAF_INCLUDE_DIR caf/config.hpp)
mark_as_advanced(CAF_INCLUDE_DIR)

if(CAF_INCLUDE_DIR)
  # "#define CAF_VERSION 1706" stands for 0.17.6: two digits a part.
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp CAF_VERSION_LINE REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX REPLACE "^#define CAF_VERSION 0*" "" CAF_VERSION_NUMBER "${CAF_VERSION_LINE}")
  if(CAF_VERSION_NUMBER)
    math(EXPR CAF_VERSION_MAJOR "${CAF_VERSION_NUMBER} / 10000")
    math(EXPR CAF_VERSION_MINOR "${CAF_VERSION_NUMBER} / 100 % 100")
    math(EXPR CAF_VERSION_PATCH "${CAF_VERSION_NUMBER} % 100")
    set(CAF_VERSION ${CAF_VERSION_MAJOR}.${CAF_VERSION_MINOR}.${CAF_VERSION_PATCH})
  endif()
endif()

if(NOT CAF_FIND_COMPONENTS)
  set(CAF_FIND_COMPONENTS core)
endif()
foreach(component IN LISTS CAF_FIND_COMPONENTS)
  find_library(CAF_${component}_LIBRARY caf_${component})
  mark_as_advanced(CAF_${component}_LIBRARY)
  if(CAF_${component}_LIBRARY AND CAF_INCLUDE_DIR)
    set(CAF_${component}_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_INCLUDE_DIR CAF_VERSION
  VERSION_VAR CAF_VERSION
  HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "Install CAF 0.17.6 with its headers: the package libcaf-dev of Debian 12 or 13, or run tools/setup.")

if(CAF_FOUND)
  find_package(Threads QUIET)
  foreach(component IN LISTS CAF_FIND_COMPONENTS)
    if(CAF_${component}_LIBRARY AND NOT TARGET CAF::${component})
      add_library(CAF::${component} UNKNOWN IMPORTED)
      set_target_properties(CAF::${component} PROPERTIES IMPORTED_LOCATION ${CAF_${component}_LIBRARY}
                                                         INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
      if(component STREQUAL "core")
        target_link_libraries(CAF::core INTERFACE Threads::Threads)
      elseif(component STREQUAL "io")
        target_link_libraries(CAF::io INTERFACE CAF::core)
      elseif(component STREQUAL "openssl")
        target_link_libraries(CAF::openssl INTERFACE CAF::io)
      endif()
    endif()
  endforeach()
endif()
