#include "conformance/exit_codes.h"

namespace duroxide::conformance {

int ExitCodeOf(const RunResult& run) {
  if (run.Count(Verdict::kFailed) > 0) return kExitFailed;
  if (run.Count(Verdict::kInconclusive) > 0) return kExitInconclusive;
  if (run.Count(Verdict::kPassed) > 0) return kExitPassed;
  return kExitCouldNotRun;
}

}  // namespace duroxide::conformance
