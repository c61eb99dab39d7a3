#ifndef DUROXIDE_CONFORMANCE_RUN_CASE_H_
#define DUROXIDE_CONFORMANCE_RUN_CASE_H_

// Runs one case to a verdict.

#include <optional>

#include "conformance/case.h"
#include "conformance/result.h"
#include "conformance/session.h"

namespace duroxide::conformance {

// Runs `to_run` in a fresh store and drops the store. Skips a case whose needs
// the provider does not declare. Where the runner is too slow for a verdict,
// runs the case again, up to three times, with the lock time doubled each time;
// then it is inconclusive. std::nullopt where the run was interrupted.
//
// Blocks. Throws nothing.
std::optional<CaseResult> RunCase(const Case& to_run,
                                  const SessionOptions& options);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_RUN_CASE_H_
