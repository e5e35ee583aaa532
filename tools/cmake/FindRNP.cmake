# Finds RNP, the OpenPGP library. Gives the target RNP::rnp. Debian's own CMake package for RNP names targets of
# libraries that a user of the shared library need not have.
find_path(RNP_INCLUDE_DIR rnp/rnp.h)
find_library(RNP_LIBRARY rnp)
mark_as_advanced(RNP_INCLUDE_DIR RNP_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  RNP
  REQUIRED_VARS RNP_INCLUDE_DIR RNP_LIBRARY
  REASON_FAILURE_MESSAGE "Install RNP with its headers: the package librnp-dev of Debian, or run tools/setup.")

if(RNP_FOUND AND NOT TARGET RNP::rnp)
  add_library(RNP::rnp UNKNOWN IMPORTED)
  set_target_properties(RNP::rnp PROPERTIES IMPORTED_LOCATION ${RNP_LIBRARY}
                                            INTERFACE_INCLUDE_DIRECTORIES ${RNP_INCLUDE_DIR})
endif()
