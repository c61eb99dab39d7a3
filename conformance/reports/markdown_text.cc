#include "conformance/reports/markdown_text.h"

#include <algorithm>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

bool IsOfWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

// Whether the character at `i` of the line begins or ends markup. Words such as
// LOCK_LOST and figures stay as they are, so that the source can be read too.
bool IsMarkup(std::string_view line, size_t i) {
  constexpr std::string_view kAnywhere = "\\`*[]<>|~&@#$";
  constexpr std::string_view kFirst = "-+=";
  const char c = line[i];
  const bool before_space = i + 1 == line.size() || line[i + 1] == ' ';
  switch (c) {
    case '_':  // not within a word
      return i == 0 || before_space || !IsOfWord(line[i - 1]) ||
             !IsOfWord(line[i + 1]);
    case ':':  // of an emoji or an address
      return !before_space;
    case '.':
    case ')':  // after the number of a list's item
      return before_space && i > 0 && line.find_first_not_of("0123456789") == i;
    default:
      return kAnywhere.find(c) != std::string_view::npos ||
             (i == 0 && kFirst.find(c) != std::string_view::npos);
  }
}

}  // namespace

std::string MarkdownText(std::string_view text) {
  const std::string line = Printable(text);
  std::string escaped;
  for (size_t i = 0; i < line.size(); ++i) {
    // References of HTML serve in tables too, where a backslash before a bar
    // does not always.
    if (IsMarkup(line, i)) {
      escaped += Concat("&#", static_cast<int>(line[i]), ";");
    } else {
      escaped += line[i];
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
