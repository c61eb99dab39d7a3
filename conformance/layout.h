#ifndef DUROXIDE_CONFORMANCE_LAYOUT_H_
#define DUROXIDE_CONFORMANCE_LAYOUT_H_

// Labelled paragraphs, as failures and explanations are laid out:
//
//   expected  no item
//   clause    FETCH-1 One instance, one holder
//               To give one it takes the lock ...

#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "conformance/style.h"

namespace duroxide::conformance {

// Writes labels and what goes with them, wrapped. Everything it is given may
// come from a provider, and is made printable.
class Layout {
 public:
  Layout(std::ostream& out, const Style& style) : out_(out), style_(style) {}

  // The label and the text. Without a text, nothing.
  void Paragraph(std::string_view label, std::string_view text);

  // The label and a line for each text. Without texts, nothing.
  void List(std::string_view label, std::span<const std::string_view> texts);

  // The label and a line that is not wrapped, for people to copy.
  void Line(std::string_view label, std::string_view text);

  // The clauses with their titles and text.
  void Clauses(std::span<const std::string_view> ids);

 private:
  std::ostream& out_;
  const Style& style_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LAYOUT_H_
