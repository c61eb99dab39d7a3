#ifndef DUROXIDE_CONFORMANCE_REPORTS_CLAUSE_HTML_H_
#define DUROXIDE_CONFORMANCE_REPORTS_CLAUSE_HTML_H_

#include <string>
#include <string_view>

namespace duroxide::conformance {

// A clause's Markdown as HTML: paragraphs, lists and tables, and in them code,
// emphasis and links, of which the text stays. That is all that the contract
// uses; anything else is shown as it is written.
std::string ClauseHtml(std::string_view markdown);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_CLAUSE_HTML_H_
