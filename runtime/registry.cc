#include "runtime/registry.h"

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {
namespace {

absl::Status CheckName(std::string_view kind, std::string_view name) {
  if (!name.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(kind), " name: must not be empty"));
}

absl::StatusOr<SemanticVersion> ParseVersion(std::string_view name,
                                             std::string_view version) {
  if (const auto parsed = SemanticVersion::Parse(version)) return *parsed;
  return absl::InvalidArgumentError(
      absl::StrCat("version of orchestration \"", std::string(name), "\": \"",
                   std::string(version), "\" is not MAJOR.MINOR.PATCH"));
}

absl::Status NoFunction(std::string_view kind, std::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(
      std::string(kind), " \"", std::string(name), "\": has no function"));
}

}  // namespace

template <typename Function>
absl::Status VersionedFunctions<Function>::Add(std::string name,
                                               SemanticVersion version,
                                               Function function) {
  const auto [entry, added] =
      by_name_[name].functions.try_emplace(version, std::move(function));
  if (added) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      "\"", name, "\" is registered in version ", version.ToString()));
}

template <typename Function>
absl::Status VersionedFunctions<Function>::UseVersion(std::string_view name,
                                                      SemanticVersion version) {
  if (!Find(name, version)) {
    return absl::NotFoundError(absl::StrCat("\"", std::string(name),
                                            "\" is not registered in version ",
                                            version.ToString()));
  }
  by_name_.find(name)->second.policy = version;
  return absl::OkStatus();
}

template <typename Function>
auto VersionedFunctions<Function>::Find(std::string_view name) const
    -> std::optional<Entry> {
  const auto named = by_name_.find(name);
  if (named == by_name_.end()) return std::nullopt;
  const auto& [functions, policy] = named->second;
  const auto& [version, function] =
      policy ? *functions.find(*policy) : *functions.rbegin();
  return Entry{.version = version, .function = &function};
}

template <typename Function>
auto VersionedFunctions<Function>::Find(std::string_view name,
                                        SemanticVersion version) const
    -> std::optional<Entry> {
  const auto named = by_name_.find(name);
  if (named == by_name_.end()) return std::nullopt;
  const auto found = named->second.functions.find(version);
  if (found == named->second.functions.end()) return std::nullopt;
  return Entry{.version = version, .function = &found->second};
}

template <typename Function>
std::vector<std::string> VersionedFunctions<Function>::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, versions] : by_name_) names.push_back(name);
  return names;
}

template <typename Function>
std::vector<SemanticVersion> VersionedFunctions<Function>::Versions(
    std::string_view name) const {
  std::vector<SemanticVersion> versions;
  if (const auto named = by_name_.find(name); named != by_name_.end()) {
    for (const auto& [version, function] : named->second.functions) {
      versions.push_back(version);
    }
  }
  return versions;
}

template class VersionedFunctions<OrchestrationFunction>;

absl::Status OrchestrationRegistry::Add(std::string name,
                                        OrchestrationFunction function) {
  return Add(std::move(name), kDefaultVersion.ToString(), std::move(function));
}

absl::Status OrchestrationRegistry::Add(std::string name,
                                        std::string_view version,
                                        OrchestrationFunction function) {
  if (absl::Status status = CheckName("orchestration", name); !status.ok()) {
    return status;
  }
  const auto parsed = ParseVersion(name, version);
  if (!parsed.ok()) return parsed.status();
  if (!function) return NoFunction("orchestration", name);
  return functions_.Add(std::move(name), *parsed, std::move(function));
}

absl::Status OrchestrationRegistry::UseVersion(std::string_view name,
                                               std::string_view version) {
  const auto parsed = ParseVersion(name, version);
  if (!parsed.ok()) return parsed.status();
  return functions_.UseVersion(name, *parsed);
}

absl::Status ActivityRegistry::Add(std::string name,
                                   BlockingActivity activity) {
  if (!activity) return NoFunction("activity", name);
  return AddByUser(std::move(name), {.blocking = std::move(activity)});
}

absl::Status ActivityRegistry::AddAsync(std::string name,
                                        AsyncActivity activity) {
  if (!activity) return NoFunction("activity", name);
  return AddByUser(std::move(name), {.async = std::move(activity)});
}

const ActivityFunction* ActivityRegistry::Find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> ActivityRegistry::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) names.push_back(name);
  return names;
}

absl::Status ActivityRegistry::AddByUser(std::string name,
                                         ActivityFunction function) {
  if (absl::Status status = CheckName("activity", name); !status.ok()) {
    return status;
  }
  if (name.starts_with(kReservedActivityPrefix)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "activity \"", name, "\": names that begin with ",
        std::string(kReservedActivityPrefix), " are the runtime's own"));
  }
  return AddFunction(std::move(name), std::move(function));
}

absl::Status ActivityRegistry::AddFunction(std::string name,
                                           ActivityFunction function) {
  const auto [entry, added] =
      functions_.try_emplace(std::move(name), std::move(function));
  if (added) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("activity \"", entry->first, "\" is registered"));
}

}  // namespace duroxide::runtime
