#include "conformance/awkward_text.h"

namespace duroxide::conformance {
namespace {

// All control characters but NUL.
std::string ControlCharacters() {
  std::string text;
  for (char c = 1; c < ' '; ++c) text += c;
  return text + '\x7f';
}

}  // namespace

const std::vector<std::string>& AwkwardTexts() {
  static const auto& texts = *new std::vector<std::string>{
      // What means something in queries, patterns, shells, formats, paths.
      "it's", "\"quoted\"", "`quoted`", "');DROP TABLE instances;--", "%", "_",
      "100%", "*", "?", "[a-z]", "\\", "C:\\new\\table", "%s%n", "{0}",
      "${HOME}", "$(id)", "{\"a\":null}", "<a>&amp;</a>", "../..", "/", "a/b",
      "a:b", "a;b", "a,b", "--", "null", "NULL", "0", "00", "-1", "1e3", "true",
      // Blanks and control characters.
      " ", "  ", "order", "order ", " order", "order\t", "order\n", "order\r\n",
      "or\nder", ControlCharacters(),
      // The same but for case.
      "Order", "ORDER", "stra\u00dfe", "strasse", "STRASSE", "\u0131", "i",
      "\u0130", "I",
      // The same but for form: composed, decomposed, compatible.
      "caf\u00e9", "cafe\u0301", "\u00c5", "A\u030a", "\u212b", "\ufb01n",
      "fin", "\uff4f\uff52\uff44\uff45\uff52",
      // The same but for what cannot be seen.
      "or\u200bder", "or\u00adder", "\ufefforder", "order\u200e", "\u202eredro",
      "order\u00a0",
      // Other scripts, from two to four bytes a character.
      "\u05d4\u05d6\u05de\u05e0\u05d4", "\u0637\u0644\u0628", "\u6ce8\u6587",
      "\u0938\u094d\u0924", "\U00020000", "\U0001F389",
      "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\U0001F1E8\U0001F1ED",
      "\ufffd", "\U0010FFFD",
      // Long.
      std::string(1'000, 'o')};
  return texts;
}

}  // namespace duroxide::conformance
