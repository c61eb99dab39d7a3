#include "conformance/utf8.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace duroxide::conformance {
namespace {

std::string Escape(const char* format, unsigned code) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, code);
  return buffer.data();
}

}  // namespace

Decoded DecodeFirst(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xF0   ? 4
                        : first >= 0xE0 ? 3
                        : first >= 0xC2 ? 2
                                        : 0;
  if (length == 0 || first > 0xF4 || text.size() < length) return {0, 0};
  char32_t code = first & (0xFFu >> (length + 1));
  for (size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0) != 0x80) return {0, 0};
    code = (code << 6) | (byte(at) & 0x3Fu);
  }
  // Longer forms than needed, and halves of pairs, are no UTF-8.
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool half = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || code > 0x10FFFF || half) return {0, 0};
  return {code, length};
}

std::string WithEscapes(std::string_view text, bool (*refused)(char32_t)) {
  std::string escaped;
  while (!text.empty()) {
    const Decoded next = DecodeFirst(text);
    if (next.length == 0) {
      escaped += Escape("\\x%02x", static_cast<uint8_t>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (refused(next.code)) {
      escaped += Escape("\\u%04x", next.code);
    } else {
      escaped += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return escaped;
}

std::string_view CutAtCharacter(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto continues = [&](size_t at) {
    return (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80;
  };
  while (bytes > 0 && continues(bytes)) --bytes;
  return text.substr(0, bytes);
}

}  // namespace duroxide::conformance
