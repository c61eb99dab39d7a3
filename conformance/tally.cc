#include "conformance/tally.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "conformance/exit_codes.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

size_t IndexOf(Verdict verdict) {
  return static_cast<size_t>(
      std::find(kAllVerdicts.begin(), kAllVerdicts.end(), verdict) -
      kAllVerdicts.begin());
}

std::string Key(std::string_view name) {
  std::string key(name);
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

}  // namespace

std::string VerdictKey(Verdict verdict) { return Key(VerdictName(verdict)); }

std::string OutcomeKey(Outcome outcome) { return Key(OutcomeName(outcome)); }

void Tally::Add(const CaseResult& result) {
  ++counts_.at(IndexOf(result.verdict));
  elapsed_ += result.elapsed;
}

size_t Tally::Of(Verdict verdict) const { return counts_.at(IndexOf(verdict)); }

size_t Tally::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), size_t{0});
}

Score Tally::score() const {
  return {.passed = Of(Verdict::kPassed),
          .applicable = total() - Of(Verdict::kNotApplicable)};
}

Tally TallyOf(const RunResult& run) {
  Tally tally;
  for (const CaseResult& result : run.cases) tally.Add(result);
  return tally;
}

std::map<std::string_view, Tally> TallyByCategory(const RunResult& run) {
  std::map<std::string_view, Tally> tallies;
  for (const CaseResult& result : run.cases) {
    tallies[result.of->category].Add(result);
  }
  return tallies;
}

std::map<Profile, Tally> TallyByProfile(const RunResult& run) {
  std::map<Profile, Tally> tallies;
  for (const CaseResult& result : run.cases) {
    tallies[result.of->traits.profile].Add(result);
  }
  return tallies;
}

std::string PercentText(const Score& score) {
  if (score.applicable == 0) return "-";
  const size_t per_mille = score.passed * 1000 / score.applicable;
  return Concat(per_mille / 10, ".", per_mille % 10, " %");
}

std::string_view RunVerdictKey(const RunResult& run) {
  switch (ExitCodeOf(run)) {
    case kExitPassed:
      return "passed";
    case kExitFailed:
      return "failed";
    case kExitInconclusive:
      return "inconclusive";
    default:
      return "nothing_run";
  }
}

std::string_view RunVerdictText(const RunResult& run) {
  switch (ExitCodeOf(run)) {
    case kExitPassed:
      return "Passed";
    case kExitFailed:
      return "Failed";
    case kExitInconclusive:
      return "Inconclusive";
    default:
      return "Nothing was run";
  }
}

std::string RunInWords(const RunResult& run) {
  const Tally all = TallyOf(run);
  std::vector<std::string> parts = {
      Concat(all.Of(Verdict::kPassed), " of ", run.selected,
             run.selected == 1 ? " case passed" : " cases passed")};
  for (const Verdict verdict : kAllVerdicts) {
    if (verdict == Verdict::kPassed || all.Of(verdict) == 0) continue;
    parts.push_back(Concat(all.Of(verdict), " ", VerdictName(verdict)));
    const size_t expected = run.Count(Outcome::kExpectedFailure) +
                            run.Count(Outcome::kFlakyFailure);
    if (verdict == Verdict::kFailed && expected > 0) {
      parts.back() += Concat(" (", expected, " as expected)");
    }
  }
  if (const size_t passes = run.Count(Outcome::kUnexpectedPass); passes > 0) {
    parts.push_back(Concat(
        passes, passes == 1 ? " unexpected pass" : " unexpected passes"));
  }
  if (run.interrupted) {
    parts.push_back(
        Concat(run.selected - run.cases.size(), " not run to their end"));
  }
  return Concat(run.interrupted ? "Interrupted: " : "", Join(parts, ", "), ".");
}

}  // namespace duroxide::conformance
