#ifndef DUROXIDE_CONFORMANCE_REPORTS_MARKDOWN_TEXT_H_
#define DUROXIDE_CONFORMANCE_REPORTS_MARKDOWN_TEXT_H_

// Any text within Markdown, as GitHub and GitLab read it.

#include <string>
#include <string_view>

namespace duroxide::conformance {

// `text` on one line, so that nothing of it is markup: neither of Markdown's
// own nor of the HTML that may stand in it, nor a cell's end.
std::string MarkdownText(std::string_view text);

// The lines of `text` as a block of code, whatever is in them.
std::string MarkdownBlock(std::string_view text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_MARKDOWN_TEXT_H_
