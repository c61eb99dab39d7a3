# Every library that the project links, in the order in which Debian's packages
# can be found: Protobuf through CMake's module, before gRPC.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_file(XXHASH_HEADER xxhash.h REQUIRED)  # used without its library
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)  # its matchers are what cases check with
if(DUROXIDE_TCMALLOC)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(tcmalloc REQUIRED IMPORTED_TARGET libtcmalloc_minimal)
endif()
if(DUROXIDE_BUILD_TESTS)
  include(GoogleTest)
endif()
