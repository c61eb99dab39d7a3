#include "conformance/case.h"
#include "conformance/clause_coverage.h"
#include "conformance/clauses.h"
#include "conformance/commands.h"
#include "conformance/embedded_texts.h"
#include "conformance/exit_codes.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

std::vector<std::string> IdsOf(const std::vector<const Case*>& cases) {
  std::vector<std::string> ids;
  for (const Case* one : cases) ids.push_back(one->id());
  return ids;
}

void WriteTsv(std::ostream& out, const std::vector<ClauseCoverage>& coverage) {
  out << "clause\ttitle\tcases\treason\n";
  for (const ClauseCoverage& one : coverage) {
    out << one.clause->id << '\t' << one.clause->title << '\t'
        << Join(IdsOf(one.cases), ",") << '\t' << one.reason << '\n';
  }
}

void WriteText(std::ostream& out, const std::vector<ClauseCoverage>& coverage) {
  size_t proved = 0;
  for (const ClauseCoverage& one : coverage) {
    out << one.clause->id << " " << one.clause->title << "\n";
    if (!one.reason.empty()) out << "  no case: " << one.reason << "\n";
    for (const std::string& id : IdsOf(one.cases)) out << "  " << id << "\n";
    if (!one.cases.empty()) ++proved;
    out << "\n";
  }
  out << proved << " of " << coverage.size()
      << " clauses are proved by cases\n";
}

}  // namespace

int ListClauses(ListFormat format, std::ostream& out) {
  const std::vector<ClauseCoverage> coverage = CoverageOf(
      ContractClauses(), RegisteredCases(), UnobservableClausesText());
  format == ListFormat::kTsv ? WriteTsv(out, coverage)
                             : WriteText(out, coverage);
  return kExitPassed;
}

}  // namespace duroxide::conformance
