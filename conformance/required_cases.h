#ifndef DUROXIDE_CONFORMANCE_REQUIRED_CASES_H_
#define DUROXIDE_CONFORMANCE_REQUIRED_CASES_H_

// The check that the program has the cases that it must have. Cases register
// themselves, so one that is not linked, or whose file was forgotten, would
// otherwise just not run.

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "conformance/case.h"

namespace duroxide::conformance {

// Compares `cases` with `list`, the text of required_cases.tsv: category, name
// and upstream name, separated by tabs; lines that begin with # are comments.
// INTERNAL, naming every difference, where a case of the list is missing,
// registered twice or under another upstream name, or is not in the list; and
// where a case cites no clause or one that the contract does not have.
absl::Status CheckCases(std::span<const Case> cases, std::string_view list);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REQUIRED_CASES_H_
