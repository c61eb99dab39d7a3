#include "conformance/reports/xml_text.h"

#include "conformance/text.h"
#include "conformance/utf8.h"

namespace duroxide::conformance {
namespace {

// By the production Char of XML 1.0, but for a carriage return, which parsers
// turn into a line break.
bool IsNoXmlCharacter(char32_t code) {
  return (code < 0x20 && code != '\t' && code != '\n') || code == 0xFFFE ||
         code == 0xFFFF;
}

std::string WithEntities(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string XmlText(std::string_view text) {
  return WithEntities(WithEscapes(text, &IsNoXmlCharacter));
}

std::string XmlAttribute(std::string_view text) {
  // Parsers turn breaks and tabs of attributes into blanks unless they are
  // references.
  std::string attribute;
  for (const char c : XmlText(text)) {
    if (c == '\n') {
      attribute += "&#10;";
    } else if (c == '\t') {
      attribute += "&#9;";
    } else {
      attribute += c;
    }
  }
  return attribute;
}

std::string HtmlLines(std::string_view text) {
  return WithEntities(PrintableLines(text));
}

std::string HtmlText(std::string_view text) {
  return WithEntities(Printable(text));
}

}  // namespace duroxide::conformance
