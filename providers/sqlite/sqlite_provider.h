#ifndef DUROXIDE_PROVIDERS_SQLITE_SQLITE_PROVIDER_H_
#define DUROXIDE_PROVIDERS_SQLITE_SQLITE_PROVIDER_H_

// The embedded default: every clause of the contract on one SQLite database.

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/observer.h"
#include "providers/provider.h"

namespace duroxide::sqlite {

struct SqliteOptions {
  // A file, made if it is missing, or ":memory:" for a database that is gone
  // with the provider. A file is in WAL mode with synchronous=FULL: what was
  // acknowledged survives power loss. Several processes may open one file.
  std::string database;
  // The largest request or reply (WIRE-8), in bytes.
  uint64_t max_message_bytes = uint64_t{64} << 20;
  // Offer what only tests may do: stores that come and go, the corruption hook.
  bool test_hooks = false;
  // How long a request may wait for another process that is writing before it
  // is answered with STORE_BUSY.
  absl::Duration busy_timeout = absl::Seconds(30);
  // Told about commits, waits and expiries; may be null, must outlive the
  // provider.
  EngineObserver* observer = nullptr;
};

// Opens the database, bringing its schema up to date.
//
// Errors, with nothing written to the file: INVALID_ARGUMENT where no file is
// named, FAILED_PRECONDITION where the
// schema is newer than this program, DATA_LOSS where the file is damaged or no
// database of this project, UNAVAILABLE where it cannot be opened or is locked
// by a program that is not a provider. The message names the file and what to
// do.
//
// Destroying the provider ends waiting fetches with no items, finishes what was
// accepted and closes the file.
absl::StatusOr<std::unique_ptr<Provider>> OpenSqliteProvider(
    SqliteOptions options);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_SQLITE_PROVIDER_H_
