# How a target of this project is declared, so that all are built alike.

add_library(duroxide_options INTERFACE)
target_compile_options(duroxide_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       -Wnon-virtual-dtor -Wimplicit-fallthrough)
# g++ warns of each member that a designated initialiser leaves at its default,
# which is what they are for; clang does not.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(duroxide_options INTERFACE -Wno-missing-field-initializers)
endif()

# duroxide_library(NAME sources... [PUBLIC libs...] [PRIVATE libs...])
function(duroxide_library name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC}
                        PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:duroxide_options>)
endfunction()

# duroxide_precompile(NAME headers...): has the target's sources begin with
# these headers, compiled once, where the preset wants that.
function(duroxide_precompile name)
  if(NOT DUROXIDE_PRECOMPILED_HEADERS)
    return()
  endif()
  target_precompile_headers(${name} PRIVATE ${ARGN})
  # For ccache: without the time of its making the compiled header is the same
  # whenever it is made.
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endfunction()

# duroxide_executable(NAME sources... LINK libs...)
function(duroxide_executable name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} duroxide_options)
endfunction()

# duroxide_program(NAME sources... LINK libs...): an executable for users.
function(duroxide_program name)
  duroxide_executable(${name} ${PROJECT_SOURCE_DIR}/cmake/program_start.cc ${ARGN})
  target_link_libraries(${name} PRIVATE absl::synchronization)
  if(DUROXIDE_TCMALLOC)
    target_link_libraries(${name} PRIVATE -Wl,--no-as-needed PkgConfig::tcmalloc -Wl,--as-needed)
  endif()
endfunction()

# duroxide_test(NAME sources... LINK libs... [PROPERTIES name value...]): one
# GoogleTest program, whose tests ctest runs one by one.
function(duroxide_test name)
  cmake_parse_arguments(ARG "" "" "LINK;PROPERTIES" ${ARGN})
  duroxide_executable(${name} ${ARG_UNPARSED_ARGUMENTS} LINK ${ARG_LINK} GTest::gmock_main)
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300 ${ARG_PROPERTIES})
endfunction()
