#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/reports/markdown_text.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/reports/figures.h"
#include "conformance/stress/reports/markdown_parts.h"
#include "conformance/stress/reports/stress_report.h"

namespace duroxide::stress {
namespace {

using conformance::MarkdownText;

void WriteList(std::ostream& out, std::string_view title,
               const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out << title << ":\n\n";
  for (const std::string& text : texts) {
    out << "- " << MarkdownText(text) << "\n";
  }
  out << "\n";
}

void WriteRun(std::ostream& out, const RunRecord& run) {
  const StressResult& result = run.result;
  out << "### " << VerdictTitle(VerdictOf(run)) << ": "
      << MarkdownText(RunTitle(run)) << "\n\n"
      << MarkdownText(VerdictReason(run)) << ".\n\n";
  for (const KeptThreshold& threshold : run.thresholds) {
    out << "- " << (threshold.met ? "met" : "**not met**") << " "
        << MarkdownText(threshold.text) << ": " << MarkdownText(threshold.seen)
        << "\n";
  }
  for (const Finding& finding : result.findings) {
    out << "- **wrong** " << MarkdownText(finding.kind) << ", " << finding.count
        << " times: " << MarkdownText(finding.example) << "\n";
  }
  for (const std::string& error : result.errors) {
    out << "- error: " << MarkdownText(error) << "\n";
  }
  if (!run.thresholds.empty() || !result.findings.empty() ||
      !result.errors.empty()) {
    out << "\n";
  }
  for (const KeptExplanation& explanation : run.explanations) {
    out << "<details>\n<summary>" << MarkdownText(explanation.title)
        << "</summary>\n\n";
    for (const std::string& seen : explanation.seen) {
      out << MarkdownText(seen) << "\n\n";
    }
    WriteList(out, "Likely causes", explanation.likely_causes);
    WriteList(out, "What to do next", explanation.next_steps);
    out << "</details>\n\n";
  }
}

}  // namespace

void WriteMarkdownTable(std::ostream& out,
                        const std::vector<std::string>& headings,
                        const std::vector<std::vector<std::string>>& rows,
                        size_t text_columns) {
  const auto write_row = [&out](const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) {
      out << "| " << MarkdownText(cell) << " ";
    }
    out << "|\n";
  };
  write_row(headings);
  for (size_t i = 0; i < headings.size(); ++i) {
    out << (i < text_columns ? "|---" : "|--:");
  }
  out << "|\n";
  for (const std::vector<std::string>& row : rows) write_row(row);
  out << "\n";
}

void WriteMarkdownContrast(std::ostream& out, const Contrast& contrast) {
  std::vector<std::vector<std::string>> rows;
  for (const FigureContrast& figure : contrast.figures) {
    const std::string unit(FigureUnit(figure.figure));
    std::string ratio = "unknown";
    std::string interval = "unknown";
    if (figure.estimate) {
      ratio = absl::StrFormat("%.3f", figure.estimate->ratio);
      if (figure.estimate->interval) {
        interval =
            absl::StrFormat("%.3f to %.3f", figure.estimate->interval->low,
                            figure.estimate->interval->high);
      }
    }
    rows.push_back({std::string(FigureTitle(figure.figure)),
                    std::string(VerdictText(figure.verdict)),
                    FigureText(figure.base) + unit,
                    FigureText(figure.other) + unit, ratio, interval});
  }
  WriteMarkdownTable(
      out,
      {"figure", "verdict", contrast.base, contrast.other, "ratio", "95 %"},
      rows, 2);
  for (const std::string& caution : contrast.cautions) {
    out << "- caution: " << MarkdownText(caution) << "\n";
  }
  if (!contrast.cautions.empty()) out << "\n";
}

void WriteMarkdownHistory(std::ostream& out, const TrendLine& line) {
  std::vector<std::vector<std::string>> rows;
  for (auto point = line.points.rbegin(); point != line.points.rend();
       ++point) {
    const StressResult pooled = Pooled(point->runs);
    rows.push_back({point->name, MomentText(point->runs.back().result.began),
                    absl::StrCat(point->runs.size()),
                    absl::StrFormat("%.2f", pooled.success_rate()),
                    absl::StrFormat("%.2f", pooled.orchestrations_per_second()),
                    absl::StrFormat("%.2f", pooled.activities_per_second()),
                    MsText(pooled.latency.mean()),
                    MsText(pooled.latency.Percentile(0.99))});
  }
  WriteMarkdownTable(out,
                     {"Commit", "Last run", "Runs", "Success %", "Orch/sec",
                      "Activity/sec", "Avg Latency", "p99"},
                     rows, 2);
}

void WriteMarkdownChange(std::ostream& out, const TrendLine& line) {
  if (!line.change) {
    out << "The first test of this load.\n\n";
    return;
  }
  WriteMarkdownContrast(out, *line.change);
  if (!line.commits) return;
  for (const std::string& commit : *line.commits) {
    out << "- " << MarkdownText(commit) << "\n";
  }
  if (!line.commits->empty()) out << "\n";
}

void WriteStressMarkdown(std::ostream& out, const StressReport& report) {
  out << "## Stress: " << VerdictTitle(VerdictOf(report)) << "\n\n";
  if (!report.runs.empty()) {
    const Table table = TableOf(report.runs);
    WriteMarkdownTable(out, table.headings, table.rows, 2);
  }
  if (report.comparison) {
    std::vector<std::vector<std::string>> rows;
    for (const Contestant& contestant : report.comparison->contestants) {
      rows.push_back(TableCells(contestant.name, Pooled(contestant.runs)));
    }
    WriteMarkdownTable(out, TableHeadings(), rows, 2);
    for (const Contrast& contrast : report.comparison->contrasts) {
      out << "### " << MarkdownText(contrast.other) << " against "
          << MarkdownText(contrast.base) << "\n\n";
      WriteMarkdownContrast(out, contrast);
    }
  }
  for (const RunRecord& run : report.runs) WriteRun(out, run);
  for (const TrendLine& line : report.trends) {
    out << "### Over time: " << MarkdownText(TitleOf(line)) << "\n\n";
    WriteMarkdownChange(out, line);
    WriteMarkdownHistory(out, line);
  }
}

}  // namespace duroxide::stress
