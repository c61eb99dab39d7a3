#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_HTML_PARTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_HTML_PARTS_H_

// The parts of the HTML page. The classes are those of report.css and
// stress.css; whatever a provider or user named goes through HtmlText.

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "conformance/stress/reports/charts.h"
#include "conformance/stress/reports/figures.h"
#include "conformance/stress/reports/stress_report.h"

namespace duroxide::stress {

// All of one run but its heading.
void WriteHtmlRun(std::ostream& out, const RunRecord& run, ChartPage& charts);

// The table, the ratios with their intervals, the charts and the rounds.
void WriteHtmlComparison(std::ostream& out, const Contest& comparison,
                         ChartPage& charts);

// One load over time.
void WriteHtmlTrend(std::ostream& out, const TrendLine& line,
                    ChartPage& charts);

// The ratios of two contestants.
void WriteHtmlContrast(std::ostream& out, const Contrast& contrast);

// A table that scrolls where it is wider than the page; `label` says what it
// is. The first columns are texts, the others figures to the right.
void WriteHtmlTable(std::ostream& out, const std::string& label,
                    std::span<const std::string> headings,
                    std::span<const std::vector<std::string>> rows,
                    size_t text_columns);

// The verdict in its colour.
std::string HtmlVerdict(RunVerdict verdict);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_HTML_PARTS_H_
