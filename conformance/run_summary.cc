#include "conformance/run_summary.h"

#include <algorithm>
#include <iomanip>
#include <string>
#include <vector>

#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

// The cases that are named as the longest.
constexpr size_t kLongest = 5;
// What is not worth telling of.
constexpr absl::Duration kQuick = absl::Seconds(2);

// What one run of the case took.
absl::Duration PerRun(const CaseResult& result) {
  return result.elapsed /
         static_cast<int64_t>(std::max<size_t>(1, result.runs.total()));
}

void WriteExpectation(std::ostream& out, const CaseResult& result,
                      const Style& style) {
  const Outcome outcome = result.outcome();
  if (outcome == Outcome::kAsJudged) return;
  const bool fails = result.fails_run();
  out << style.Of(fails ? Verdict::kFailed : Verdict::kSkipped,
                  OutcomeName(outcome))
      << ": " << result.of->id() << ": "
      << Printable(ExpectationText(*result.expectation))
      << (fails ? "; take it out of the list" : "") << "\n";
}

// How the runs of a case ended that was not always alike.
void WriteCounts(std::ostream& out, const CaseResult& result) {
  if (result.runs.total() < 2 || result.verdict == Verdict::kPassed) return;
  out << "of " << result.runs.total() << " runs of " << result.of->id() << ", "
      << result.runs.failed << " failed and " << result.runs.inconclusive
      << " were inconclusive\n";
}

void WriteLongest(std::ostream& out, const RunResult& run) {
  std::vector<const CaseResult*> longest;
  for (const CaseResult& result : run.cases) {
    if (result.slow || PerRun(result) > kQuick) longest.push_back(&result);
  }
  std::sort(longest.begin(), longest.end(),
            [](const CaseResult* a, const CaseResult* b) {
              return PerRun(*a) > PerRun(*b);
            });
  longest.resize(std::min(longest.size(), kLongest));
  if (longest.empty()) return;
  out << "longest cases, in seconds:\n";
  for (const CaseResult* result : longest) {
    out << std::setw(8) << SecondsText(PerRun(*result)) << "  "
        << result->of->id();
    if (result->attempts > 1) out << ", " << result->attempts << " attempts";
    if (result->slow) out << " (slow)";
    out << "\n";
  }
}

void WriteScore(std::ostream& out, std::string_view of, const Score& score) {
  if (score.applicable == 0) return;
  out << "score " << of << ": " << score.passed << " of " << score.applicable
      << "\n";
}

}  // namespace

void WriteHead(std::ostream& out, const RunConditions& conditions,
               size_t cases) {
  const v1::GetProviderInfoResponse& provider = conditions.provider;
  out << "Provider " << Printable(provider.name()) << " "
      << Printable(provider.version()) << ", contract "
      << Printable(provider.contract_version()) << ", at "
      << Printable(Join(conditions.endpoints, ", ")) << "\n"
      << cases << (cases == 1 ? " case" : " cases") << ", isolation "
      << IsolationName(conditions.isolation) << ", " << conditions.jobs
      << " at a time, lock time "
      << absl::FormatDuration(conditions.lock_timeout) << ", seed "
      << conditions.seed << (conditions.shuffled ? ", shuffled" : "") << "\n"
      << "Round trip " << ShortText(conditions.round_trip) << ", at most "
      << ShortText(conditions.slowest_round_trip)
      << "; the provider's clock is " << ClockText(conditions) << "\n"
      << std::endl;
}

void WriteSummary(std::ostream& out, const RunResult& run, const Style& style) {
  out << "\n";
  for (const CaseResult& result : run.cases) {
    WriteExpectation(out, result, style);
  }
  for (const CaseResult& result : run.cases) WriteCounts(out, result);
  WriteLongest(out, run);
  for (const Profile profile : {Profile::kCore, Profile::kStrict}) {
    WriteScore(out, ProfileName(profile), run.ScoreOf(profile));
  }
}

}  // namespace duroxide::conformance
