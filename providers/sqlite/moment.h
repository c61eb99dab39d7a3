#ifndef DUROXIDE_PROVIDERS_SQLITE_MOMENT_H_
#define DUROXIDE_PROVIDERS_SQLITE_MOMENT_H_

// Moments and durations as the database holds them: microseconds since the Unix
// epoch, on the system clock, because other processes must agree on them.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace duroxide::sqlite {

// The latest moment that a lock or a delay may end: far enough to be never,
// near enough that sums do not overflow.
inline constexpr int64_t kNeverUs = std::numeric_limits<int64_t>::max() / 4;

inline int64_t NowUs() { return absl::ToUnixMicros(absl::Now()); }
inline int64_t NowMs() { return absl::ToUnixMillis(absl::Now()); }

// `now_us` plus a duration that is not negative, rounded up: a lock is never
// shorter than it was asked for.
inline int64_t After(int64_t now_us, const google::protobuf::Duration& span) {
  if (span.seconds() > kNeverUs / 1'000'000) return kNeverUs;
  const int64_t us = span.seconds() * 1'000'000 + (span.nanos() + 999) / 1'000;
  return std::min(now_us + us, kNeverUs);
}

// A moment of the wire, as the database holds it.
inline int64_t FromMs(uint64_t ms) {
  if (ms > static_cast<uint64_t>(kNeverUs / 1'000)) return kNeverUs;
  return static_cast<int64_t>(ms) * 1'000;
}

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_MOMENT_H_
