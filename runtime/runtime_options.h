#ifndef DUROXIDE_RUNTIME_RUNTIME_OPTIONS_H_
#define DUROXIDE_RUNTIME_RUNTIME_OPTIONS_H_

// How a runtime works. The defaults are upstream's.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "duroxide/provider/v1/orchestration.pb.h"
#include "runtime/limits.h"
#include "runtime/semantic_version.h"

namespace duroxide::runtime {

// The wait before something that is not registered is tried again: doubled
// with each attempt.
struct UnregisteredBackoff {
  absl::Duration base = absl::Seconds(1);
  absl::Duration max = absl::Seconds(60);

  // `attempt` counts from 1. From the seventh on it no longer grows.
  absl::Duration Delay(uint32_t attempt) const;
};

struct RuntimeOptions {
  // The provider's store (WIRE-1).
  std::string store = {};

  // How many turns, and how many activities, are worked on at a time.
  int orchestration_concurrency = 2;
  int worker_concurrency = 2;
  // Threads for activities that block; those that do not need none. Never more
  // than worker_concurrency.
  int blocking_threads = 64;

  // Where activities and turns are short, more of them are fetched than can be
  // worked on at once, so that none waits for the way to the store and back.
  // This is how long one may have to wait for that; what has waited five times
  // as long goes back. Zero fetches nothing ahead.
  absl::Duration fetch_ahead = absl::Milliseconds(20);

  // A provider that has no long polling is asked no more often than this.
  absl::Duration min_poll_interval = absl::Milliseconds(100);
  absl::Duration long_poll_timeout = absl::Seconds(30);

  // Locks. Those of 15 s and more are renewed `renewal_buffer` before their
  // end, shorter ones at half their time.
  absl::Duration orchestrator_lock_timeout = absl::Seconds(5);
  absl::Duration orchestrator_lock_renewal_buffer = absl::Seconds(2);
  absl::Duration worker_lock_timeout = absl::Seconds(30);
  absl::Duration worker_lock_renewal_buffer = absl::Seconds(5);

  // What was fetched more often than this is poison: it fails and is not run.
  uint32_t max_attempts = 10;
  UnregisteredBackoff unregistered_backoff = {};
  // How long a cancelled activity may go on before its slot is given to
  // another.
  absl::Duration activity_cancellation_grace = absl::Seconds(10);

  // Which pinned versions this runtime takes on (FETCH-7). Without it those of
  // up to its own.
  std::optional<SemanticVersionRange> supported_replay_versions = std::nullopt;

  // Sessions (SESS-1 to SESS-3).
  absl::Duration session_lock_timeout = absl::Seconds(30);
  absl::Duration session_lock_renewal_buffer = absl::Seconds(5);
  absl::Duration session_idle_timeout = absl::Minutes(5);
  absl::Duration session_cleanup_interval = absl::Minutes(5);
  int max_sessions = 10;
  // The owner of sessions that outlives this process. Without it they have an
  // owner for each run of the runtime.
  std::string node_id = {};

  // Which activities are fetched (TAG-1): those without a tag.
  provider::v1::TagFilter tag_filter = {};

  // What an orchestration may write.
  Limits limits = {};

  // The executions that are kept ready for their next turn (0: none). Each is
  // a suspended coroutine and what its history says.
  size_t kept_executions = 1000;
};

// How long after it was taken or renewed a lock of `timeout` is renewed: half
// of it, and `buffer` before its end where it has 15 s or more, but after a
// second at the earliest.
absl::Duration RenewalInterval(absl::Duration timeout, absl::Duration buffer);

// INVALID_ARGUMENT with the option's name where a value makes no sense.
absl::Status Validate(const RuntimeOptions& options);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_RUNTIME_OPTIONS_H_
