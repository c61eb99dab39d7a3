#include "providers/sqlite/database.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/sqlite/schema_steps.h"

namespace duroxide::sqlite {
namespace {

// "DURX": marks a file as a database of this project.
constexpr int64_t kApplicationId = 0x44555258;

// What the file says it is.
struct Identity {
  int64_t application_id = 0;
  int64_t schema_version = 0;
  bool empty = true;
};

absl::Status Damaged(const std::string& database, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(database, " is damaged (", what,
                   "); nothing was written to it; restore it from a backup"));
}

// What a failed read says: the file is busy, or it is damaged.
absl::Status Unreadable(const std::string& database,
                        const absl::Status& error) {
  if (absl::IsUnavailable(error)) {
    return absl::UnavailableError(
        absl::StrCat("cannot read ", database, ": ", error.message()));
  }
  return Damaged(database, error.message());
}

absl::StatusOr<Identity> Identify(const std::string& database,
                                  Connection& connection) {
  Identity identity;
  identity.application_id =
      connection.Number("PRAGMA application_id").value_or(0);
  identity.schema_version =
      connection.Number("PRAGMA user_version").value_or(0);
  identity.empty =
      !connection.Number("SELECT 1 FROM sqlite_master LIMIT 1").has_value();
  if (!connection.error().ok()) return Unreadable(database, connection.error());
  return identity;
}

absl::Status CheckOurs(const std::string& database, const Identity& identity,
                       int64_t newest_version) {
  if (identity.empty && identity.application_id == 0) return absl::OkStatus();
  if (identity.application_id != kApplicationId) {
    return absl::DataLossError(absl::StrCat(
        database, " is a database of another program; name another file"));
  }
  if (identity.schema_version > newest_version) {
    return absl::FailedPreconditionError(absl::StrCat(
        database, " has schema version ", identity.schema_version,
        ", this program knows up to ", newest_version,
        "; nothing was written to it; use a newer duroxide-provider"));
  }
  return absl::OkStatus();
}

// Puts the file into WAL mode, which is kept in the file. SQLite takes the lock
// for the change without asking the busy handler, since two connections that
// both read and both waited would wait for ever: whoever finds the file taken
// lets go of it here and tries again.
absl::Status UseWriteAheadLog(const std::string& database,
                              Connection& connection,
                              absl::Duration busy_timeout) {
  const absl::Time give_up = absl::Now() + busy_timeout;
  while (true) {
    std::string journal;
    {
      Rows rows = connection.Query("PRAGMA journal_mode=WAL");
      if (rows.Next()) journal = std::string(rows.Text(0));
    }
    if (journal == "wal") return absl::OkStatus();
    if (!absl::IsUnavailable(connection.error()) || absl::Now() >= give_up) {
      return absl::UnavailableError(absl::StrCat(
          database, " cannot be put into WAL mode: ",
          connection.error().ok() ? journal : connection.error().message()));
    }
    connection.ClearError();
    absl::SleepFor(kBusyPause);
  }
}

// Runs the steps that are missing, in one transaction: another process that
// opens the same file waits, and then finds nothing left to do.
absl::Status BringUpToDate(const std::string& database, Connection& connection,
                           absl::Span<const char* const> steps) {
  connection.Run("BEGIN IMMEDIATE");
  absl::StatusOr<Identity> identity = Identify(database, connection);
  if (!identity.ok()) return identity.status();
  const auto newest = static_cast<int64_t>(steps.size());
  if (absl::Status ours = CheckOurs(database, *identity, newest); !ours.ok()) {
    return ours;
  }
  for (int64_t version = identity->schema_version; version < newest;
       ++version) {
    connection.RunScript(steps[static_cast<size_t>(version)]);
  }
  if (identity->schema_version < newest) {
    connection.RunScript(absl::StrCat("PRAGMA application_id=", kApplicationId,
                                      ";PRAGMA user_version=", newest));
  }
  connection.Run("COMMIT");
  if (!connection.error().ok()) {
    return absl::UnavailableError(
        absl::StrCat("cannot bring the schema of ", database,
                     " up to date: ", connection.error().message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSound(const std::string& database, Connection& connection) {
  std::string verdict;
  {
    Rows rows = connection.Query("PRAGMA quick_check(1)");
    if (rows.Next()) verdict = std::string(rows.Text(0));
  }
  if (!connection.error().ok()) return Unreadable(database, connection.error());
  if (verdict != "ok") return Damaged(database, verdict);
  return absl::OkStatus();
}

absl::Status CheckIsOurs(const std::string& database, Connection& connection) {
  const absl::StatusOr<Identity> identity = Identify(database, connection);
  if (!identity.ok()) return identity.status();
  if (identity->application_id != kApplicationId) {
    return absl::DataLossError(absl::StrCat(
        database, " is no database of this program; name another file"));
  }
  return absl::OkStatus();
}

absl::Span<const char* const> SchemaSteps() { return kSchemaSteps; }

absl::StatusOr<std::unique_ptr<Connection>> OpenForWriting(
    const std::string& database, absl::Duration busy_timeout,
    absl::Span<const char* const> schema_steps) {
  absl::StatusOr<std::unique_ptr<Connection>> opened =
      Connection::Open(database, Connection::Mode::kReadWrite, busy_timeout);
  if (!opened.ok()) return opened;
  Connection& connection = **opened;
  const bool in_memory = database == ":memory:";
  if (!in_memory) connection.LeaveFileAlone(true);

  // In one snapshot: another process may be making the schema right now.
  connection.Run("BEGIN");
  absl::StatusOr<Identity> identity = Identify(database, connection);
  if (!identity.ok()) return identity.status();
  connection.Run("COMMIT");
  if (absl::Status ours = CheckOurs(database, *identity,
                                    static_cast<int64_t>(schema_steps.size()));
      !ours.ok()) {
    return ours;
  }
  if (absl::Status sound = CheckSound(database, connection); !sound.ok()) {
    return sound;
  }

  if (!in_memory) {
    connection.LeaveFileAlone(false);
    if (absl::Status wal = UseWriteAheadLog(database, connection, busy_timeout);
        !wal.ok()) {
      return wal;
    }
    // FULL: the log is synced at every commit, so that what was acknowledged
    // survives power loss. NORMAL syncs at checkpoints only.
    connection.RunScript(
        "PRAGMA synchronous=FULL;"
        "PRAGMA wal_autocheckpoint=4000;"
        "PRAGMA journal_size_limit=67108864;"
        "PRAGMA cache_size=-65536");
  }
  // Debian's SQLite zeroes what is deleted, page by page, unless told
  // otherwise.
  connection.RunScript("PRAGMA temp_store=MEMORY;PRAGMA secure_delete=OFF");
  if (absl::Status current = BringUpToDate(database, connection, schema_steps);
      !current.ok()) {
    return current;
  }
  return opened;
}

absl::StatusOr<std::unique_ptr<Connection>> OpenForReading(
    const std::string& database, absl::Duration busy_timeout) {
  absl::StatusOr<std::unique_ptr<Connection>> connection =
      Connection::Open(database, Connection::Mode::kReadOnly, busy_timeout);
  if (connection.ok()) {
    (*connection)
        ->RunScript("PRAGMA temp_store=MEMORY;PRAGMA cache_size=-16384");
  }
  return connection;
}

}  // namespace duroxide::sqlite
