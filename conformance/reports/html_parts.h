#ifndef DUROXIDE_CONFORMANCE_REPORTS_HTML_PARTS_H_
#define DUROXIDE_CONFORMANCE_REPORTS_HTML_PARTS_H_

// The parts of the HTML report. Each writes elements of the page's body; the
// classes are those of report.css.

#include <ostream>
#include <string>
#include <string_view>

#include "conformance/reports/run_info.h"
#include "conformance/result.h"
#include "conformance/tally.h"

namespace duroxide::conformance {

// The page's name and the verdict on the whole.
void WriteHtmlHead(std::ostream& out, const RunResult& run,
                   const RunInfo& info);

// The score, the counts, and the tables by profile and category.
void WriteHtmlSummary(std::ostream& out, const RunResult& run);

// Provider, conditions and machine.
void WriteHtmlConditions(std::ostream& out, const RunResult& run,
                         const RunInfo& info);

// One case with all that helps to understand why it failed.
void WriteHtmlFailure(std::ostream& out, const CaseResult& result,
                      const RunInfo& info);

// The calls of a case as a time line.
void WriteHtmlCalls(std::ostream& out, const CaseResult& result);

// What chooses the cases that are shown. Hidden until the script runs, because
// it is of no use without it.
void WriteHtmlFilter(std::ostream& out);

// A line for each case.
void WriteHtmlCases(std::ostream& out, const RunResult& run);

// The verdict in its colour; that of an outcome where one was foretold.
std::string HtmlBadge(const CaseResult& result);

// What a link to a case names: "instance_locking.exclusive_instance_lock".
std::string HtmlAnchor(const CaseResult& result);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_HTML_PARTS_H_
