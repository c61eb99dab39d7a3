#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/embedded_texts.h"
#include "conformance/reports/xml_text.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/reports/html_parts.h"

namespace duroxide::stress {
namespace {

using conformance::HtmlText;

// A part of the page that its contents name.
struct Section {
  std::string id;
  std::string title;
  // HTML behind the title.
  std::string mark = {};
};

std::vector<Section> SectionsOf(const StressReport& report) {
  std::vector<Section> sections;
  if (report.runs.size() > 1) sections.push_back({"summary", "All runs"});
  if (report.comparison) sections.push_back({"comparison", "Comparison"});
  for (size_t i = 0; i < report.runs.size(); ++i) {
    sections.push_back({absl::StrCat("run-", i + 1), RunTitle(report.runs[i]),
                        HtmlVerdict(VerdictOf(report.runs[i]))});
  }
  for (size_t i = 0; i < report.trends.size(); ++i) {
    const TrendLine& line = report.trends[i];
    sections.push_back({absl::StrCat("trend-", i + 1),
                        absl::StrCat("Over time: ", TitleOf(line))});
  }
  return sections;
}

void BeginSection(std::ostream& out, const Section& section) {
  out << "<section id=\"" << section.id << "\" aria-labelledby=\"" << section.id
      << "-title\">\n<h2 id=\"" << section.id << "-title\">"
      << HtmlText(section.title) << (section.mark.empty() ? "" : " ")
      << section.mark << "</h2>\n";
}

std::string PageTitle(const StressReport& report) {
  if (report.comparison) {
    std::string names;
    for (const Contestant& contestant : report.comparison->contestants) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", contestant.name);
    }
    return absl::StrCat("Comparison of ", names);
  }
  if (report.runs.size() == 1) return RunTitle(report.runs.front());
  if (!report.runs.empty()) {
    return absl::StrCat(report.runs.size(), " runs on ",
                        report.runs.front().result.provider);
  }
  return "Stress results over time";
}

std::string InWords(const StressReport& report) {
  if (report.runs.size() == 1 && !report.comparison) {
    return VerdictReason(report.runs.front());
  }
  if (report.comparison && !report.comparison->contrasts.empty()) {
    const Contrast& first = report.comparison->contrasts.front();
    if (!first.figures.empty()) {
      return absl::StrCat(first.other, " against ", first.base, ": ",
                          InWords(first.figures.front()));
    }
  }
  size_t passed = 0;
  for (const RunRecord& run : report.runs) {
    if (VerdictOf(run) == RunVerdict::kPassed) ++passed;
  }
  if (report.runs.empty()) {
    return absl::StrCat(report.trends.size(),
                        report.trends.size() == 1 ? " load" : " loads");
  }
  return absl::StrCat(passed, " of ", report.runs.size(), " runs passed");
}

void WriteHead(std::ostream& out, const StressReport& report) {
  const RunVerdict verdict = VerdictOf(report);
  const std::string title = PageTitle(report);
  // The policy keeps the page from loading anything, whatever it shows.
  out << "<!DOCTYPE html>\n<html lang=\"en\" class=\"no-script\">\n<head>\n"
         "<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
         "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
      << VerdictTitle(verdict) << ": " << HtmlText(title)
      << " - duroxide-compat stress</title>\n<style>\n"
      << conformance::ReportStyleText() << conformance::StressStyleText()
      << "</style>\n</head>\n<body>\n"
         "<a class=\"skip\" href=\"#main\">Skip to the results</a>\n"
         "<header class=\"page "
      << VerdictKey(verdict) << "\">\n<p class=\"tool\">duroxide-compat "
      << HtmlText(report.tool_version)
      << " stress</p>\n<h1><span class=\"verdict\">" << VerdictTitle(verdict)
      << "</span> " << HtmlText(title) << "</h1>\n<p class=\"words\">"
      << HtmlText(InWords(report)) << "</p>\n<p class=\"when\">Written <time>"
      << MomentText(report.written_at) << "</time>";
  if (!report.command.empty()) {
    out << " by <code>" << HtmlText(report.command) << "</code>";
  }
  out << "</p>\n</header>\n";
}

void WriteContents(std::ostream& out, const std::vector<Section>& sections) {
  if (sections.size() < 2) return;
  out << "<nav class=\"contents\" aria-label=\"Contents\"><ul>\n";
  for (const Section& section : sections) {
    out << "<li><a href=\"#" << section.id << "\">" << HtmlText(section.title)
        << "</a></li>\n";
  }
  out << "</ul></nav>\n";
}

void WriteSummary(std::ostream& out, const StressReport& report) {
  const Table table = TableOf(report.runs);
  const size_t names = table.headings.front() == "Scenario" ? 3 : 2;
  WriteHtmlTable(out, "All runs", table.headings, table.rows, names);
}

}  // namespace

void WriteStressHtml(std::ostream& out, const StressReport& report) {
  ChartPage charts;
  const std::vector<Section> sections = SectionsOf(report);
  WriteHead(out, report);
  WriteContents(out, sections);
  out << "<main id=\"main\">\n";
  auto section = sections.begin();
  if (report.runs.size() > 1) {
    BeginSection(out, *section++);
    WriteSummary(out, report);
    out << "</section>\n";
  }
  if (report.comparison) {
    BeginSection(out, *section++);
    WriteHtmlComparison(out, *report.comparison, charts);
    out << "</section>\n";
  }
  for (const RunRecord& run : report.runs) {
    BeginSection(out, *section++);
    WriteHtmlRun(out, run, charts);
    out << "</section>\n";
  }
  for (const TrendLine& line : report.trends) {
    BeginSection(out, *section++);
    WriteHtmlTrend(out, line, charts);
    out << "</section>\n";
  }
  out << "</main>\n";
  charts.WriteData(out);
  out << "<script>\n"
      << conformance::ChartLibraryText() << "\n"
      << conformance::StressScriptText() << "</script>\n</body>\n</html>\n";
}

void WriteHtmlTable(std::ostream& out, const std::string& label,
                    std::span<const std::string> headings,
                    std::span<const std::vector<std::string>> rows,
                    size_t text_columns) {
  const auto kind = [text_columns](size_t column) {
    return column < text_columns ? "" : " class=\"number\"";
  };
  out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\""
      << HtmlText(label) << "\"><table class=\"guide\"><thead><tr>";
  for (size_t i = 0; i < headings.size(); ++i) {
    out << "<th scope=\"col\"" << kind(i) << ">" << HtmlText(headings[i])
        << "</th>";
  }
  out << "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    out << "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      out << (i == 0 ? "<th scope=\"row\">" : "<td") << (i == 0 ? "" : kind(i))
          << (i == 0 ? "" : ">") << HtmlText(row[i])
          << (i == 0 ? "</th>" : "</td>");
    }
    out << "</tr>\n";
  }
  out << "</tbody></table></div>\n";
}

std::string HtmlVerdict(RunVerdict verdict) {
  return absl::StrCat("<span class=\"badge ", std::string(VerdictKey(verdict)),
                      "\">", std::string(VerdictTitle(verdict)), "</span>");
}

}  // namespace duroxide::stress
