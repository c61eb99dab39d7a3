#ifndef DUROXIDE_PROVIDERS_REMOTE_REMOTE_PROVIDER_H_
#define DUROXIDE_PROVIDERS_REMOTE_REMOTE_PROVIDER_H_

// A Provider that is a gRPC endpoint.

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::remote {

// When and how often a call that may be retried is sent again: after a
// retryable error (WIRE-2), `initial_backoff` times 2 for every further try, at
// most `max_backoff`, each taken at random from the upper half of that.
struct RetryPolicy {
  // Sends of one call, the first counted; 1 never retries.
  int max_attempts = 5;
  absl::Duration initial_backoff = absl::Milliseconds(50);
  absl::Duration max_backoff = absl::Seconds(2);
};

struct RemoteOptions {
  // HOST:PORT, or unix:PATH.
  std::string endpoint;
  // Over how many connections calls go, in turn; 1 to 64. With many calls in
  // flight one connection is a queue: its calls are written and read one after
  // the other, and 4 carry a fifth more short ones. Each is made by the first
  // call that it gets.
  int connections = 1;
  // The largest message that is sent or received, in bytes (WIRE-8).
  uint64_t max_message_bytes = uint64_t{64} << 20;
  // How long one send of a call may take. A fetch gets its poll_timeout on top.
  absl::Duration call_timeout = absl::Seconds(30);
  // Which calls may be retried follows from the call: reads, and mutating calls
  // that carry a request id. Fetches are not: their loop is the caller's.
  RetryPolicy retry;
  // Gives a mutating request without a request id one of its own, so that it
  // may be retried. Only for providers with IDEMPOTENT_REQUESTS (WIRE-7).
  bool add_request_ids = false;
};

// Makes the client. Does not connect: calls do, and give UNAVAILABLE where
// nothing answers. INVALID_ARGUMENT where the endpoint is malformed or there
// are too few or too many connections.
//
// Thread-safe.
absl::StatusOr<std::unique_ptr<Provider>> MakeRemoteProvider(
    RemoteOptions options);

}  // namespace duroxide::remote

#endif  // DUROXIDE_PROVIDERS_REMOTE_REMOTE_PROVIDER_H_
