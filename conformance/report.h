#ifndef DUROXIDE_CONFORMANCE_REPORT_H_
#define DUROXIDE_CONFORMANCE_REPORT_H_

// The result of a run for people at a terminal.

#include <ostream>
#include <string>
#include <string_view>

#include "conformance/result.h"
#include "conformance/style.h"

namespace duroxide::conformance {

// How a report is written.
struct ReportOptions {
  Style style;
  // The command of this run without its selection of cases; the report appends
  // the selection of one.
  std::string command;
};

// The command that runs just this case again, with the same choices of chance.
// `command` is that of the run without its selection of cases.
std::string CommandAgain(std::string_view command, const CaseResult& result);

// Writes all of a run: each failure with its explanation, what was skipped and
// what is inconclusive, the table by category, and the verdict on the whole.
void WriteReport(std::ostream& out, const RunResult& run,
                 const ReportOptions& options);

// Writes why a case failed: its clauses, what was expected and seen, what a
// list of the user's says of it, its calls with their times, what the provider
// wrote meanwhile, likely causes, and how to run it again. `failed` has a
// failure.
void WriteFailure(std::ostream& out, const CaseResult& failed,
                  const ReportOptions& options);

// The path of a case's source from the root of the source tree, whatever the
// compiler was given.
std::string_view SourcePath(std::string_view path);

// Writes the table of verdicts by category.
void WriteTable(std::ostream& out, const RunResult& run, const Style& style);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORT_H_
