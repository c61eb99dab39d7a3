#ifndef DUROXIDE_CONFORMANCE_EMBEDDED_TEXTS_H_
#define DUROXIDE_CONFORMANCE_EMBEDDED_TEXTS_H_

// Files of the source tree that are part of the program; see embed_text.cmake.

#include <string_view>

namespace duroxide::conformance {

// proto/CONTRACT.md
std::string_view ContractText();

// conformance/required_cases.tsv
std::string_view RequiredCasesText();

// conformance/unobservable_clauses.tsv
std::string_view UnobservableClausesText();

// conformance/stress/reports/stress.css and stress.js, and Chart.js
std::string_view StressStyleText();
std::string_view StressScriptText();
std::string_view ChartLibraryText();

// conformance/reports/report.css and report.js
std::string_view ReportStyleText();
std::string_view ReportScriptText();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EMBEDDED_TEXTS_H_
