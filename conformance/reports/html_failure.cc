#include <string>
#include <string_view>

#include "conformance/clauses.h"
#include "conformance/report.h"
#include "conformance/reports/clause_html.h"
#include "conformance/reports/html_parts.h"
#include "conformance/reports/xml_text.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

void WriteTags(std::ostream& out, const CaseResult& result) {
  const CaseTraits& traits = result.of->traits;
  out << "<p class=\"tags\">" << HtmlBadge(result) << " <span>"
      << ProfileName(traits.profile) << "</span>";
  for (const std::string_view clause : traits.clauses) {
    out << " <span>" << HtmlText(clause) << "</span>";
  }
  out << " <span>" << SecondsText(result.elapsed) << " s</span>";
  if (result.attempts > 1) {
    out << " <span>" << result.attempts << " attempts</span>";
  }
  if (result.runs.total() > 1) {
    out << " <span>" << result.runs.failed << " of " << result.runs.total()
        << " runs failed</span>";
  }
  if (result.slow) out << " <span>slow</span>";
  out << "</p>\n";
}

void WritePart(std::ostream& out, std::string_view kind, std::string_view title,
               std::string_view text) {
  if (text.empty()) return;
  out << "<div class=\"" << kind << "\"><dt>" << title << "</dt><dd>"
      << HtmlLines(text) << "</dd></div>\n";
}

void WriteCheck(std::ostream& out, const Failure& failure) {
  out << "<dl class=\"check\">\n";
  WritePart(out, "expected", "Expected", failure.expected);
  WritePart(out, "seen", "Seen", failure.seen);
  WritePart(out, "context", "Context", failure.context);
  if (!failure.file.empty()) {
    WritePart(out, "context", "Check",
              Concat(SourcePath(failure.file), ":", failure.line));
  }
  out << "</dl>\n";
}

void WriteCauses(std::ostream& out, const CaseTraits& traits) {
  if (traits.likely_causes.empty()) return;
  out << "<h4>Likely causes</h4>\n<ul class=\"causes\">\n";
  for (const std::string_view cause : traits.likely_causes) {
    out << "<li>" << HtmlText(cause) << "</li>\n";
  }
  out << "</ul>\n";
}

void WriteClauses(std::ostream& out, const CaseTraits& traits) {
  out << "<h4>What the contract says</h4>\n";
  for (const std::string_view id : traits.clauses) {
    const Clause* clause = FindClause(id);
    if (clause == nullptr) {
      out << "<p>" << HtmlText(id) << "</p>\n";
      continue;
    }
    out << "<details class=\"clause\"><summary><b>" << HtmlText(id) << "</b> "
        << HtmlText(clause->title) << "</summary><div>"
        << ClauseHtml(clause->text) << "</div></details>\n";
  }
}

void WriteCommand(std::ostream& out, std::string_view title,
                  std::string_view command) {
  out << "<h4>" << title << "</h4>\n<pre class=\"command\" tabindex=\"0\">"
      << HtmlText(command) << "</pre>\n";
}

void WriteProviderOutput(std::ostream& out, const CaseResult& result) {
  if (result.provider_output.empty()) return;
  out << "<details class=\"output\"><summary>What the provider wrote "
         "meanwhile</summary><pre tabindex=\"0\">"
      << HtmlLines(result.provider_output) << "</pre></details>\n";
}

}  // namespace

void WriteHtmlFailure(std::ostream& out, const CaseResult& result,
                      const RunInfo& info) {
  const CaseTraits& traits = result.of->traits;
  const std::string anchor = HtmlAnchor(result);
  out << "<article class=\"" << VerdictKey(result.verdict) << "\" data-case=\""
      << result.of->id() << "\" data-verdict=\"" << VerdictKey(result.verdict)
      << "\" aria-labelledby=\"" << anchor << "-title\">\n<h3 id=\"" << anchor
      << "-title\"><a href=\"#" << anchor << "-title\">" << result.of->category
      << "/<wbr><b>" << result.of->name << "</b></a></h3>\n";
  WriteTags(out, result);
  out << "<p class=\"proves\">" << HtmlText(traits.proves) << "</p>\n";
  if (result.expectation) {
    out << "<p class=\"foretold\">" << HtmlText(Headline(result)) << "</p>\n";
  }
  if (result.failure) {
    WriteCheck(out, *result.failure);
    WriteHtmlCalls(out, result);
    WriteCauses(out, traits);
  }
  WriteClauses(out, traits);
  WriteProviderOutput(out, result);
  WriteCommand(out, "Run it again", CommandAgain(info.command, result));
  if (!TranscriptOf(info, result).empty()) {
    WriteCommand(out, "Send just its calls again",
                 CommandToReplay(info, result));
  }
  out << "</article>\n";
}

}  // namespace duroxide::conformance
