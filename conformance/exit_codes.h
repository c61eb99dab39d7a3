#ifndef DUROXIDE_CONFORMANCE_EXIT_CODES_H_
#define DUROXIDE_CONFORMANCE_EXIT_CODES_H_

// How the program ends; documented in --help. A run that a signal ended has 128
// and the number of the signal.

#include "conformance/result.h"

namespace duroxide::conformance {

// All cases passed that were run, or failed as foretold, and at least one was
// run.
inline constexpr int kExitPassed = 0;
// At least one case failed, or passed although a failure was foretold.
inline constexpr int kExitFailed = 1;
// Nothing can be said: wrong flags, no provider, no case that could be run.
inline constexpr int kExitCouldNotRun = 2;
// No case failed, but for at least one the runner was too slow for a verdict.
inline constexpr int kExitInconclusive = 3;

// A load was borne well, but a threshold of --require was not met.
inline constexpr int kExitThresholdNotMet = 4;

// The exit code that tells of a run which no signal ended.
int ExitCodeOf(const RunResult& run);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EXIT_CODES_H_
