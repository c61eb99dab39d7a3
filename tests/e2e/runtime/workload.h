#ifndef DUROXIDE_TESTS_E2E_RUNTIME_WORKLOAD_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_WORKLOAD_H_

#include <string>

#include "tests/e2e/runtime/functions.h"

namespace duroxide::e2e {

// Adds "Tour": an orchestration that does a bit of everything. Its input is how
// many executions it has besides its first; in each it runs activities side by
// side, waits for a timer and has a child. Its output goes by the input alone.
void AddTour(Functions& functions);

std::string TourOutput(int rounds);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_WORKLOAD_H_
