#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/reports/xml_text.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/keep/machine.h"
#include "conformance/stress/reports/html_parts.h"

namespace duroxide::stress {

void WriteHtmlTrend(std::ostream& out, const TrendLine& line,
                    ChartPage& charts) {
  using conformance::HtmlText;
  out << "<p class=\"lead\">On " << HtmlText(Describe(line.machine))
      << ".</p>\n";
  if (line.change) {
    out << "<h3>" << HtmlText(line.change->other) << " against "
        << HtmlText(line.change->base) << "</h3>\n";
    WriteHtmlContrast(out, *line.change);
    if (line.commits && !line.commits->empty()) {
      out << "<h4>Commits in between</h4>\n<ul class=\"commits\">\n";
      for (const std::string& commit : *line.commits) {
        out << "<li><code>" << HtmlText(commit) << "</code></li>\n";
      }
      out << "</ul>\n";
    }
  }
  if (line.points.size() > 1) {
    out << "<div class=\"charts\">\n";
    charts.Add(out, TrendThroughputChart(line));
    charts.Add(out, TrendLatencyChart(line));
    out << "</div>\n";
  }
  std::vector<std::vector<std::string>> rows;
  for (auto point = line.points.rbegin(); point != line.points.rend();
       ++point) {
    const StressResult pooled = Pooled(point->runs);
    rows.push_back({point->name, MomentText(point->runs.back().result.began),
                    absl::StrCat(point->runs.size()),
                    absl::StrFormat("%.2f", pooled.success_rate()),
                    FigureText(pooled.orchestrations_per_second()),
                    FigureText(pooled.activities_per_second()),
                    MsText(pooled.latency.mean()),
                    MsText(pooled.latency.Percentile(0.5)),
                    MsText(pooled.latency.Percentile(0.99))});
  }
  WriteHtmlTable(out, "History",
                 std::vector<std::string>{"Commit", "Last run", "Runs",
                                          "Success %", "Orch/sec",
                                          "Activity/sec", "Mean", "p50", "p99"},
                 rows, 2);
}

}  // namespace duroxide::stress
