#include "conformance/stress_contestants.h"

#include <charconv>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr std::string_view kHelp =
    "give NAME=WHERE; WHERE is HOST:PORT, unix:PATH, embedded:sqlite, "
    "spawn:COMMAND, or in the results database run:NUMBER,... or "
    "commit:COMMIT";

// Takes the prefix off; false where it is not there.
bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

absl::Status Malformed(std::string_view text) {
  return absl::InvalidArgumentError(Concat(text, ": ", kHelp));
}

absl::StatusOr<std::vector<int64_t>> ParseIds(std::string_view text) {
  std::vector<int64_t> ids;
  std::istringstream parts{std::string(text)};
  for (std::string part; std::getline(parts, part, ',');) {
    int64_t id = 0;
    const auto [end, error] =
        std::from_chars(part.data(), part.data() + part.size(), id);
    if (error != std::errc() || end != part.data() + part.size() || id < 1) {
      return absl::InvalidArgumentError(
          Concat("run:", text, ": give numbers of runs, like run:12,13"));
    }
    ids.push_back(id);
  }
  return ids;
}

absl::StatusOr<PlannedContestant> ParseContestant(const std::string& text) {
  constexpr size_t kShortestCommit = 4;
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return Malformed(text);
  PlannedContestant contestant;
  contestant.name = text.substr(0, equals);
  contestant.provider_name = contestant.name;
  std::string_view where = std::string_view(text).substr(equals + 1);
  if (TakePrefix(where, "run:")) {
    auto ids = ParseIds(where);
    if (!ids.ok()) return ids.status();
    if (ids->empty()) return Malformed(text);
    contestant.kept = stress::RunFilter{.ids = *std::move(ids)};
  } else if (TakePrefix(where, "commit:")) {
    if (where.size() < kShortestCommit) return Malformed(text);
    contestant.kept = stress::RunFilter{.commit = std::string(where)};
  } else if (TakePrefix(where, "embedded:")) {
    contestant.target.embedded = where;
  } else if (TakePrefix(where, "spawn:")) {
    contestant.target.spawn = where;
  } else {
    contestant.target.endpoint = where;
  }
  if (where.empty()) return Malformed(text);
  return contestant;
}

absl::Status CheckNames(std::span<const PlannedContestant> contestants) {
  std::set<std::string_view> names;
  for (const PlannedContestant& contestant : contestants) {
    if (!names.insert(contestant.name).second) {
      return absl::InvalidArgumentError(
          Concat("the name ", contestant.name, " is given twice"));
    }
  }
  if (contestants.size() >= 2) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Concat("there is nothing to compare: name two targets (", kHelp,
             "), or give several settings, like --concurrency 1/1,2/2"));
}

}  // namespace

absl::StatusOr<std::vector<PlannedContestant>> PlanContestants(
    std::span<const std::string> targets, std::span<const PlannedLoad> loads) {
  std::vector<PlannedContestant> named;
  for (const std::string& target : targets) {
    auto contestant = ParseContestant(target);
    if (!contestant.ok()) return contestant.status();
    named.push_back(*std::move(contestant));
  }
  if (named.empty()) named.emplace_back();
  std::vector<PlannedContestant> contestants;
  for (const PlannedContestant& one : named) {
    if (one.kept) {
      contestants.push_back(one);
      continue;
    }
    for (const PlannedLoad& load : loads) {
      contestants.push_back(one);
      contestants.back().load = load;
      if (loads.size() < 2) continue;
      const std::string label = Label(load.config);
      contestants.back().name =
          one.name.empty() ? label : Concat(one.name, " ", label);
    }
  }
  if (absl::Status names = CheckNames(contestants); !names.ok()) return names;
  return contestants;
}

}  // namespace duroxide::conformance
