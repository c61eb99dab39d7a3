#ifndef DUROXIDE_TESTS_CONFORMANCE_REPORTS_SAMPLE_RUN_H_
#define DUROXIDE_TESTS_CONFORMANCE_REPORTS_SAMPLE_RUN_H_

// A run that has everything which reports tell of.

#include <string>

#include "conformance/reports/run_info.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// Text as a hostile provider would send it: markup of every format, control
// characters, turned text, bytes that are no UTF-8.
std::string HostileText();

// Results with every verdict and every outcome, some with HostileText(). Its
// clauses are in no contract, so that goldens stay as they are where the
// contract is worded better.
RunResult SampleRun();

// All passed, nothing else.
RunResult PassedRun();

RunInfo SampleInfo();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_REPORTS_SAMPLE_RUN_H_
