#include "conformance/selection.h"

#include <fnmatch.h>

#include <algorithm>

#include "absl/status/status.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

bool GlobMatches(const std::string& pattern, std::string_view text) {
  return fnmatch(pattern.c_str(), std::string(text).c_str(), 0) == 0;
}

bool AnyMatches(const std::vector<std::string>& patterns, const Case& named) {
  return std::any_of(
      patterns.begin(), patterns.end(),
      [&](const std::string& pattern) { return Matches(pattern, named); });
}

absl::Status CheckPatterns(std::span<const Case> cases, std::string_view flag,
                           const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (std::any_of(cases.begin(), cases.end(), [&](const Case& named) {
          return Matches(pattern, named);
        })) {
      continue;
    }
    return absl::InvalidArgumentError(Concat(
        flag, " ", pattern,
        ": no case has that name or category; `duroxide-compat list` shows "
        "all of them"));
  }
  return absl::OkStatus();
}

}  // namespace

bool Matches(const std::string& pattern, const Case& named) {
  return GlobMatches(pattern, named.id()) ||
         GlobMatches(pattern, named.category) ||
         GlobMatches(pattern, named.name);
}

absl::StatusOr<std::vector<const Case*>> Select(
    std::span<const Case> cases, const std::vector<std::string>& run,
    const std::vector<std::string>& skip, std::optional<Profile> profile) {
  absl::Status checked = CheckPatterns(cases, "--run", run);
  checked.Update(CheckPatterns(cases, "--skip", skip));
  if (!checked.ok()) return checked;
  std::vector<const Case*> selected;
  for (const Case& one : cases) {
    if (profile && one.traits.profile != *profile) continue;
    if (!run.empty() && !AnyMatches(run, one)) continue;
    if (!AnyMatches(skip, one)) selected.push_back(&one);
  }
  if (selected.empty()) {
    return absl::InvalidArgumentError(
        "no case is left to run: --skip or --profile leaves out all that --run "
        "names");
  }
  return selected;
}

absl::StatusOr<const Case*> FindCase(std::span<const Case> cases,
                                     std::string_view name) {
  std::vector<const Case*> found;
  std::vector<std::string> ids;
  for (const Case& one : cases) {
    if (one.name != name && one.id() != name) continue;
    found.push_back(&one);
    ids.push_back(one.id());
  }
  if (found.empty()) {
    return absl::InvalidArgumentError(Concat(
        "there is no case ", name, "; `duroxide-compat list` shows all"));
  }
  if (found.size() > 1) {
    return absl::InvalidArgumentError(Concat(
        name, " is the name of several cases, give one of ", Join(ids, ", ")));
  }
  return found.front();
}

}  // namespace duroxide::conformance
