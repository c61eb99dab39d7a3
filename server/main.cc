// duroxide-provider: a storage engine behind gRPC, as a process.

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "logging/log.h"
#include "providers/sqlite/backup.h"
#include "providers/sqlite/process.h"
#include "providers/sqlite/sqlite_provider.h"
#include "server/call_log.h"
#include "server/call_observer.h"
#include "server/flags.h"
#include "server/health_probe.h"
#include "server/library_logs.h"
#include "server/metrics.h"
#include "server/metrics_endpoint.h"
#include "server/queue_depths.h"
#include "server/server.h"
#include "server/service_manager.h"
#include "server/signals.h"

namespace duroxide::server {
namespace {

constexpr const char* kVersion = DUROXIDE_VERSION;

// How long a server may take to say that it serves.
constexpr absl::Duration kHealthPatience = absl::Seconds(5);

absl::StatusOr<std::unique_ptr<Provider>> OpenEngine(const Flags& flags,
                                                     EngineObserver& observer) {
  return sqlite::OpenSqliteProvider(
      {.database = flags.database,
       .max_message_bytes = flags.max_message_bytes,
       .test_hooks = flags.enable_test_service,
       .observer = &observer});
}

// Null, and a metrics address that is empty, where none is asked for.
absl::StatusOr<std::unique_ptr<MetricsEndpoint>> ServeMetrics(
    const Flags& flags, const Metrics& metrics, Provider& provider) {
  if (flags.metrics_listen.empty()) return nullptr;
  return MetricsEndpoint::Start(
      flags.metrics_listen,
      {metrics.registry(), std::make_shared<QueueDepths>(provider)});
}

int Fail(const std::string& what, const absl::Status& status) {
  std::cerr << "duroxide-provider: " << what << status.message() << std::endl;
  return kExitUsage;
}

// Everything that is made here ends in the opposite order.
int Serve(const Flags& flags) {
  HoldEndSignals();
  // Never destroyed: gRPC's threads may log to the very end.
  Logger& logger = *new Logger(flags.log_format, flags.log_level);
  RouteLibraryLogs(logger);
  Metrics metrics(kVersion, flags.engine);
  CallLog call_log(logger);
  CallObservers observers({&metrics, &call_log});

  auto provider = OpenEngine(flags, metrics);
  if (!provider.ok()) return Fail("--database: ", provider.status());
  auto metrics_endpoint = ServeMetrics(flags, metrics, **provider);
  if (!metrics_endpoint.ok()) {
    return Fail("--metrics-listen: ", metrics_endpoint.status());
  }
  auto server =
      StartServer(**provider, {.listen = flags.listen,
                               .max_message_bytes = flags.max_message_bytes,
                               .test_service = flags.enable_test_service,
                               .observer = &observers});
  if (!server.ok()) return Fail("--listen: ", server.status());

  std::cout << "serving " << flags.engine << " " << flags.database << " on "
            << (*server)->endpoint();
  if (*metrics_endpoint != nullptr) {
    std::cout << ", metrics on http://" << (*metrics_endpoint)->address()
              << "/metrics";
  }
  std::cout << std::endl;
  TellServiceManager("READY=1");

  const int signal = WaitForEndSignal();
  TellServiceManager("STOPPING=1");
  logger.Log(LogLevel::kInfo, "shutting down", {{"signal", signal}});
  (*server)->Shutdown(flags.shutdown_grace);
  logger.Log(LogLevel::kInfo, "stopped");
  return 0;
}

int Copy(const std::string& from, const std::string& to) {
  const absl::Status copied = sqlite::CopyDatabase(from, to);
  if (!copied.ok()) return Fail("", copied);
  std::cout << "copied " << from << " to " << to << std::endl;
  return 0;
}

int TellHealth(const std::string& listen) {
  const absl::Status health = ProbeHealth(listen, kHealthPatience);
  if (absl::IsInvalidArgument(health)) return Fail("--listen: ", health);
  if (!health.ok()) {
    std::cerr << "duroxide-provider: " << health.message() << std::endl;
    return kExitNotServing;
  }
  std::cout << "serving" << std::endl;
  return 0;
}

int Run(const Flags& flags) {
  switch (flags.command) {
    case Command::kServe:
      return Serve(flags);
    case Command::kBackup:
      return Copy(flags.database, flags.file);
    case Command::kRestore:
      return Copy(flags.file, flags.database);
    case Command::kHealth:
      return TellHealth(flags.listen);
  }
  return kExitUsage;
}

int Main(int argc, char** argv) {
  sqlite::LeaveMemoryUncounted();
  const auto parsed = ParseFlags(argc, argv, kVersion);
  if (const auto* end = std::get_if<EndOfProgram>(&parsed)) {
    (end->exit_code == 0 ? std::cout : std::cerr) << end->text << std::flush;
    return end->exit_code;
  }
  return Run(std::get<Flags>(parsed));
}

}  // namespace
}  // namespace duroxide::server

int main(int argc, char** argv) { return duroxide::server::Main(argc, argv); }
