#ifndef DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_
#define DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_

#include <memory>
#include <string>
#include <utility>

#include "providers/sqlite/sqlite_provider.h"
#include "server/server.h"
#include "tests/conformance/faulty_provider.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {

// The SQLite provider behind hooks, behind a server on a unix socket.
class FaultyServer {
 public:
  explicit FaultyServer(FaultHooks hooks)
      : working_(sqlite::OpenSqliteProvider(
                     {.database = ":memory:", .test_hooks = true})
                     .value()),
        faulty_(*working_, std::move(hooks)),
        server_(server::StartServer(faulty_,
                                    {.listen = "unix:" + folder_.File("socket"),
                                     .test_service = true})
                    .value()) {}

  const std::string& endpoint() const { return server_->endpoint(); }

 private:
  // In the order in which they need each other.
  const testing_support::TempDir folder_;
  const std::unique_ptr<Provider> working_;
  FaultyProvider faulty_;
  const std::unique_ptr<server::ProviderServer> server_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_
