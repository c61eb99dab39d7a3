#ifndef DUROXIDE_PROVIDERS_SQLITE_LOCK_TOKEN_H_
#define DUROXIDE_PROVIDERS_SQLITE_LOCK_TOKEN_H_

// Lock tokens: which row, and 128 random bits that nobody can guess.
//
// The row's key stands in the token so that a token is checked with one look at
// the row, and no index of random values has to be kept.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace duroxide::sqlite {

// 32 hexadecimal digits from the system's source of randomness. Thread-safe.
std::string RandomHex128();

// A new token for the row.
std::string MakeLockToken(int64_t row_key);

// The row that a token names; nothing where no token of ours looks like it.
std::optional<int64_t> RowOfToken(std::string_view token);

// LOCK_LOST, for any token that does not hold a lock now.
absl::Status LockLost();

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_LOCK_TOKEN_H_
