#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_PACERS_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_PACERS_H_

// When units are begun. Each blocks until it has begun the last one.

#include <cstdint>
#include <functional>
#include <stop_token>

#include "absl/time/time.h"
#include "conformance/stress/load/units.h"

namespace duroxide::stress {

// Begins unit `n` and returns at once.
using BeginUnit = std::function<void(uint64_t n)>;

// As many at a time as `max_concurrent`, for `duration`: a new one when one has
// ended.
void ClosedLoop(Units& units, int max_concurrent, absl::Duration duration,
                const BeginUnit& begin, const std::stop_token& stop);

// `rate` a second, evenly, for `duration`, however many are under way. Where
// the runner is late, the time of a unit counts from when it should have begun.
void OpenLoop(Units& units, double rate, absl::Duration duration,
              const BeginUnit& begin, const std::stop_token& stop);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_PACERS_H_
