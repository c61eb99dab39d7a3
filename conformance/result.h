#ifndef DUROXIDE_CONFORMANCE_RESULT_H_
#define DUROXIDE_CONFORMANCE_RESULT_H_

// What came of a case, and of a run.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
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
  // Not run, for the reason that the result gives: the provider does not
  // declare a capability that the case needs, or the run has no way to judge
  // the case.
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

// What a user's list foretells of a case; see expectations.h.
struct Expectation {
  bool operator==(const Expectation&) const = default;

  enum class Kind {
    // Must fail: a pass means that the list is out of date.
    kKnownFailing,
    // May fail or pass.
    kKnownFlaky,
  };
  Kind kind = Kind::kKnownFailing;
  // Why, in the user's words; who sees to it; and the last day on which the
  // entry holds.
  std::string reason = {};
  std::string owner = {};
  absl::CivilDay until = {};
};

// What a result is worth in the light of what was foretold.
enum class Outcome {
  // As the verdict says.
  kAsJudged,
  // Failed, as foretold; does not fail the run.
  kExpectedFailure,
  // Passed although a failure was foretold; fails the run.
  kUnexpectedPass,
  // Failed, and is known to fail at times; does not fail the run.
  kFlakyFailure,
};

// The outcome for people: "expected failure".
std::string_view OutcomeName(Outcome outcome);

// How the runs of a case ended that was run more than once.
struct RunCounts {
  bool operator==(const RunCounts&) const = default;

  size_t passed = 0;
  size_t failed = 0;
  size_t inconclusive = 0;

  size_t total() const { return passed + failed + inconclusive; }
};

// What came of one case. Where it was run more than once, this is its worst
// run: the first that failed, or else the first that was inconclusive, or else
// the first.
struct CaseResult {
  // The case; never null.
  const Case* of = nullptr;
  Verdict verdict = Verdict::kPassed;
  // Why it was skipped, does not apply or is inconclusive; else empty.
  std::string reason = {};
  // Set where the case failed.
  std::optional<Failure> failure = std::nullopt;
  // The calls of its last attempt.
  std::vector<CallRecord> calls = {};
  // The store that they were made in; empty is the default one.
  std::string store = {};
  // How often it was begun anew, because the runner was too slow the other
  // times; 0 where it was not run.
  int attempts = 0;
  // When its last attempt began; what the times of its calls are counted from.
  Moment began = {};
  // Of all its runs and attempts together.
  absl::Duration elapsed = absl::ZeroDuration();
  // How its runs ended. All 0 where it was not run.
  RunCounts runs = {};
  // The --seed with which a first run of the case makes the same choices.
  uint64_t seed = 0;
  // True where a run of it took much longer than cases do.
  bool slow = false;
  // What a list of the user's foretells of it.
  std::optional<Expectation> expectation = std::nullopt;
  // What the provider's process wrote while the case ran, where the runner
  // started it and the case failed. Of much only the end.
  std::string provider_output = {};

  Outcome outcome() const;
  // True where the result fails the run.
  bool fails_run() const;
};

// Where a run's cases find a provider that no other case disturbs.
enum class Isolation {
  // Each in a fresh store of one provider.
  kStore,
  // Each in a process of its own.
  kSpawn,
  // One at a time, in the default store of one provider.
  kShared,
};

// The isolation's name on the command line: "store", "spawn", "shared".
std::string_view IsolationName(Isolation isolation);

// Under which conditions a run was made.
struct RunConditions {
  // On the runner's wall clock.
  absl::Time started_at = absl::UnixEpoch();
  // Where the provider was reached; several are replicas of one backend.
  std::vector<std::string> endpoints = {};
  // What the provider said of itself.
  v1::GetProviderInfoResponse provider = {};
  Isolation isolation = Isolation::kStore;
  // Cases at a time.
  int jobs = 1;
  absl::Duration lock_timeout = absl::Seconds(1);
  uint64_t seed = 0;
  bool shuffled = false;
  // What a call takes that does next to nothing, before the first case: the
  // median of some, and the slowest.
  absl::Duration round_trip = absl::ZeroDuration();
  absl::Duration slowest_round_trip = absl::ZeroDuration();
  // By how much the provider's clock is ahead of the runner's, give or take
  // `clock_uncertainty`.
  absl::Duration clock_offset = absl::ZeroDuration();
  absl::Duration clock_uncertainty = absl::ZeroDuration();
};

// How many of the cases that concern a provider it passed.
struct Score {
  bool operator==(const Score&) const = default;

  size_t passed = 0;
  // All but those that do not apply: skipped ones count against the provider.
  size_t applicable = 0;
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
  RunConditions conditions = {};

  size_t Count(Verdict verdict) const;
  size_t Count(Outcome outcome) const;
  // Of the cases of one profile.
  Score ScoreOf(Profile profile) const;
  Score TotalScore() const;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_RESULT_H_
