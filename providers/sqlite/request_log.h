#ifndef DUROXIDE_PROVIDERS_SQLITE_REQUEST_LOG_H_
#define DUROXIDE_PROVIDERS_SQLITE_REQUEST_LOG_H_

// First outcomes of requests that carry a request id (WIRE-7). They are written
// in the transaction that does what the request asks for, so that a request was
// either done and is known, or neither.

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// How long an outcome is known at least.
inline constexpr absl::Duration kOutcomeLifetime = absl::Minutes(10);

// Who asks.
struct RequestIdentity {
  int64_t store = 0;
  // Empty where the request carries none: it is then simply done.
  std::string_view request_id;
  // Of the request, to notice an id that is used for two.
  int64_t fingerprint = 0;
};

// A number for a request's method and content, the same in every process.
int64_t Fingerprint(const google::protobuf::Message& request);

// What a request came to, and whether the transaction keeps what it did.
struct Outcome {
  absl::Status status;
  bool keep = false;
};

// For a savepoint in which nothing was done yet (InSavepoint).
//
// Does `work`, which fills in `response`, or answers with the first outcome
// where the id was seen before. A permanent error is an outcome too; its
// changes are undone before it is written. INVALID_REQUEST where the id belongs
// to another request.
Outcome DoOnce(Connection& db, const RequestIdentity& identity,
               google::protobuf::Message& response,
               const std::function<absl::Status()>& work);

// Forgets some of the outcomes that are older than kOutcomeLifetime. Cheap;
// called now and then.
void ForgetOldOutcomes(Connection& db, int64_t now_us);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_REQUEST_LOG_H_
