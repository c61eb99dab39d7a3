#include "runtime/semantic_version.h"

#include <array>
#include <charconv>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {

std::optional<SemanticVersion> SemanticVersion::Parse(std::string_view text) {
  std::array<uint64_t, 3> parts = {};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      if (at == end || *at != '.') return std::nullopt;
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, parts[i]);
    const bool leading_zero = next - at > 1 && *at == '0';
    if (error != std::errc() || leading_zero) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return SemanticVersion{parts[0], parts[1], parts[2]};
}

std::string SemanticVersion::ToString() const {
  return absl::StrCat(major, ".", minor, ".", patch);
}

provider::v1::SemanticVersion ToProto(const SemanticVersion& version) {
  provider::v1::SemanticVersion proto;
  proto.set_major(version.major);
  proto.set_minor(version.minor);
  proto.set_patch(version.patch);
  return proto;
}

SemanticVersion FromProto(const provider::v1::SemanticVersion& version) {
  return {version.major(), version.minor(), version.patch()};
}

}  // namespace duroxide::runtime
