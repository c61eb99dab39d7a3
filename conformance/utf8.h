#ifndef DUROXIDE_CONFORMANCE_UTF8_H_
#define DUROXIDE_CONFORMANCE_UTF8_H_

// Text whose bytes are anybody's.

#include <cstddef>
#include <string>
#include <string_view>

namespace duroxide::conformance {

// One character of UTF-8 text.
struct Decoded {
  char32_t code;
  // Bytes that it takes; 0 where the text is no UTF-8 here.
  size_t length;
};

// The first character of `text`, which is not empty.
Decoded DecodeFirst(std::string_view text);

// `text` as UTF-8, whatever its bytes: every character that `refused` names is
// written as \u001b, every byte that is no UTF-8 as \xff.
std::string WithEscapes(std::string_view text, bool (*refused)(char32_t));

// The beginning of `text`, at most `bytes` long, that ends with a whole
// character.
std::string_view CutAtCharacter(std::string_view text, size_t bytes);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_UTF8_H_
