#ifndef DUROXIDE_PROVIDERS_REMOTE_BACKOFF_H_
#define DUROXIDE_PROVIDERS_REMOTE_BACKOFF_H_

#include "absl/time/time.h"
#include "providers/remote/remote_provider.h"

namespace duroxide::remote {

// How long to wait after the `attempt`th send of a call, counted from 1,
// failed: RetryPolicy's time, taken at random from its upper half, so that
// clients that failed together do not come back together. Thread-safe.
absl::Duration BackoffAfter(int attempt, const RetryPolicy& policy);

}  // namespace duroxide::remote

#endif  // DUROXIDE_PROVIDERS_REMOTE_BACKOFF_H_
