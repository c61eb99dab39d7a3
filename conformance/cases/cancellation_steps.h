#ifndef DUROXIDE_CONFORMANCE_CASES_CANCELLATION_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_CANCELLATION_STEPS_H_

// Steps of cases about activities whose orchestration ends or cancels them.

#include <cstdint>
#include <vector>

#include "conformance/builders.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// Makes order-1 by a first turn that schedules these of its activities. Needs a
// store in which no instance can be fetched.
void ScheduleActivities(Fixture& t, const std::vector<uint64_t>& ids);

// Ends a turn of order-1 that cancels these of its activities. Needs a store in
// which no other instance can be fetched.
void CancelActivities(Fixture& t, const std::vector<uint64_t>& ids);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_CANCELLATION_STEPS_H_
