#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/embedded_texts.h"
#include "conformance/reports/html_parts.h"
#include "conformance/reports/reports.h"
#include "conformance/reports/xml_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using Results = std::vector<const CaseResult*>;

// A part of the page that its contents name.
struct Section {
  std::string_view id;
  std::string_view title;
  size_t count;
};

void BeginSection(std::ostream& out, const Section& section) {
  out << "<section id=\"" << section.id << "\" aria-labelledby=\"" << section.id
      << "-title\">\n<h2 id=\"" << section.id << "-title\">" << section.title;
  if (section.count > 0) {
    out << " <span class=\"count\">" << section.count << "</span>";
  }
  out << "</h2>\n";
}

void WriteFailures(std::ostream& out, const Section& section,
                   const Results& failures, const RunInfo& info) {
  if (failures.empty()) return;
  BeginSection(out, section);
  for (const CaseResult* result : failures) {
    WriteHtmlFailure(out, *result, info);
  }
  out << "</section>\n";
}

// The cases of one verdict by their reasons.
void WriteReasons(std::ostream& out, const Section& section,
                  const RunResult& run, Verdict verdict) {
  if (section.count == 0) return;
  std::map<std::string_view, Results> reasons;
  for (const CaseResult& result : run.cases) {
    if (result.verdict == verdict) reasons[result.reason].push_back(&result);
  }
  BeginSection(out, section);
  for (const auto& [reason, results] : reasons) {
    out << "<div class=\"reason\"><h3>" << HtmlText(reason)
        << " <span class=\"count\">" << results.size()
        << "</span></h3>\n<ul class=\"ids\">";
    for (const CaseResult* result : results) {
      out << "<li><a href=\"#" << HtmlAnchor(*result) << "\"><code>"
          << result->of->id() << "</code></a></li>";
    }
    out << "</ul></div>\n";
  }
  out << "</section>\n";
}

void WriteContents(std::ostream& out, const std::vector<Section>& sections) {
  out << "<nav class=\"contents\" aria-label=\"Contents\"><ul>\n";
  for (const Section& section : sections) {
    out << "<li><a href=\"#" << section.id << "\">" << section.title;
    if (section.count > 0) {
      out << " <span class=\"count\">" << section.count << "</span>";
    }
    out << "</a></li>\n";
  }
  out << "</ul></nav>\n";
}

}  // namespace

void WriteHtml(std::ostream& out, const RunResult& run, const RunInfo& info) {
  Results failures;
  Results foretold;
  for (const CaseResult& result : run.cases) {
    if (result.fails_run()) {
      failures.push_back(&result);
    } else if (result.failure) {
      foretold.push_back(&result);
    }
  }
  const Section summary = {"summary", "Summary", 0};
  const Section failed = {"failures", "Failures", failures.size()};
  const Section expected = {"foretold", "Failures that were expected",
                            foretold.size()};
  const Section inconclusive = {"inconclusive", "Inconclusive",
                                run.Count(Verdict::kInconclusive)};
  const Section skipped = {"skipped", "Skipped", run.Count(Verdict::kSkipped)};
  const Section not_applicable = {"not-applicable", "Not applicable",
                                  run.Count(Verdict::kNotApplicable)};
  const Section cases = {"cases", "All cases", run.cases.size()};
  const Section conditions = {"conditions", "Provider and environment", 0};
  std::vector<Section> contents = {summary};
  for (const Section& section :
       {failed, expected, inconclusive, skipped, not_applicable}) {
    if (section.count > 0) contents.push_back(section);
  }
  contents.push_back(cases);
  contents.push_back(conditions);

  // The policy keeps the page from loading anything, whatever it shows.
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
         "<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
         "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
      << RunVerdictText(run) << ": " << HtmlText(run.conditions.provider.name())
      << " - duroxide-compat</title>\n<style>\n"
      << ReportStyleText() << "</style>\n</head>\n<body>\n";
  out << "<a class=\"skip\" href=\"#main\">Skip to the results</a>\n";
  WriteHtmlHead(out, run, info);
  WriteContents(out, contents);
  WriteHtmlFilter(out);
  out << "<main id=\"main\">\n";
  BeginSection(out, summary);
  WriteHtmlSummary(out, run);
  out << "</section>\n";
  WriteFailures(out, failed, failures, info);
  WriteFailures(out, expected, foretold, info);
  WriteReasons(out, inconclusive, run, Verdict::kInconclusive);
  WriteReasons(out, skipped, run, Verdict::kSkipped);
  WriteReasons(out, not_applicable, run, Verdict::kNotApplicable);
  BeginSection(out, cases);
  WriteHtmlCases(out, run);
  out << "</section>\n";
  BeginSection(out, conditions);
  WriteHtmlConditions(out, run, info);
  out << "</section>\n</main>\n<script>\n"
      << ReportScriptText() << "</script>\n</body>\n</html>\n";
}

}  // namespace duroxide::conformance
