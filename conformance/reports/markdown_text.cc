#include "conformance/reports/markdown_text.h"

#include <algorithm>

#include "conformance/text.h"

namespace duroxide::conformance {

std::string MarkdownText(std::string_view text) {
  // What begins markup anywhere in a line, and at its begin only. References of
  // HTML serve in tables too, where a backslash before a bar does not always.
  constexpr std::string_view kMarkup = "\\`*_[]<>|~&@:#$";
  constexpr std::string_view kMarkupFirst = "-+=0123456789";
  std::string escaped;
  for (const char c : Printable(text)) {
    const bool first =
        escaped.empty() && kMarkupFirst.find(c) != std::string_view::npos;
    if (first || kMarkup.find(c) != std::string_view::npos) {
      escaped += Concat("&#", static_cast<int>(c), ";");
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string MarkdownBlock(std::string_view text) {
  std::string lines = PrintableLines(text);
  while (lines.ends_with('\n')) lines.pop_back();
  // A fence that is longer than any row of backticks within.
  size_t longest = 0;
  size_t row = 0;
  for (const char c : lines) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  const std::string fence(std::max<size_t>(3, longest + 1), '`');
  return Concat(fence, "text\n", lines, "\n", fence, "\n");
}

}  // namespace duroxide::conformance
