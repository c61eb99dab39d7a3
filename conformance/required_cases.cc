#include "conformance/required_cases.h"

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/clauses.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// From "category/name" to the upstream name.
std::map<std::string, std::string> ParseList(std::string_view list) {
  std::map<std::string, std::string> required;
  std::istringstream lines{std::string(list)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string category;
    std::string name;
    std::string upstream;
    std::getline(fields, category, '\t');
    std::getline(fields, name, '\t');
    std::getline(fields, upstream, '\t');
    required[Concat(category, "/", name)] = upstream;
  }
  return required;
}

void CheckClauses(const Case& one, std::vector<std::string>& problems) {
  if (one.traits.clauses.empty()) {
    problems.push_back(Concat(one.id(), " cites no clause"));
  }
  for (const std::string_view id : one.traits.clauses) {
    if (FindClause(id) != nullptr) continue;
    problems.push_back(
        Concat(one.id(), " cites ", id, ", which the contract does not have"));
  }
}

}  // namespace

absl::Status CheckCases(std::span<const Case> cases, std::string_view list) {
  std::map<std::string, std::string> missing = ParseList(list);
  std::vector<std::string> problems;
  for (const Case& one : cases) {
    CheckClauses(one, problems);
    const auto required = missing.find(one.id());
    if (required == missing.end()) {
      problems.push_back(
          Concat(one.id(), " is registered twice or is not in the list"));
      continue;
    }
    if (required->second != one.traits.upstream) {
      problems.push_back(Concat(one.id(), " names \"", one.traits.upstream,
                                "\" as its upstream case, the list names \"",
                                required->second, "\""));
    }
    missing.erase(required);
  }
  for (const auto& [id, upstream] : missing) {
    problems.push_back(Concat(id, " is in the list but not in this program"));
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::InternalError(
      Concat("the cases of this program are not those of required_cases.tsv: ",
             Join(problems, "; ")));
}

}  // namespace duroxide::conformance
