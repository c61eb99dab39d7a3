#ifndef DUROXIDE_CONFORMANCE_CASES_SESSION_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_SESSION_STEPS_H_

// Steps of cases about sessions. Each fails the case where the provider does
// not do its part.

#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// The session that cases work with, unless they need several.
inline constexpr std::string_view kSession = "cart-1";

// Activity `id` of order-1 in a session.
v1::WorkItem SessionActivity(uint64_t id, std::string_view session = kSession);

// A caller that takes activities with and without a session, always under the
// same owner.
class Worker {
 public:
  // Holds sessions for `session_time` from each fetch; zero is so long that no
  // case comes to its end.
  Worker(Fixture& t, std::string owner_id,
         absl::Duration session_time = absl::ZeroDuration());

  // As the methods of the fixture. `lock_timeout` is that of the activity; zero
  // is the run's lock time.
  LockedWork Fetch(
      absl::Duration lock_timeout = absl::ZeroDuration(),
      std::source_location where = std::source_location::current());
  std::optional<LockedWork> TryFetch(
      std::source_location where = std::source_location::current());
  LockedWork FetchWithin(
      std::source_location where = std::source_location::current());

  // How long this worker holds the session of what it fetched.
  Interval SessionOf(const LockedWork& fetched) const;

  // Puts activity `id` into the queue, fetches it and acks it. Returns how long
  // this worker holds its session from then on. Needs a store in which this
  // worker can fetch nothing else.
  Interval Claim(uint64_t id, std::string_view session = kSession);

 private:
  WorkFetchOptions Options(absl::Duration lock_timeout) const;

  Fixture& t_;
  const std::string owner_id_;
  const absl::Duration session_time_;
};

// What a renewal of sessions did.
struct RenewedSessions {
  uint64_t count;
  // How long the sessions that it renewed are held.
  Interval held;
};

// Extends the sessions of these owners that were active within `idle_timeout`.
RenewedSessions RenewSessions(Fixture& t,
                              const std::vector<std::string>& owner_ids,
                              absl::Duration extend_for,
                              absl::Duration idle_timeout);

// Removes the sessions that are over; returns how many.
uint64_t CleanUpSessions(Fixture& t);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_SESSION_STEPS_H_
