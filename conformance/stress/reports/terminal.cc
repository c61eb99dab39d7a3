#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/layout.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/keep/machine.h"
#include "conformance/stress/reports/figures.h"
#include "conformance/stress/reports/stress_report.h"
#include "conformance/style.h"
#include "conformance/text.h"

namespace duroxide::stress {
namespace {

using conformance::Layout;
using conformance::Printable;
using conformance::Style;

std::string Coloured(RunVerdict verdict, const Style& style) {
  const std::string_view title = VerdictTitle(verdict);
  switch (verdict) {
    case RunVerdict::kPassed:
      return style.Of(conformance::Verdict::kPassed, title);
    case RunVerdict::kFailed:
      return style.Of(conformance::Verdict::kFailed, title);
    case RunVerdict::kNotCertified:
      return style.Of(conformance::Verdict::kInconclusive, title);
  }
  return std::string(title);
}

std::string LatencyText(const Histogram& latency) {
  std::string text = absl::StrCat("mean ", MsText(latency.mean()));
  for (const auto& [name, quantile] : kQuantiles) {
    absl::StrAppend(&text, ", ", std::string(name), " ",
                    MsText(latency.Percentile(quantile)));
  }
  return absl::StrCat(text, ", longest ", MsText(latency.max()));
}

void WriteTexts(Layout& layout, std::string_view label,
                const std::vector<std::string>& texts) {
  layout.List(label, std::vector<std::string_view>(texts.begin(), texts.end()));
}

void WriteRun(std::ostream& out, const RunRecord& run, const Style& style) {
  const StressResult& result = run.result;
  Layout layout(out, style);
  out << "\n"
      << Coloured(VerdictOf(run), style) << " " << Printable(RunTitle(run))
      << ": " << Printable(VerdictReason(run)) << "\n";
  layout.Paragraph("latency", LatencyText(result.latency));
  for (const ProcessUse& process : result.processes) {
    layout.Line(
        "process",
        absl::StrFormat(
            "%s: %.2f s of processor, at most %s", process.name,
            absl::ToDoubleSeconds(process.cpu()),
            BytesText(static_cast<double>(process.most_resident_bytes()))));
  }
  if (result.cpu_per_orchestration() > absl::ZeroDuration()) {
    layout.Line("processor",
                absl::StrCat(MsText(result.cpu_per_orchestration()),
                             " for each orchestration, all processes"));
  }
  for (const Measure& measure : result.measures) {
    layout.Line("measure",
                absl::StrCat(measure.name, " ", FigureText(measure.value)));
  }
  for (const KeptThreshold& threshold : run.thresholds) {
    layout.Line("threshold",
                absl::StrCat(threshold.met ? "met      " : "NOT MET  ",
                             threshold.text, ": ", threshold.seen));
  }
  for (const Finding& finding : result.findings) {
    layout.Paragraph("wrong", absl::StrCat(finding.kind, ", ", finding.count,
                                           " times: ", finding.example));
  }
  for (const std::string& error : result.errors) {
    layout.Paragraph("error", error);
  }
  for (const KeptExplanation& explanation : run.explanations) {
    layout.Paragraph("trouble", explanation.title);
    WriteTexts(layout, "seen", explanation.seen);
    WriteTexts(layout, "likely", explanation.likely_causes);
    WriteTexts(layout, "next", explanation.next_steps);
  }
}

void WriteContrast(std::ostream& out, const Contrast& contrast,
                   const Style& style) {
  out << "\n"
      << style.Bold(Printable(contrast.other)) << " against "
      << style.Bold(Printable(contrast.base)) << "\n";
  for (const FigureContrast& figure : contrast.figures) {
    std::string words = InWords(figure);
    if (figure.verdict == Verdict::kBetter) {
      words = style.Of(conformance::Verdict::kPassed, words);
    } else if (figure.verdict == Verdict::kWorse) {
      words = style.Of(conformance::Verdict::kFailed, words);
    }
    out << "  " << words << "\n";
  }
  Layout layout(out, style);
  for (const std::string& caution : contrast.cautions) {
    layout.Paragraph("caution", caution);
  }
}

void WriteTrend(std::ostream& out, const TrendLine& line, const Style& style) {
  out << "\n"
      << style.Bold(Printable(absl::StrCat(
             line.scenario, " ", Label(line.config), " on ", line.provider)))
      << "\n"
      << style.Dim(Printable(Describe(line.machine))) << "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const TrendPoint& point : line.points) {
    const StressResult pooled = Pooled(point.runs);
    rows.push_back({point.name, MomentText(point.runs.back().result.began),
                    absl::StrCat(point.runs.size()),
                    absl::StrFormat("%.2f", pooled.success_rate()),
                    absl::StrFormat("%.2f", pooled.orchestrations_per_second()),
                    MsText(pooled.latency.mean()),
                    MsText(pooled.latency.Percentile(0.99))});
  }
  WriteTable(out,
             std::vector<std::string>{"Commit", "Last run", "Runs", "Success %",
                                      "Orch/sec", "Avg Latency", "p99"},
             rows);
  if (!line.change) return;
  WriteContrast(out, *line.change, style);
  if (!line.commits) return;
  for (const std::string& commit : *line.commits) {
    out << "  " << style.Dim("commit") << "  " << Printable(commit) << "\n";
  }
}

}  // namespace

void WriteText(std::ostream& out, const StressReport& report,
               const Style& style) {
  if (!report.runs.empty()) {
    const Table table = TableOf(report.runs);
    out << "=== Comparison Table ===\n";
    WriteTable(out, table.headings, table.rows);
  }
  if (report.comparison) {
    std::vector<std::vector<std::string>> rows;
    for (const Contestant& contestant : report.comparison->contestants) {
      rows.push_back(TableCells(contestant.name, Pooled(contestant.runs)));
    }
    out << "=== Comparison Table ===\n";
    WriteTable(out, TableHeadings(), rows);
    for (const Contrast& contrast : report.comparison->contrasts) {
      WriteContrast(out, contrast, style);
    }
    out << style.Dim(absl::StrFormat(
               "\nIntervals hold with %.0f %%; see docs/stress.md, Comparing.",
               100 * report.comparison->confidence))
        << "\n";
  }
  for (const RunRecord& run : report.runs) WriteRun(out, run, style);
  for (const TrendLine& line : report.trends) WriteTrend(out, line, style);
}

}  // namespace duroxide::stress
