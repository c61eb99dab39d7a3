#include "runtime/runtime_options.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "providers/validation.h"

namespace duroxide::runtime {
namespace {

// Locks of this time and more are renewed a fixed time before their end.
constexpr absl::Duration kLongLock = absl::Seconds(15);
constexpr absl::Duration kShortestRenewalOfLongLock = absl::Seconds(1);

// Takes the options one by one; keeps the first objection.
class Checker {
 public:
  void Positive(std::string_view option, absl::Duration value) {
    if (value > absl::ZeroDuration()) return;
    Object(option, absl::StrCat("must be more than zero, is ",
                                absl::FormatDuration(value)));
  }
  void NotNegative(std::string_view option, absl::Duration value) {
    if (value >= absl::ZeroDuration()) return;
    Object(option, absl::StrCat("must not be negative, is ",
                                absl::FormatDuration(value)));
  }
  void Finite(std::string_view option, absl::Duration value) {
    if (value < absl::InfiniteDuration()) return;
    Object(option, "must not be infinite");
  }
  void AtLeast(std::string_view option, int64_t least, int64_t value) {
    if (value >= least) return;
    Object(option, absl::StrCat("must be at least ", least, ", is ", value));
  }
  void Object(std::string_view option, std::string_view problem) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(std::string(option), ": ", std::string(problem)));
  }

  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

// What is sent to a provider as a time: it has an end.
void CheckTime(Checker& check, std::string_view option, absl::Duration value) {
  check.Positive(option, value);
  check.Finite(option, value);
}

void CheckLocks(Checker& check, const RuntimeOptions& options) {
  CheckTime(check, "orchestrator_lock_timeout",
            options.orchestrator_lock_timeout);
  CheckTime(check, "worker_lock_timeout", options.worker_lock_timeout);
  CheckTime(check, "session_lock_timeout", options.session_lock_timeout);
  check.NotNegative("orchestrator_lock_renewal_buffer",
                    options.orchestrator_lock_renewal_buffer);
  check.NotNegative("worker_lock_renewal_buffer",
                    options.worker_lock_renewal_buffer);
  check.NotNegative("session_lock_renewal_buffer",
                    options.session_lock_renewal_buffer);
}

void CheckSessions(Checker& check, const RuntimeOptions& options) {
  CheckTime(check, "session_idle_timeout", options.session_idle_timeout);
  CheckTime(check, "session_cleanup_interval",
            options.session_cleanup_interval);
  check.AtLeast("max_sessions", 0, options.max_sessions);
  // A renewal of its activity's lock counts as a session's activity (SESS-2):
  // between two of them it must not become idle.
  const absl::Duration renewal = RenewalInterval(
      options.worker_lock_timeout, options.worker_lock_renewal_buffer);
  if (options.session_idle_timeout <= renewal) {
    check.Object(
        "session_idle_timeout",
        absl::StrCat("must be more than ", absl::FormatDuration(renewal),
                     ", the time between two renewals of an activity's lock, "
                     "or sessions end while their activities run; is ",
                     absl::FormatDuration(options.session_idle_timeout)));
  }
}

void CheckTags(Checker& check, const provider::v1::TagFilter& filter) {
  const absl::Status status = duroxide::Validate(filter);
  if (!status.ok()) {
    check.Object("tag_filter", std::string(status.message()));
  }
}

}  // namespace

absl::Duration UnregisteredBackoff::Delay(uint32_t attempt) const {
  constexpr uint32_t kLastDoubling = 6;
  const uint32_t doublings =
      std::min(std::max(attempt, uint32_t{1}) - 1, kLastDoubling);
  return std::min(base * (int64_t{1} << doublings), max);
}

absl::Duration RenewalInterval(absl::Duration timeout, absl::Duration buffer) {
  if (timeout < kLongLock) return timeout / 2;
  return std::max(timeout - buffer, kShortestRenewalOfLongLock);
}

absl::Status Validate(const RuntimeOptions& options) {
  Checker check;
  check.AtLeast("orchestration_concurrency", 0,
                options.orchestration_concurrency);
  check.AtLeast("worker_concurrency", 0, options.worker_concurrency);
  check.AtLeast("blocking_threads", 1, options.blocking_threads);
  check.NotNegative("fetch_ahead", options.fetch_ahead);
  check.Finite("fetch_ahead", options.fetch_ahead);
  CheckTime(check, "min_poll_interval", options.min_poll_interval);
  check.NotNegative("long_poll_timeout", options.long_poll_timeout);
  check.Finite("long_poll_timeout", options.long_poll_timeout);
  CheckLocks(check, options);
  check.AtLeast("max_attempts", 1, options.max_attempts);
  check.NotNegative("unregistered_backoff.base",
                    options.unregistered_backoff.base);
  check.NotNegative("unregistered_backoff.max",
                    options.unregistered_backoff.max);
  check.Finite("unregistered_backoff.max", options.unregistered_backoff.max);
  check.NotNegative("activity_cancellation_grace",
                    options.activity_cancellation_grace);
  if (const auto& range = options.supported_replay_versions;
      range && range->max < range->min) {
    check.Object("supported_replay_versions",
                 absl::StrCat("ends at ", range->max.ToString(),
                              ", before it begins at ", range->min.ToString()));
  }
  CheckSessions(check, options);
  CheckTags(check, options.tag_filter);
  return check.status();
}

}  // namespace duroxide::runtime
