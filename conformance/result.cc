#include "conformance/result.h"

#include <algorithm>

namespace duroxide::conformance {

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kSkipped:
      return "skipped";
    case Verdict::kNotApplicable:
      return "not applicable";
    case Verdict::kInconclusive:
      return "inconclusive";
  }
  return "unknown";
}

size_t RunResult::Count(Verdict verdict) const {
  return static_cast<size_t>(std::count_if(
      cases.begin(), cases.end(),
      [verdict](const auto& result) { return result.verdict == verdict; }));
}

}  // namespace duroxide::conformance
