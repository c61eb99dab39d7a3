#ifndef DUROXIDE_CONFORMANCE_STYLE_H_
#define DUROXIDE_CONFORMANCE_STYLE_H_

// Colour, where the output can show it.

#include <string>
#include <string_view>

#include "conformance/result.h"

namespace duroxide::conformance {

// True where the file descriptor is a terminal that shows colours and may be
// redrawn: not with NO_COLOR set, not on a dumb terminal.
bool IsColourTerminal(int file_descriptor);

// Writes text in colours, or plain.
class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}

  std::string Bold(std::string_view text) const;
  std::string Dim(std::string_view text) const;
  // In the colour that goes with the verdict.
  std::string Of(Verdict verdict, std::string_view text) const;

 private:
  std::string With(std::string_view code, std::string_view text) const;

  bool colours_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STYLE_H_
