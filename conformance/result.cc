#include "conformance/result.h"

#include <algorithm>

namespace duroxide::conformance {
namespace {

void CountIn(const CaseResult& result, Score& score) {
  if (result.verdict == Verdict::kNotApplicable) return;
  ++score.applicable;
  if (result.verdict == Verdict::kPassed) ++score.passed;
}

}  // namespace

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

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAsJudged:
      return "as judged";
    case Outcome::kExpectedFailure:
      return "expected failure";
    case Outcome::kUnexpectedPass:
      return "unexpected pass";
    case Outcome::kFlakyFailure:
      return "flaky failure";
  }
  return "unknown";
}

std::string_view IsolationName(Isolation isolation) {
  switch (isolation) {
    case Isolation::kStore:
      return "store";
    case Isolation::kSpawn:
      return "spawn";
    case Isolation::kShared:
      return "shared";
  }
  return "unknown";
}

Outcome CaseResult::outcome() const {
  if (!expectation) return Outcome::kAsJudged;
  const bool flaky = expectation->kind == Expectation::Kind::kKnownFlaky;
  if (verdict == Verdict::kFailed) {
    return flaky ? Outcome::kFlakyFailure : Outcome::kExpectedFailure;
  }
  return verdict == Verdict::kPassed && !flaky ? Outcome::kUnexpectedPass
                                               : Outcome::kAsJudged;
}

bool CaseResult::fails_run() const {
  return outcome() == Outcome::kUnexpectedPass ||
         (verdict == Verdict::kFailed && outcome() == Outcome::kAsJudged);
}

size_t RunResult::Count(Verdict verdict) const {
  return static_cast<size_t>(std::count_if(
      cases.begin(), cases.end(),
      [verdict](const auto& result) { return result.verdict == verdict; }));
}

size_t RunResult::Count(Outcome outcome) const {
  return static_cast<size_t>(std::count_if(
      cases.begin(), cases.end(),
      [outcome](const auto& result) { return result.outcome() == outcome; }));
}

Score RunResult::ScoreOf(Profile profile) const {
  Score score;
  for (const CaseResult& result : cases) {
    if (result.of->traits.profile == profile) {
      CountIn(result, score);
    }
  }
  return score;
}

Score RunResult::TotalScore() const {
  Score score;
  for (const CaseResult& result : cases) {
    CountIn(result, score);
  }
  return score;
}

}  // namespace duroxide::conformance
