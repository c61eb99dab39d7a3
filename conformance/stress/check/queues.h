#ifndef DUROXIDE_CONFORMANCE_STRESS_CHECK_QUEUES_H_
#define DUROXIDE_CONFORMANCE_STRESS_CHECK_QUEUES_H_

#include "absl/status/status.h"
#include "conformance/stress/check/findings.h"
#include "conformance/stress/stage.h"

namespace duroxide::stress {

// After a load there is nothing left in the queues: what is, is
// `queue_not_empty`. In the default store, which others may use, only what is
// of the load counts; and so where the provider has no ADMIN to ask for depths.
// There it takes messages out to look at them, and gives them back.
//
// Blocks. An error where the provider could not be asked.
absl::Status CheckQueuesEmpty(Stage& stage, Findings& findings);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CHECK_QUEUES_H_
