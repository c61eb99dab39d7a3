// The guide's first scenario: fan-out and fan-in.

#include "conformance/stress/scenarios/fan_out_workload.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {

STRESS_SCENARIO(
    parallel_orchestrations,
    .summary = "each instance fans out to activities and joins them",
    .shows =
        "concurrent activities, the throughput of the queues, locks of "
        "instances under contention",
    .make = Make<FanOutWorkload>);

}  // namespace duroxide::stress
