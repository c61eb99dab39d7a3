#ifndef DUROXIDE_CONFORMANCE_LINK_H_
#define DUROXIDE_CONFORMANCE_LINK_H_

// The way between the runner and a provider, and the clock at its other end.

#include <cstdint>
#include <span>
#include <stop_token>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/interval.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A stretch of time on the provider's clock, in milliseconds since the Unix
// epoch, both ends included.
struct ProviderTimes {
  bool operator==(const ProviderTimes&) const = default;

  uint64_t earliest_ms = 0;
  uint64_t latest_ms = 0;
};

// The provider's clock, as far as the runner knows it.
struct ProviderClock {
  // A moment of the runner's own clock, what the provider's showed then, and by
  // how much that may be wrong.
  Moment at = {};
  absl::Time shown = absl::UnixEpoch();
  absl::Duration uncertainty = absl::InfiniteDuration();

  // All that the provider's clock may have shown from `begin` to `end`. The
  // farther from `at` the less is known, because clocks run at different
  // speeds.
  ProviderTimes Between(Moment begin, Moment end) const;
};

// What was measured before the first case.
struct Link {
  // What a call takes that does next to nothing: the median, and the slowest.
  absl::Duration round_trip = absl::ZeroDuration();
  absl::Duration slowest = absl::ZeroDuration();
  ProviderClock clock = {};
  // By how much the provider's clock is ahead of the runner's wall clock.
  absl::Duration clock_offset = absl::ZeroDuration();
};

// Asks `provider` for its info a few times, one after the other. The clock is
// that of the fastest call, as NTP has it: the provider looked at its clock
// somewhere between send and receipt. The error is the provider's, or CANCELLED
// where `stop` stops.
absl::StatusOr<Link> MeasureLink(Provider& provider,
                                 const std::stop_token& stop);

// What holds for all of several replicas: the slowest way, and what any of
// their clocks may show. `links` is not empty.
Link Widest(std::span<const Link> links);

// The longest that an answer may take which the contract wants at once, where
// a call that does next to nothing takes up to `round_trip`. Generous, so that
// neither a busy machine nor a slow network makes an answer late.
absl::Duration AtOnceFor(absl::Duration round_trip);

// The lock time for a way of this `round_trip`: a case makes some calls while
// it holds a lock. A second for providers that are near.
absl::Duration LockTimeFor(absl::Duration round_trip);

// The longest that one attempt at a case may take over such a way: far longer
// than any takes with a provider that works.
absl::Duration CaseTimeoutFor(absl::Duration round_trip);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LINK_H_
