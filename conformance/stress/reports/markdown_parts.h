#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_MARKDOWN_PARTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_MARKDOWN_PARTS_H_

// What the Markdown formats share.

#include <ostream>
#include <string>
#include <vector>

#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/compare/trend.h"

namespace duroxide::stress {

void WriteMarkdownTable(std::ostream& out,
                        const std::vector<std::string>& headings,
                        const std::vector<std::vector<std::string>>& rows,
                        size_t text_columns);

void WriteMarkdownContrast(std::ostream& out, const Contrast& contrast);

// The last point against the one before, and the commits in between.
void WriteMarkdownChange(std::ostream& out, const TrendLine& line);

// All points, newest first.
void WriteMarkdownHistory(std::ostream& out, const TrendLine& line);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_MARKDOWN_PARTS_H_
