# What every target of the project is compiled with, and one helper that
# declares a library the way each folder does.

set(CMAKE_CXX_STANDARD 17)  # websocketpp 0.8.2 does not compile as C++20
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(wskafka_settings INTERFACE)
target_include_directories(wskafka_settings INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wskafka>)
set(WSKAFKA_WARNINGS
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual)
if(WSKAFKA_WARNINGS_AS_ERRORS)
  list(APPEND WSKAFKA_WARNINGS -Werror)
endif()
target_compile_options(wskafka_settings INTERFACE
  "$<BUILD_INTERFACE:${WSKAFKA_WARNINGS}>")

if(WSKAFKA_SANITIZE)
  add_compile_options(-fsanitize=${WSKAFKA_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all -Og -g1)
  # CAF's mailboxes take the head of an empty list for an element (only its
  # address is used), in a header that is compiled with our code.
  add_compile_options(-fno-sanitize=vptr)
  add_link_options(-fsanitize=${WSKAFKA_SANITIZE})
endif()

# Sources that are compiled together share the headers and the instances of
# CAF's templates, which cost more than the sources (sanitized: a quarter of the
# time). But they share the names in their unnamed namespaces, too, and one may
# lack an include that another has: the release build joins no library, debug
# nothing, and test/CMakeLists.txt looks after the headers of the tests.
option(WSKAFKA_JOIN_TESTS "Compile the tests' sources together" OFF)
option(WSKAFKA_JOIN_LIBRARIES "The libraries' too, where it is worth it" OFF)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

# wskafka_library(<name> <source>...): a static library of one folder.
function(wskafka_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC wskafka_settings)
endfunction()
