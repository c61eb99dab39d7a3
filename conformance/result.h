#ifndef DUROXIDE_CONFORMANCE_RESULT_H_
#define DUROXIDE_CONFORMANCE_RESULT_H_

// What came of a case, and of a run.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "conformance/case.h"
#include "conformance/interval.h"
#include "conformance/transcript.h"

namespace duroxide::conformance {

enum class Verdict {
  // Every check held.
  kPassed,
  // A check did not hold, and that is the provider's doing.
  kFailed,
  // Not run: the provider does not declare a capability that the case needs.
  kSkipped,
  // Not run: the case is for providers that lack a capability which this one
  // declares. Says nothing against the provider.
  kNotApplicable,
  // The runner was too slow for a verdict, also with longer lock times.
  kInconclusive,
};

// The verdict for people: "passed".
std::string_view VerdictName(Verdict verdict);

// The check that did not hold.
struct Failure {
  bool operator==(const Failure&) const = default;

  std::string expected;
  std::string seen;
  // What the case says besides; may be empty.
  std::string context = {};
  // Where the check stands; empty where it is the runner's own.
  std::string file = {};
  int line = 0;
};

// What came of one case.
struct CaseResult {
  // The case; never null.
  const Case* of = nullptr;
  Verdict verdict = Verdict::kPassed;
  // Why it was skipped, does not apply or is inconclusive; else empty.
  std::string reason = {};
  // Set where the case failed.
  std::optional<Failure> failure = std::nullopt;
  // The calls of its last run.
  std::vector<CallRecord> calls = {};
  // How often it was run, because the runner was too slow the other times; 0
  // where it was not run.
  int attempts = 0;
  // When its last run began; what the times of its calls are counted from.
  Moment began = {};
  // Of all its runs together.
  absl::Duration elapsed = absl::ZeroDuration();
};

// What came of a run.
struct RunResult {
  // By category and name; only the cases that came to an end.
  std::vector<CaseResult> cases;
  // Cases that were selected.
  size_t selected = 0;
  // True where the run was ended before all cases had.
  bool interrupted = false;
  absl::Duration elapsed;

  size_t Count(Verdict verdict) const;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_RESULT_H_
