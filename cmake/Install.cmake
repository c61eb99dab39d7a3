# `cmake --install`, and the package that find_package(duroxide_compat) finds:
#
#   duroxide_compat::proto            the contract's messages
#   duroxide_compat::proto_grpc       its services, for gRPC
#   duroxide_compat::provider         the Provider interface
#   duroxide_compat::remote           a Provider that is an endpoint
#   duroxide_compat::sqlite           a Provider that is a SQLite database
#   duroxide_compat::server           a Provider behind gRPC
#   duroxide_compat::runtime          durable orchestrations over any Provider
#   duroxide_compat::runtime_metrics  what it counts, for Prometheus
#   duroxide_compat::logging          what it writes logs with
#   duroxide_compat::stress           load on any Provider, measured
#
# and duroxide_compat_PROTO_DIR, the folder of the .proto files.

include(CMakePackageConfigHelpers)

set(package_includes ${CMAKE_INSTALL_INCLUDEDIR}/duroxide_compat)
set(package_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/duroxide_compat)
set(package_protos ${CMAKE_INSTALL_DATADIR}/duroxide_compat/proto)

foreach(name IN ITEMS proto proto_grpc provider remote sqlite server logging runtime
                      runtime_metrics stress)
  set_target_properties(duroxide_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS duroxide_${name} EXPORT duroxide_compat
          INCLUDES DESTINATION ${package_includes})
endforeach()
install(EXPORT duroxide_compat NAMESPACE duroxide_compat::
        FILE duroxide_compatTargets.cmake DESTINATION ${package_cmake})

install(TARGETS duroxide-compat duroxide-provider)

# Headers lie below a folder of the package's, as they are included.
install(FILES providers/await.h providers/errors.h providers/observer.h
              providers/provider.h providers/validation.h
        DESTINATION ${package_includes}/providers)
install(FILES providers/remote/remote_provider.h
        DESTINATION ${package_includes}/providers/remote)
install(FILES providers/sqlite/sqlite_provider.h
        DESTINATION ${package_includes}/providers/sqlite)
install(FILES runtime/activity_context.h runtime/client.h runtime/combinators.h
              runtime/durable_future.h runtime/json.h runtime/limits.h runtime/metrics.h
              runtime/orchestration.h runtime/orchestration_context.h runtime/registry.h
              runtime/retry_policy.h runtime/runtime.h runtime/runtime_observer.h
              runtime/runtime_options.h runtime/semantic_version.h runtime/trace.h
              runtime/trace_log.h runtime/turn_facts.h runtime/typed.h
        DESTINATION ${package_includes}/runtime)
install(FILES conformance/stress/effects.h conformance/stress/stage.h
              conformance/stress/stress_config.h conformance/stress/stress_result.h
              conformance/stress/stress_test.h conformance/stress/workload.h
        DESTINATION ${package_includes}/conformance/stress)
install(FILES conformance/stress/check/findings.h
        DESTINATION ${package_includes}/conformance/stress/check)
install(FILES conformance/stress/measure/histogram.h conformance/stress/measure/processes.h
        DESTINATION ${package_includes}/conformance/stress/measure)
install(FILES server/call_observer.h server/server.h DESTINATION ${package_includes}/server)
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/duroxide DESTINATION ${package_includes}
        FILES_MATCHING PATTERN "*.pb.h")
install(DIRECTORY proto/duroxide DESTINATION ${package_protos}
        FILES_MATCHING PATTERN "*.proto")

configure_package_config_file(cmake/duroxide_compatConfig.cmake.in
  ${PROJECT_BINARY_DIR}/duroxide_compatConfig.cmake
  INSTALL_DESTINATION ${package_cmake} PATH_VARS package_protos)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/duroxide_compatConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/duroxide_compatConfig.cmake
              ${PROJECT_BINARY_DIR}/duroxide_compatConfigVersion.cmake
        DESTINATION ${package_cmake})
