#ifndef DUROXIDE_RUNTIME_SEMANTIC_VERSION_H_
#define DUROXIDE_RUNTIME_SEMANTIC_VERSION_H_

// Versions of orchestrations, activities and runtimes.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "duroxide/provider/v1/orchestration.pb.h"

namespace duroxide::runtime {

// MAJOR.MINOR.PATCH of semver.org, without labels for pre-releases and builds:
// the contract's versions have none either.
struct SemanticVersion {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;

  // std::nullopt where `text` is no such version.
  static std::optional<SemanticVersion> Parse(std::string_view text);

  std::string ToString() const;

  auto operator<=>(const SemanticVersion&) const = default;
};

// The contract's message for it, and back.
provider::v1::SemanticVersion ToProto(const SemanticVersion& version);
SemanticVersion FromProto(const provider::v1::SemanticVersion& version);

// A range of versions, both ends included.
struct SemanticVersionRange {
  SemanticVersion min;
  SemanticVersion max;

  bool Contains(const SemanticVersion& version) const {
    return min <= version && version <= max;
  }
};

// The version of this runtime, which each event it writes carries.
inline constexpr SemanticVersion kRuntimeVersion{0, 1, 29};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_SEMANTIC_VERSION_H_
