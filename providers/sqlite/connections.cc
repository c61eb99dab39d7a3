#include "providers/sqlite/connections.h"

#include <utility>

#include "providers/sqlite/database.h"

namespace duroxide::sqlite {
namespace {

// How many threads read, beside the writer: as many as keep one long read from
// holding up all others.
constexpr int kReaders = 2;

}  // namespace

absl::StatusOr<Connections> Connect(const std::string& database,
                                    absl::Duration busy_timeout) {
  Connections connections;
  absl::StatusOr<std::unique_ptr<Connection>> writer =
      OpenForWriting(database, busy_timeout);
  if (!writer.ok()) return writer.status();
  connections.writer = *std::move(writer);
  // A database in memory belongs to its one connection.
  if (database == ":memory:") return connections;
  for (int i = 0; i < kReaders; ++i) {
    absl::StatusOr<std::unique_ptr<Connection>> opened =
        OpenForReading(database, busy_timeout);
    if (!opened.ok()) return opened.status();
    connections.readers.push_back(*std::move(opened));
  }
  absl::StatusOr<std::unique_ptr<Connection>> checkpoints =
      OpenForWriting(database, busy_timeout);
  if (!checkpoints.ok()) return checkpoints.status();
  connections.checkpoints = *std::move(checkpoints);
  return connections;
}

}  // namespace duroxide::sqlite
