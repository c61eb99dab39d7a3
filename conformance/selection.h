#ifndef DUROXIDE_CONFORMANCE_SELECTION_H_
#define DUROXIDE_CONFORMANCE_SELECTION_H_

// Which cases a user means.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/case.h"

namespace duroxide::conformance {

// True where `pattern` names the case: by "category/name", by its category or
// by its name. A pattern is a glob: * is any text, ? any character, [...] one
// of some characters.
bool Matches(const std::string& pattern, const Case& named);

// The cases of `profile`, or of all profiles, that a pattern of `run` names, or
// all where there are none, without those that a pattern of `skip` names; in
// their given order. INVALID_ARGUMENT where a pattern names no case: it is
// misspelt, and the run would prove less than its user thinks. Likewise where
// none is left.
absl::StatusOr<std::vector<const Case*>> Select(
    std::span<const Case> cases, const std::vector<std::string>& run,
    const std::vector<std::string>& skip,
    std::optional<Profile> profile = std::nullopt);

// The one case of that id or name. INVALID_ARGUMENT, with what to do, where it
// is not exactly one.
absl::StatusOr<const Case*> FindCase(std::span<const Case> cases,
                                     std::string_view name);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_SELECTION_H_
