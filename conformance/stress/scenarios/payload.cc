#include "conformance/stress/scenarios/payload.h"

#include <array>
#include <charconv>

#include "absl/strings/str_cat.h"

namespace duroxide::stress {
namespace {

constexpr size_t kKiB = 1024;
constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
constexpr int kBitsOfLetter = 6;
constexpr size_t kLettersOfNumber = 10;

// "splitmix64", by Sebastiano Vigna.
uint64_t NextNumber(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  Number number{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// What stands in front: seed and size.
struct Head {
  uint64_t seed;
  int kb;
};

std::optional<Head> HeadOf(std::string_view text) {
  const size_t first = text.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto seed = Parse<uint64_t>(text.substr(0, first));
  const auto kb = Parse<int>(text.substr(first + 1, second - first - 1));
  if (!seed || !kb) return std::nullopt;
  return Head{.seed = *seed, .kb = *kb};
}

}  // namespace

std::string MakePayload(uint64_t seed, int kb) {
  const size_t size = static_cast<size_t>(kb) * kKiB;
  std::string text = absl::StrCat(seed, ":", kb, ":");
  text.reserve(size + kLettersOfNumber);
  uint64_t state = seed;
  // In pieces: what the runner computes is taken from the provider.
  std::array<char, kLettersOfNumber> letters;
  while (text.size() < size) {
    uint64_t number = NextNumber(state);
    for (char& letter : letters) {
      letter = kAlphabet[number % kAlphabet.size()];
      number >>= kBitsOfLetter;
    }
    text.append(letters.data(), letters.size());
  }
  if (text.size() > size && size > 0) text.resize(size);
  return text;
}

std::optional<uint64_t> SeedOf(std::string_view text) {
  const std::optional<Head> head = HeadOf(text);
  if (!head) return std::nullopt;
  return head->seed;
}

bool IsPayload(std::string_view text) {
  const std::optional<Head> head = HeadOf(text);
  // The size first: a damaged head must not ask for gigabytes.
  return head && head->kb >= 0 &&
         (head->kb == 0 ||
          text.size() == static_cast<size_t>(head->kb) * kKiB) &&
         text == MakePayload(head->seed, head->kb);
}

}  // namespace duroxide::stress
