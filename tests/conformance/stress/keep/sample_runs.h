#ifndef DUROXIDE_TESTS_CONFORMANCE_STRESS_KEEP_SAMPLE_RUNS_H_
#define DUROXIDE_TESTS_CONFORMANCE_STRESS_KEEP_SAMPLE_RUNS_H_

// Runs that nobody made, for tests of what is kept and shown.

#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

// A sound run at `rate` a second with latencies around `latency`, of 10 s in
// slots of 1 s, with processes, calls, a measure and a threshold that is met.
RunRecord SampleRun(double rate = 20,
                    absl::Duration latency = absl::Milliseconds(50));

// One in which work failed and was lost, a threshold was not met and the runner
// was late, with texts that are no friend of any format.
RunRecord BadRun();

// SampleRun of a commit, began `minutes` after the others.
RunRecord RunOf(const std::string& commit, double rate, int minutes);

}  // namespace duroxide::stress

#endif  // DUROXIDE_TESTS_CONFORMANCE_STRESS_KEEP_SAMPLE_RUNS_H_
