#ifndef DUROXIDE_PROVIDERS_SQLITE_DATABASE_H_
#define DUROXIDE_PROVIDERS_SQLITE_DATABASE_H_

// Opening a database: is it ours, is it sound, is its schema current.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// The steps that bring a database from version N to N + 1, step N first. What
// has been released is never changed; a new version appends a step.
absl::Span<const char* const> SchemaSteps();

// Opens the connection that writes, with the schema brought up to date. See
// OpenSqliteProvider for the errors; nothing is written to a file that is
// refused. Several processes may do this at once.
absl::StatusOr<std::unique_ptr<Connection>> OpenForWriting(
    const std::string& database, absl::Duration busy_timeout,
    absl::Span<const char* const> schema_steps = SchemaSteps());

// Opens a further connection, which only reads.
absl::StatusOr<std::unique_ptr<Connection>> OpenForReading(
    const std::string& database, absl::Duration busy_timeout);

// OK where the file is a database of this project, of any version; DATA_LOSS
// where it is not or cannot be read, UNAVAILABLE where it is locked.
absl::Status CheckIsOurs(const std::string& database, Connection& connection);

// Reads the whole file: DATA_LOSS where it is damaged, UNAVAILABLE where it is
// locked.
absl::Status CheckSound(const std::string& database, Connection& connection);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_DATABASE_H_
