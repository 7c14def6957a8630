# libcaf-dev ships neither a CMake configuration nor a pkg-config file.
# Defines CAF::core from the header caf/config.hpp and the library caf_core.
find_path(CAF_INCLUDE_DIR caf/config.hpp)
find_library(CAF_CORE_LIBRARY caf_core)
if(CAF_INCLUDE_DIR)
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp CAF_VERSION_LINE
       REGEX "^#define CAF_VERSION [0-9]+")
  # CAF_VERSION is major * 10000 + minor * 100 + patch.
  string(REGEX MATCH "[0-9]+$" CAF_VERSION_NUMBER "${CAF_VERSION_LINE}")
  math(EXPR CAF_MAJOR "${CAF_VERSION_NUMBER} / 10000")
  math(EXPR CAF_MINOR "(${CAF_VERSION_NUMBER} / 100) % 100")
  math(EXPR CAF_PATCH "${CAF_VERSION_NUMBER} % 100")
  set(CAF_VERSION ${CAF_MAJOR}.${CAF_MINOR}.${CAF_PATCH})
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR VERSION_VAR CAF_VERSION)
if(CAF_FOUND AND NOT TARGET CAF::core)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION ${CAF_CORE_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR})
endif()
