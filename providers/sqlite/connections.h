#ifndef DUROXIDE_PROVIDERS_SQLITE_CONNECTIONS_H_
#define DUROXIDE_PROVIDERS_SQLITE_CONNECTIONS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// What an engine works with. There is the writer alone where the database
// belongs to its one connection: then only the writer may read, and there is no
// log.
struct Connections {
  std::unique_ptr<Connection> writer;
  std::vector<std::unique_ptr<Connection>> readers;  // one for each thread
  std::unique_ptr<Connection> checkpoints;
};

// Opens a file, which is made if it is missing, or ":memory:"; see
// OpenForWriting.
absl::StatusOr<Connections> Connect(const std::string& database,
                                    absl::Duration busy_timeout);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_CONNECTIONS_H_
