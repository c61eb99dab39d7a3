#include "conformance/text.h"

#include <algorithm>

#include "conformance/utf8.h"

namespace duroxide::conformance {
namespace {

bool SteersTerminal(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) ||  // C0, DEL, C1
         code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) ||  // breaks and directions
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string PrintableLines(std::string_view text) {
  return WithEscapes(
      text, [](char32_t code) { return code != '\n' && SteersTerminal(code); });
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : PrintableLines(text)) {
    if (c == '\n') {
      printable += "\\n";
    } else {
      printable += c;
    }
  }
  return printable;
}

std::vector<std::string> Wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width) {
      lines.push_back(word);
    } else {
      lines.back() += " " + word;
    }
  }
  return lines;
}

std::string ShellQuoted(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           std::string_view("_-./:=@%+,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) {
    return std::string(text);
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace duroxide::conformance
