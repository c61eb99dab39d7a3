#include "providers/remote/backoff.h"

#include <algorithm>

#include "absl/random/random.h"

namespace duroxide::remote {

absl::Duration BackoffAfter(int attempt, const RetryPolicy& policy) {
  absl::Duration full = std::min(policy.initial_backoff, policy.max_backoff);
  for (int i = 1; i < attempt && full < policy.max_backoff; ++i) {
    full = std::min(full * 2, policy.max_backoff);
  }
  thread_local absl::BitGen random;
  return full * absl::Uniform(absl::IntervalClosed, random, 0.5, 1.0);
}

}  // namespace duroxide::remote
