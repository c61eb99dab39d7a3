#include <string>
#include <string_view>
#include <vector>

#include "conformance/reports/html_parts.h"
#include "conformance/reports/xml_text.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

bool HasArticle(const CaseResult& result) {
  return result.fails_run() || result.failure;
}

// Each on one line, whatever the browser thinks of hyphens.
std::string ClauseIds(const CaseTraits& traits) {
  std::vector<std::string> ids;
  for (const std::string_view id : traits.clauses) {
    ids.push_back(Concat("<span class=\"id\">", HtmlText(id), "</span>"));
  }
  return Join(ids, ", ");
}

void WriteRow(std::ostream& out, const CaseResult& result) {
  const CaseTraits& traits = result.of->traits;
  const std::string anchor = HtmlAnchor(result);
  out << "<tr id=\"" << anchor << "\" data-case=\"" << result.of->id()
      << "\" data-verdict=\"" << VerdictKey(result.verdict)
      << "\"><th scope=\"row\">";
  if (HasArticle(result)) {
    out << "<a href=\"#" << anchor << "-title\">";
  }
  out << result.of->category << "/<wbr>" << result.of->name
      << (HasArticle(result) ? "</a>" : "");
  if (const std::string line = Headline(result); !line.empty()) {
    out << "<p>" << HtmlText(line) << "</p>";
  }
  out << "</th><td>" << HtmlBadge(result) << "</td><td>"
      << ProfileName(traits.profile) << "</td><td>" << ClauseIds(traits)
      << "</td><td class=\"number\">" << SecondsText(result.elapsed)
      << (result.slow ? " <span class=\"slow\">slow</span>" : "")
      << "</td></tr>\n";
}

}  // namespace

std::string HtmlAnchor(const CaseResult& result) {
  return Concat(result.of->category, ".", result.of->name);
}

std::string HtmlBadge(const CaseResult& result) {
  const bool foretold = result.outcome() != Outcome::kAsJudged;
  const std::string_view text =
      foretold ? OutcomeName(result.outcome()) : VerdictName(result.verdict);
  const std::string key = result.outcome() == Outcome::kUnexpectedPass
                              ? VerdictKey(Verdict::kFailed)
                              : VerdictKey(result.verdict);
  return Concat("<span class=\"badge ", key, "\">", text, "</span>");
}

void WriteHtmlFilter(std::ostream& out) {
  out << "<form class=\"filter\" role=\"search\" hidden>\n"
         "<label>Filter <input type=\"search\" name=\"text\" "
         "placeholder=\"name, category, clause or reason\"></label>\n"
         "<fieldset><legend class=\"unseen\">Verdicts</legend>\n";
  for (const Verdict verdict : kAllVerdicts) {
    out << "<label class=\"" << VerdictKey(verdict)
        << "\"><input type=\"checkbox\" name=\"verdict\" value=\""
        << VerdictKey(verdict) << "\" checked> " << VerdictName(verdict)
        << "</label>\n";
  }
  out << "</fieldset>\n<output aria-live=\"polite\"></output>\n</form>\n";
}

void WriteHtmlCases(std::ostream& out, const RunResult& run) {
  out << "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
         "aria-label=\"All cases\"><table class=\"cases\"><thead><tr>"
         "<th scope=\"col\">case</th><th scope=\"col\">verdict</th>"
         "<th scope=\"col\">profile</th><th scope=\"col\">clauses</th>"
         "<th scope=\"col\" "
         "class=\"number\">seconds</th></tr></thead><tbody>\n";
  for (const CaseResult& result : run.cases) WriteRow(out, result);
  out << "</tbody></table></div>\n";
}

}  // namespace duroxide::conformance
