#include "conformance/style.h"

#include <unistd.h>

#include <cstdlib>

#include "conformance/text.h"

namespace duroxide::conformance {

bool IsColourTerminal(int file_descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(file_descriptor) == 1;
}

std::string Style::Bold(std::string_view text) const { return With("1", text); }

std::string Style::Dim(std::string_view text) const { return With("2", text); }

std::string Style::Of(Verdict verdict, std::string_view text) const {
  switch (verdict) {
    case Verdict::kPassed:
      return With("32", text);
    case Verdict::kFailed:
      return With("31", text);
    case Verdict::kSkipped:
    case Verdict::kNotApplicable:
      return With("36", text);
    case Verdict::kInconclusive:
      return With("33", text);
  }
  return std::string(text);
}

std::string Style::With(std::string_view code, std::string_view text) const {
  if (!colours_) return std::string(text);
  return Concat("\x1b[", code, "m", text, "\x1b[0m");
}

}  // namespace duroxide::conformance
