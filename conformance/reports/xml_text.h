#ifndef DUROXIDE_CONFORMANCE_REPORTS_XML_TEXT_H_
#define DUROXIDE_CONFORMANCE_REPORTS_XML_TEXT_H_

// Any text within XML and HTML.

#include <string>
#include <string_view>

namespace duroxide::conformance {

// `text` as it stands between tags of XML, or in a quoted attribute. What XML
// cannot hold, such as control characters and bytes that are no UTF-8, is
// written as an escape: \u001b, \xff.
std::string XmlText(std::string_view text);
std::string XmlAttribute(std::string_view text);

// `text` as it stands between tags of HTML or in a quoted attribute, with
// everything visible that could hide or turn text. The first has line breaks
// as they are, the second as \n.
std::string HtmlLines(std::string_view text);
std::string HtmlText(std::string_view text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_XML_TEXT_H_
