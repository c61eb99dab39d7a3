#ifndef DUROXIDE_CONFORMANCE_TALLY_H_
#define DUROXIDE_CONFORMANCE_TALLY_H_

// The figures of reports.

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// In the order in which reports show them.
inline constexpr std::array kAllVerdicts = {
    Verdict::kPassed, Verdict::kFailed, Verdict::kInconclusive,
    Verdict::kSkipped, Verdict::kNotApplicable};

// The verdict for programs: "not_applicable".
std::string VerdictKey(Verdict verdict);

// The outcome for programs: "expected_failure".
std::string OutcomeKey(Outcome outcome);

// The cases of a group, counted.
class Tally {
 public:
  void Add(const CaseResult& result);

  size_t Of(Verdict verdict) const;
  size_t total() const;
  Score score() const;
  // Of the cases added up; they ran side by side.
  absl::Duration elapsed() const { return elapsed_; }

 private:
  std::array<size_t, kAllVerdicts.size()> counts_{};
  absl::Duration elapsed_;
};

Tally TallyOf(const RunResult& run);
std::map<std::string_view, Tally> TallyByCategory(const RunResult& run);
std::map<Profile, Tally> TallyByProfile(const RunResult& run);

// "97.4 %", cut and not rounded, so that only all is 100 %; "-" where nothing
// applies.
std::string PercentText(const Score& score);

// What the run says of its provider, for programs: "passed", "failed",
// "inconclusive" or "nothing_run", as its exit code has it.
std::string_view RunVerdictKey(const RunResult& run);

// The same for people: "Passed", "Nothing was run".
std::string_view RunVerdictText(const RunResult& run);

// The run in one sentence: "240 of 243 cases passed, 3 failed."
std::string RunInWords(const RunResult& run);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TALLY_H_
