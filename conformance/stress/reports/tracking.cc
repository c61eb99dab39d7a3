#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/reports/markdown_text.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/keep/machine.h"
#include "conformance/stress/reports/figures.h"
#include "conformance/stress/reports/markdown_parts.h"
#include "conformance/stress/reports/stress_report.h"

namespace duroxide::stress {
namespace {

using conformance::MarkdownText;

// The newest run of all.
const RunRecord* Newest(const StressReport& report) {
  const RunRecord* newest = nullptr;
  for (const TrendLine& line : report.trends) {
    const RunRecord& last = line.points.back().runs.back();
    if (newest == nullptr || last.result.began > newest->result.began) {
      newest = &last;
    }
  }
  return newest;
}

}  // namespace

void WriteTracking(std::ostream& out, const StressReport& report) {
  out << "# Stress test results\n\nWritten by `duroxide-compat trend`; do not "
         "edit.\n\n";
  const RunRecord* newest = Newest(report);
  if (newest == nullptr) {
    out << "No run is kept yet.\n";
    return;
  }
  out << "- Commit: "
      << (newest->commit.empty() ? "unknown" : MarkdownText(newest->commit))
      << (newest->modified ? ", with changes that no commit has" : "")
      << "\n- Time: " << MomentText(newest->result.began)
      << "\n- Machine: " << MarkdownText(Describe(newest->machine)) << "\n\n"
      << "## Changes since the last test\n\n";
  for (const TrendLine& line : report.trends) {
    out << "### " << MarkdownText(TitleOf(line)) << "\n\n";
    WriteMarkdownChange(out, line);
  }
  out << "## Performance\n\nOf the newest runs of each load.\n\n";
  std::vector<std::string> headings = TableHeadings();
  headings.insert(headings.begin(), "Scenario");
  std::vector<std::vector<std::string>> rows;
  for (const TrendLine& line : report.trends) {
    rows.push_back(TableCells(line.provider, Pooled(line.points.back().runs)));
    rows.back().insert(rows.back().begin(), line.scenario);
  }
  WriteMarkdownTable(out, headings, rows, 3);
  out << "## Historical trends\n\n";
  for (const TrendLine& line : report.trends) {
    out << "### " << MarkdownText(TitleOf(line)) << " over time\n\n";
    WriteMarkdownHistory(out, line);
  }
}

}  // namespace duroxide::stress
