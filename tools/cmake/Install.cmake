# The library for other programs: find_package(wskafka), wskafka::server, and
# one header, <wskafka/server.hpp>. It leads to the headers of ours that it
# needs, which keep the names they have here.

include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/wskafka)

foreach(header actors/server.hpp config/options.hpp)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wskafka/${folder})
endforeach()

file(WRITE ${CMAKE_BINARY_DIR}/installed/server.hpp
     "#pragma once\n\n#include \"actors/server.hpp\"\n")
install(FILES ${CMAKE_BINARY_DIR}/installed/server.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wskafka)

set_target_properties(wskafka_actors PROPERTIES EXPORT_NAME server)
install(TARGETS wskafka_actors wskafka_config wskafka_protocol wskafka_net
                wskafka_ws_plain wskafka_ws wskafka_kafka wskafka_settings
        EXPORT wskafka-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT wskafka-targets NAMESPACE wskafka::
        DESTINATION ${package_folder})

write_basic_package_version_file(
  ${CMAKE_BINARY_DIR}/wskafka-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/wskafka-config-version.cmake
              tools/cmake/wskafka-config.cmake
              tools/cmake/FindCAF.cmake
              tools/cmake/FindRdKafka.cmake
              tools/cmake/FindRE2.cmake
        DESTINATION ${package_folder})
