#ifndef DUROXIDE_CONFORMANCE_TEXT_H_
#define DUROXIDE_CONFORMANCE_TEXT_H_

// Text for people.

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace duroxide::conformance {

// The parts one after the other, as a stream writes them. (Debian's Abseil does
// not know std::string_view, so absl::StrCat does not serve.)
template <typename... Part>
std::string Concat(const Part&... parts) {
  std::ostringstream out;
  ((out << parts), ...);
  return out.str();
}

// The items of a range of strings with `separator` between them.
template <typename Range>
std::string Join(const Range& items, std::string_view separator) {
  std::string joined;
  for (const auto& item : items) {
    if (!joined.empty()) joined.append(separator);
    joined.append(item);
  }
  return joined;
}

// `text` with everything that could steer a terminal or hide text written out
// as an escape: control characters, text direction marks, bytes that are no
// UTF-8. Whatever a provider sent goes through here before it is printed.
std::string Printable(std::string_view text);

// The same for where text may have several lines: line breaks stay.
std::string PrintableLines(std::string_view text);

// Cuts `text` at blanks into lines of at most `width` characters, as far as its
// words allow. Line breaks in `text` count as blanks.
std::vector<std::string> Wrap(std::string_view text, size_t width);

// `text` as one word of a shell command.
std::string ShellQuoted(std::string_view text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TEXT_H_
