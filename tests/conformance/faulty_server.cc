#include "tests/conformance/faulty_server.h"

#include "providers/sqlite/sqlite_provider.h"

namespace duroxide::conformance {

FaultyServer::FaultyServer(std::function<FaultHooks()> hooks,
                           RestartFault after_restart)
    : endpoint_("unix:" + folder_.File("socket")),
      after_restart_(after_restart),
      hooks_(std::move(hooks)),
      database_(folder_.File("first.db")) {
  Start();
}

absl::Status FaultyServer::Restart(const std::stop_token& /*stop*/) {
  Stop();
  if (after_restart_.loses_everything) database_ = folder_.File("second.db");
  if (after_restart_.hooks != nullptr) hooks_ = after_restart_.hooks;
  Start();
  return absl::OkStatus();
}

void FaultyServer::Start() {
  working_ =
      sqlite::OpenSqliteProvider({.database = database_, .test_hooks = true})
          .value();
  faulty_ = std::make_unique<FaultyProvider>(*working_, hooks_());
  server_ =
      server::StartServer(*faulty_, {.listen = endpoint_, .test_service = true})
          .value();
}

void FaultyServer::Stop() {
  server_.reset();
  // First: it waits for the last calls, which come back through the other.
  working_.reset();
  faulty_.reset();
}

}  // namespace duroxide::conformance
