#ifndef DUROXIDE_RUNTIME_LOOK_UNTIL_H_
#define DUROXIDE_RUNTIME_LOOK_UNTIL_H_

// Waiting for what nobody tells of: by looking again and again.

#include <optional>
#include <stop_token>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "providers/errors.h"
#include "providers/provider.h"

namespace duroxide::runtime {

// The time between looks: it doubles from 5 ms to 100 ms.
class LookPauses {
 public:
  LookPauses(absl::Duration timeout, std::stop_token stop);

  // For the calls of a look: `stop` gives them up, and they end when the wait
  // does, but each look has a second for itself.
  CallContext ContextOfLook() const;

  // Blocks until it is time to look again. CANCELLED where it is stopped,
  // DEADLINE_EXCEEDED where the time is up; that tells of `error`, what the
  // last look failed with.
  absl::Status Pause(const absl::Status& error);

  bool stopped() const { return stop_.stop_requested(); }

 private:
  const std::stop_token stop_;
  const absl::Time end_;
  absl::Duration pause_;
};

// Calls `look` with a CallContext until it gives a value, an absl::StatusOr of
// an optional one, or an error that is not retryable. Looks at least once.
template <typename T, typename Look>
absl::StatusOr<T> LookUntil(absl::Duration timeout, std::stop_token stop,
                            Look look) {
  LookPauses pauses(timeout, std::move(stop));
  while (true) {
    absl::StatusOr<std::optional<T>> seen = look(pauses.ContextOfLook());
    if (seen.ok() && *seen) return **std::move(seen);
    if (!seen.ok() && !IsRetryable(seen.status()) && !pauses.stopped()) {
      return seen.status();
    }
    if (absl::Status status = pauses.Pause(seen.status()); !status.ok()) {
      return status;
    }
  }
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_LOOK_UNTIL_H_
