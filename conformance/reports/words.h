#ifndef DUROXIDE_CONFORMANCE_REPORTS_WORDS_H_
#define DUROXIDE_CONFORMANCE_REPORTS_WORDS_H_

// Results in a line of words, for reports.

#include <string>

#include "conformance/result.h"

namespace duroxide::conformance {

// What is to be said of a case besides that it passed, in one line that is not
// longer than a summary may be: what was expected and seen, why it was not run,
// what a list foretold. Empty where there is nothing.
std::string Headline(const CaseResult& result);

// "sessions are not there yet (ada, until 2026-12-31)"
std::string ExpectationText(const Expectation& expectation);

// When the run began, as ISO 8601 in UTC: "2026-11-23T08:15:30Z".
std::string TimeText(absl::Time time);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_WORDS_H_
