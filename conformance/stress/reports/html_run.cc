#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/reports/xml_text.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/reports/html_parts.h"

namespace duroxide::stress {
namespace {

using conformance::HtmlText;

// A figure with its unit; `kind` is a class of stress.css.
void WriteTile(std::ostream& out, std::string_view figure,
               std::string_view unit, std::string_view name,
               std::string_view kind = "") {
  out << "<li" << (kind.empty() ? "" : " class=\"") << kind
      << (kind.empty() ? "" : "\"") << "><span class=\"figure\">" << figure
      << (unit.empty() ? "" : " <small>") << unit
      << (unit.empty() ? "" : "</small>") << "</span> " << name << "</li>\n";
}

void WriteTiles(std::ostream& out, const StressResult& result) {
  out << "<ul class=\"tiles\">\n";
  WriteTile(out, FigureText(result.orchestrations_per_second()), "/s",
            "orchestrations");
  WriteTile(out, FigureText(result.activities_per_second()), "/s",
            "activities");
  WriteTile(out, absl::StrFormat("%.2f", result.success_rate()), "%", "success",
            result.outcomes.failed() > 0 || result.outcomes.total() == 0
                ? "failed"
                : "passed");
  const Histogram& latency = result.latency;
  WriteTile(out, FigureText(ToMs(latency.mean())), "ms", "mean latency");
  for (const auto& [name, quantile] : kQuantiles) {
    WriteTile(out, FigureText(ToMs(latency.Percentile(quantile))), "ms", name);
  }
  WriteTile(out, FigureText(ToMs(latency.max())), "ms", "longest");
  if (result.cpu_per_orchestration() > absl::ZeroDuration()) {
    WriteTile(out, FigureText(ToMs(result.cpu_per_orchestration())), "ms",
              "processor time each");
  }
  out << "</ul>\n";
}

void WriteThresholds(std::ostream& out, const RunRecord& run) {
  if (run.thresholds.empty()) return;
  out << "<h3>Thresholds</h3>\n<div class=\"scroll\" tabindex=\"0\" "
         "role=\"region\" aria-label=\"Thresholds\"><table class=\"small\">"
         "<thead><tr><th scope=\"col\">Threshold</th><th scope=\"col\">Seen"
         "</th><th scope=\"col\">Verdict</th></tr></thead><tbody>\n";
  for (const KeptThreshold& threshold : run.thresholds) {
    out << "<tr><th scope=\"row\"><code>" << HtmlText(threshold.text)
        << "</code></th><td>" << HtmlText(threshold.seen) << "</td><td class=\""
        << (threshold.met ? "kept\">met" : "missed\">not met")
        << "</td></tr>\n";
  }
  out << "</tbody></table></div>\n";
}

void WriteFindings(std::ostream& out, const StressResult& result) {
  if (!result.findings.empty()) {
    out << "<h3>Found wrong after the load</h3>\n<div class=\"scroll\" "
           "tabindex=\"0\" role=\"region\" aria-label=\"Findings\"><table>"
           "<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" "
           "class=\"number\">Times</th><th scope=\"col\">For example</th></tr>"
           "</thead><tbody>\n";
    for (const Finding& finding : result.findings) {
      out << "<tr><th scope=\"row\"><code>" << HtmlText(finding.kind)
          << "</code></th><td class=\"number bad\">"
          << FigureText(static_cast<double>(finding.count)) << "</td><td>"
          << HtmlText(finding.example) << "</td></tr>\n";
    }
    out << "</tbody></table></div>\n";
  }
  if (!result.errors.empty()) {
    out << "<h3>Errors</h3>\n<ul class=\"causes\">\n";
    for (const std::string& error : result.errors) {
      out << "<li><code>" << HtmlText(error) << "</code></li>\n";
    }
    out << "</ul>\n";
  }
}

void WriteList(std::ostream& out, std::string_view title,
               std::string_view element,
               const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out << "<p><b>" << title << "</b></p><" << element << ">\n";
  for (const std::string& text : texts) {
    out << "<li>" << HtmlText(text) << "</li>\n";
  }
  out << "</" << element << ">\n";
}

void WriteExplanations(std::ostream& out, const RunRecord& run) {
  if (run.explanations.empty()) return;
  out << "<h3>What the figures say</h3>\n";
  for (const KeptExplanation& explanation : run.explanations) {
    out << "<div class=\"explanation\"><h4>" << HtmlText(explanation.title)
        << "</h4>\n";
    for (const std::string& seen : explanation.seen) {
      out << "<p>" << HtmlText(seen) << "</p>\n";
    }
    WriteList(out, "Likely causes", "ul", explanation.likely_causes);
    WriteList(out, "What to do next", "ol", explanation.next_steps);
    out << "</div>\n";
  }
}

void WriteMeasures(std::ostream& out, const StressResult& result) {
  if (result.measures.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const Measure& measure : result.measures) {
    rows.push_back({measure.name, measure.help, FigureText(measure.value)});
  }
  out << "<h3>Figures of the scenario</h3>\n";
  WriteHtmlTable(out, "Figures of the scenario",
                 std::vector<std::string>{"Name", "What it is", "Value"}, rows,
                 2);
}

void WriteCalls(std::ostream& out, const StressResult& result) {
  if (result.calls.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [method, figures] : result.calls) {
    uint64_t calls = 0;
    std::string codes;
    for (const auto& [code, count] : figures.by_code) {
      calls += count;
      if (code == "OK") continue;
      absl::StrAppend(&codes, codes.empty() ? "" : ", ", code, " ", count);
    }
    const Histogram& latency = figures.latency;
    rows.push_back({method, codes.empty() ? "none" : codes,
                    FigureText(static_cast<double>(calls)),
                    MsText(latency.mean()), MsText(latency.Percentile(0.5)),
                    MsText(latency.Percentile(0.99)), MsText(latency.max())});
  }
  out << "<h3>Calls of the provider</h3>\n<p class=\"lead\">Fetches that wait "
         "for work take as long as there is none.</p>\n";
  WriteHtmlTable(out, "Calls of the provider",
                 std::vector<std::string>{"Method", "Errors", "Calls", "Mean",
                                          "p50", "p99", "Longest"},
                 rows, 2);
}

void WriteProcesses(std::ostream& out, const StressResult& result) {
  if (result.processes.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const ProcessUse& process : result.processes) {
    uint64_t files = 0;
    uint64_t threads = 0;
    for (const ProcessSample& sample : process.samples) {
      files = std::max(files, sample.open_files);
      threads = std::max(threads, sample.threads);
    }
    rows.push_back(
        {process.name, absl::StrCat(process.pid),
         absl::StrFormat("%.2f s", absl::ToDoubleSeconds(process.cpu())),
         BytesText(static_cast<double>(process.most_resident_bytes())),
         absl::StrCat(files), absl::StrCat(threads)});
  }
  out << "<h3>Resources</h3>\n";
  WriteHtmlTable(
      out, "Resources",
      std::vector<std::string>{"Process", "Pid", "Processor time",
                               "Most memory", "Most files", "Most threads"},
      rows, 1);
}

void WriteSlots(std::ostream& out, const StressResult& result) {
  if (result.slots.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const Slot& slot : result.slots) {
    const auto count = [](uint64_t number) {
      return FigureText(static_cast<double>(number));
    };
    rows.push_back(
        {absl::StrFormat("%.1f s", absl::ToDoubleSeconds(slot.begin)),
         count(slot.started), count(slot.ended.completed()),
         count(slot.ended.failed()), count(slot.activities),
         count(slot.in_flight), MsText(slot.latency.Percentile(0.5)),
         MsText(slot.latency.Percentile(0.9)),
         MsText(slot.latency.Percentile(0.99)), MsText(slot.latency.max())});
  }
  out << "<details class=\"table\"><summary>The run over time as a "
         "table</summary><div class=\"slots\">\n";
  WriteHtmlTable(out, "The run over time",
                 std::vector<std::string>{"From", "Started", "Completed",
                                          "Failed", "Activities", "In flight",
                                          "p50", "p90", "p99", "Longest"},
                 rows, 0);
  out << "</div></details>\n";
}

void WriteFacts(std::ostream& out, const RunRecord& run) {
  out << "<h3>Settings and machine</h3>\n<dl class=\"facts\">\n";
  for (const auto& [name, value] : FactsOf(run)) {
    out << "<div><dt>" << HtmlText(name) << "</dt><dd>" << HtmlText(value)
        << "</dd></div>\n";
  }
  out << "</dl>\n";
}

}  // namespace

void WriteHtmlRun(std::ostream& out, const RunRecord& run, ChartPage& charts) {
  const StressResult& result = run.result;
  out << "<p class=\"lead\">" << VerdictTitle(VerdictOf(run)) << ": "
      << HtmlText(VerdictReason(run)) << ".</p>\n";
  WriteTiles(out, result);
  WriteHtmlTable(out, "The guide's table", TableHeadings(),
                 std::vector<std::vector<std::string>>{
                     TableCells(result.provider, result)},
                 2);
  WriteThresholds(out, run);
  WriteFindings(out, result);
  WriteExplanations(out, run);
  out << "<div class=\"charts\">\n";
  charts.Add(out, ThroughputChart(result));
  charts.Add(out, LatencyChart(result));
  charts.Add(out, DistributionChart(result));
  charts.Add(out, InFlightChart(result));
  out << "</div>\n";
  WriteSlots(out, result);
  WriteMeasures(out, result);
  WriteCalls(out, result);
  WriteProcesses(out, result);
  if (!result.processes.empty()) {
    out << "<div class=\"charts\">\n";
    charts.Add(out, ProcessorChart(result));
    charts.Add(out, MemoryChart(result));
    charts.Add(out, FilesAndThreadsChart(result));
    out << "</div>\n";
  }
  WriteFacts(out, run);
}

}  // namespace duroxide::stress
