#include "conformance/exit_codes.h"

#include <algorithm>

namespace duroxide::conformance {

int ExitCodeOf(const RunResult& run) {
  const auto any = [&run](auto is) {
    return std::any_of(run.cases.begin(), run.cases.end(), is);
  };
  if (any([](const CaseResult& one) { return one.fails_run(); })) {
    return kExitFailed;
  }
  if (run.Count(Verdict::kInconclusive) > 0) return kExitInconclusive;
  if (run.Count(Verdict::kPassed) + run.Count(Verdict::kFailed) > 0) {
    return kExitPassed;
  }
  return kExitCouldNotRun;
}

}  // namespace duroxide::conformance
