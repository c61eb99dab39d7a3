#ifndef DUROXIDE_CONFORMANCE_REPORTS_REPORTS_H_
#define DUROXIDE_CONFORMANCE_REPORTS_REPORTS_H_

// The result of a run in the formats of files. All writers are pure: the same
// input gives the same text. Whatever a provider sent may stand in it; none of
// it can break a format. docs/reports.md describes the formats.

#include <ostream>

#include "conformance/reports/run_info.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// JUnit's XML, as CI systems read it: a suite for each category. A case that is
// inconclusive is an error, one that does not apply counts as skipped.
void WriteJUnit(std::ostream& out, const RunResult& run, const RunInfo& info);

// All of the run for programs, by docs/schemas/report-v1.schema.json.
void WriteJson(std::ostream& out, const RunResult& run, const RunInfo& info);

// One page for people, which needs nothing beside it.
void WriteHtml(std::ostream& out, const RunResult& run, const RunInfo& info);

// A short page for the summary of a CI job.
void WriteMarkdown(std::ostream& out, const RunResult& run,
                   const RunInfo& info);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_REPORTS_H_
