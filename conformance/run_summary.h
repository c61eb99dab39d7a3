#ifndef DUROXIDE_CONFORMANCE_RUN_SUMMARY_H_
#define DUROXIDE_CONFORMANCE_RUN_SUMMARY_H_

// What stands before and after the cases of a run at a terminal.

#include <cstddef>
#include <ostream>

#include "conformance/result.h"
#include "conformance/style.h"

namespace duroxide::conformance {

// Writes what is judged, and under which conditions, before the first case.
void WriteHead(std::ostream& out, const RunConditions& conditions,
               size_t cases);

// Writes what came of the user's expectations, the cases that took longest, and
// the score by profile.
void WriteSummary(std::ostream& out, const RunResult& run, const Style& style);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_RUN_SUMMARY_H_
