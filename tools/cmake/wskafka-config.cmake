# What find_package(wskafka) reads: the libraries that ours are linked with,
# then wskafka::server itself.
include(CMakeFindDependencyMacro)
list(PREPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_dependency(Threads)
find_dependency(Boost)
find_dependency(CAF)
find_dependency(RdKafka)
find_dependency(RE2)
find_dependency(websocketpp)
find_dependency(simdjson)
find_dependency(nlohmann_json)
list(POP_FRONT CMAKE_MODULE_PATH)
include(${CMAKE_CURRENT_LIST_DIR}/wskafka-targets.cmake)
