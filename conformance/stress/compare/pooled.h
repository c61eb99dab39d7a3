#ifndef DUROXIDE_CONFORMANCE_STRESS_COMPARE_POOLED_H_
#define DUROXIDE_CONFORMANCE_STRESS_COMPARE_POOLED_H_

#include <span>

#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

// Several runs of the same load as one: counts and times added, latencies in
// one histogram, the worst lag. Slots, samples and calls are left out. Settings
// and names are those of the first run, of which there must be one.
StressResult Pooled(std::span<const RunRecord> runs);

// The processor time of all processes by what completed; zero where no process
// was watched.
absl::Duration CpuPerOrchestration(std::span<const RunRecord> runs);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_COMPARE_POOLED_H_
