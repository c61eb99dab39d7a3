#ifndef DUROXIDE_CONFORMANCE_STRESS_CUSTOM_WORKLOAD_H_
#define DUROXIDE_CONFORMANCE_STRESS_CUSTOM_WORKLOAD_H_

#include <memory>

#include "conformance/stress/stress_test.h"
#include "conformance/stress/workload.h"

namespace duroxide::stress {

// The workload of a user's own orchestration, which is registered already.
// `test` outlives it.
std::unique_ptr<Workload> MakeCustomWorkload(const StressTest& test);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CUSTOM_WORKLOAD_H_
