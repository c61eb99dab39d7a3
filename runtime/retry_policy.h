#ifndef DUROXIDE_RUNTIME_RETRY_POLICY_H_
#define DUROXIDE_RUNTIME_RETRY_POLICY_H_

// How often and when an activity that failed is tried again.

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace duroxide::runtime {

// The wait before the next try. `attempt` counts the tries made, from 1.
class Backoff {
 public:
  // No wait at all.
  static Backoff None();
  static Backoff Fixed(absl::Duration delay);
  // base, 2 base, 3 base ... up to max.
  static Backoff Linear(absl::Duration base, absl::Duration max);
  // base, base factor, base factor^2 ... up to max.
  static Backoff Exponential(absl::Duration base, double factor,
                             absl::Duration max);

  absl::Duration Delay(uint32_t attempt) const;

 private:
  enum class Kind { kLinear, kExponential };

  Backoff(Kind kind, absl::Duration base, double factor, absl::Duration max)
      : kind_(kind), base_(base), factor_(factor), max_(max) {}

  Kind kind_;
  absl::Duration base_;
  double factor_;
  absl::Duration max_;
};

// Three tries, with 100 ms between the first two and twice as long each time,
// up to 30 s, unless told otherwise:
//
//   RetryPolicy(5).WithTryTimeout(absl::Seconds(10))
class RetryPolicy {
 public:
  // At least one try.
  explicit RetryPolicy(uint32_t max_attempts = 3)
      : max_attempts_(max_attempts == 0 ? 1 : max_attempts),
        backoff_(Backoff::Exponential(absl::Milliseconds(100), 2,
                                      absl::Seconds(30))) {}

  RetryPolicy WithBackoff(Backoff backoff) const {
    RetryPolicy copy = *this;
    copy.backoff_ = backoff;
    return copy;
  }
  // The longest that one try may take. One that takes longer is cancelled and
  // ends it all: what is slow once is not tried again.
  RetryPolicy WithTryTimeout(absl::Duration timeout) const {
    RetryPolicy copy = *this;
    copy.try_timeout_ = timeout;
    return copy;
  }
  // The longest that all tries and the waits between them may take.
  RetryPolicy WithTotalTimeout(absl::Duration timeout) const {
    RetryPolicy copy = *this;
    copy.total_timeout_ = timeout;
    return copy;
  }

  uint32_t max_attempts() const { return max_attempts_; }
  const Backoff& backoff() const { return backoff_; }
  std::optional<absl::Duration> try_timeout() const { return try_timeout_; }
  std::optional<absl::Duration> total_timeout() const { return total_timeout_; }

 private:
  uint32_t max_attempts_;
  Backoff backoff_;
  std::optional<absl::Duration> try_timeout_;
  std::optional<absl::Duration> total_timeout_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_RETRY_POLICY_H_
