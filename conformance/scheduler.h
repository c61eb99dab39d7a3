#ifndef DUROXIDE_CONFORMANCE_SCHEDULER_H_
#define DUROXIDE_CONFORMANCE_SCHEDULER_H_

// Runs many cases side by side.

#include "conformance/case.h"
#include "conformance/plan.h"
#include "conformance/result.h"
#include "conformance/run_case.h"

namespace duroxide::conformance {

// Hears of a run while it goes on. The scheduler calls it from many threads,
// but never from two at once.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void OnCaseStarted(const Case& started) = 0;
  // One run of a case has ended; there may be more of the same case.
  virtual void OnCaseEnded(const CaseResult& result) = 0;
};

// Runs what `plan` hands out, `jobs` cases at a time, on a thread each, and
// blocks until all have ended. Cases mostly wait, so `jobs` may be far above
// the number of processors. A stop of `options.stop` ends the run: cases that
// have not ended leave no result, but their rooms are cleaned up.
RunResult RunCases(Plan plan, int jobs, const RunOptions& options,
                   RunObserver& observer);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_SCHEDULER_H_
