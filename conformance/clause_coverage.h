#ifndef DUROXIDE_CONFORMANCE_CLAUSE_COVERAGE_H_
#define DUROXIDE_CONFORMANCE_CLAUSE_COVERAGE_H_

// Which cases prove which clause.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "conformance/case.h"
#include "conformance/clauses.h"

namespace duroxide::conformance {

struct ClauseCoverage {
  const Clause* clause;
  // By category and name.
  std::vector<const Case*> cases = {};
  // Why no case can prove it; empty where some do.
  std::string reason = {};
};

// All clauses in the order of the contract. `reasons` is the text of
// unobservable_clauses.tsv: clause and reason, separated by a tab; lines that
// begin with # are comments. The result points into `clauses` and `cases`.
std::vector<ClauseCoverage> CoverageOf(std::span<const Clause> clauses,
                                       std::span<const Case> cases,
                                       std::string_view reasons);

// INTERNAL, naming every problem, where a clause has neither a case nor a
// reason, or has both; where a reason is empty or is for no clause; and where a
// case cites no clause, or one that there is not.
absl::Status CheckCoverage(std::span<const Clause> clauses,
                           std::span<const Case> cases,
                           std::string_view reasons);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CLAUSE_COVERAGE_H_
