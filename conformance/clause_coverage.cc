#include "conformance/clause_coverage.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// From the clause's id to the reason.
std::map<std::string, std::string> ParseReasons(std::string_view text) {
  std::map<std::string, std::string> reasons;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const size_t tab = line.find('\t');
    reasons[line.substr(0, tab)] =
        tab == std::string::npos ? "" : line.substr(tab + 1);
  }
  return reasons;
}

bool Cites(const Case& one, std::string_view clause) {
  const auto& cited = one.traits.clauses;
  return std::find(cited.begin(), cited.end(), clause) != cited.end();
}

bool Has(std::span<const Clause> clauses, std::string_view id) {
  return std::any_of(clauses.begin(), clauses.end(),
                     [id](const Clause& clause) { return clause.id == id; });
}

}  // namespace

std::vector<ClauseCoverage> CoverageOf(std::span<const Clause> clauses,
                                       std::span<const Case> cases,
                                       std::string_view reasons) {
  const std::map<std::string, std::string> reason_of = ParseReasons(reasons);
  std::vector<ClauseCoverage> coverage;
  for (const Clause& clause : clauses) {
    ClauseCoverage one = {.clause = &clause};
    for (const Case& each : cases) {
      if (Cites(each, clause.id)) one.cases.push_back(&each);
    }
    if (const auto found = reason_of.find(clause.id);
        found != reason_of.end()) {
      one.reason = found->second;
    }
    coverage.push_back(std::move(one));
  }
  return coverage;
}

absl::Status CheckCoverage(std::span<const Clause> clauses,
                           std::span<const Case> cases,
                           std::string_view reasons) {
  std::vector<std::string> problems;
  for (const ClauseCoverage& one : CoverageOf(clauses, cases, reasons)) {
    if (one.cases.empty() && one.reason.empty()) {
      problems.push_back(
          Concat(one.clause->id, " has neither a case nor a reason why not"));
    } else if (!one.cases.empty() && !one.reason.empty()) {
      problems.push_back(Concat(one.clause->id,
                                " has a reason why no case "
                                "proves it, and ",
                                one.cases[0]->id(), " does"));
    }
  }
  for (const auto& [id, reason] : ParseReasons(reasons)) {
    if (!Has(clauses, id)) {
      problems.push_back(
          Concat("a reason is for ", id, ", which the contract does not have"));
    } else if (reason.empty()) {
      problems.push_back(Concat(id, " has an empty reason"));
    }
  }
  for (const Case& one : cases) {
    if (one.traits.clauses.empty()) {
      problems.push_back(Concat(one.id(), " cites no clause"));
    }
    for (const std::string_view id : one.traits.clauses) {
      if (Has(clauses, id)) continue;
      problems.push_back(Concat(one.id(), " cites ", id,
                                ", which the contract does not have"));
    }
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::InternalError(Join(problems, "; "));
}

}  // namespace duroxide::conformance
