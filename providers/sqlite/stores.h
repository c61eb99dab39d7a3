#ifndef DUROXIDE_PROVIDERS_SQLITE_STORES_H_
#define DUROXIDE_PROVIDERS_SQLITE_STORES_H_

// Stores: their names, and their making and dropping (WIRE-1).

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// The default store, which always exists.
inline constexpr int64_t kDefaultStore = 1;

// The key of the store with that name. STORE_NOT_FOUND.
absl::StatusOr<int64_t> FindStore(Connection& db, std::string_view name);

// Makes a store and returns its name.
std::string CreateStore(Connection& db, std::string_view label);

// Removes a store and all that is in it. STORE_NOT_FOUND; INVALID_REQUEST for
// the default store.
absl::Status DropStore(Connection& db, std::string_view name);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_STORES_H_
