#ifndef DUROXIDE_CONFORMANCE_WORDS_H_
#define DUROXIDE_CONFORMANCE_WORDS_H_

// Results in a line of words, for reports.

#include <string>

#include "absl/time/time.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// What is to be said of a case besides that it passed, in one line that is not
// longer than a summary may be: what was expected and seen, why it was not run,
// what a list foretold. Empty where there is nothing.
std::string Headline(const CaseResult& result);

// "sessions are not there yet (ada, until 2026-12-31)"
std::string ExpectationText(const Expectation& expectation);

// "12.3", in seconds.
std::string SecondsText(absl::Duration elapsed);

// By how much a provider's clock is off: "3ms behind, give or take 120us".
std::string ClockText(const RunConditions& conditions);

// A duration with as many digits as anybody reads: "1.25ms".
std::string ShortText(absl::Duration duration);

// When the run began, as ISO 8601 in UTC: "2026-11-23T08:15:30Z".
std::string TimeText(absl::Time time);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_WORDS_H_
