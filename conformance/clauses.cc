#include "conformance/clauses.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "conformance/embedded_texts.h"

namespace duroxide::conformance {
namespace {

void TrimBlankEnds(std::string& text) {
  const auto first = text.find_first_not_of('\n');
  if (first == std::string::npos) {
    text.clear();
    return;
  }
  text = text.substr(first, text.find_last_not_of('\n') - first + 1);
}

}  // namespace

std::vector<Clause> ParseClauses(std::string_view contract) {
  static const std::regex heading("^### ([A-Z]+-[0-9]+)[.:]? *(.*)$");
  std::vector<Clause> clauses;
  bool inside = false;
  std::istringstream lines{std::string(contract)};
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, heading)) {
      clauses.push_back({.id = parts[1], .title = parts[2], .text = ""});
      inside = true;
    } else if (line.starts_with('#')) {
      inside = false;
    } else if (inside) {
      clauses.back().text += line + "\n";
    }
  }
  for (Clause& clause : clauses) TrimBlankEnds(clause.text);
  return clauses;
}

const std::vector<Clause>& ContractClauses() {
  static const std::vector<Clause> clauses = ParseClauses(ContractText());
  return clauses;
}

const Clause* FindClause(std::string_view id) {
  const std::vector<Clause>& clauses = ContractClauses();
  const auto found =
      std::find_if(clauses.begin(), clauses.end(),
                   [id](const Clause& clause) { return clause.id == id; });
  return found == clauses.end() ? nullptr : &*found;
}

}  // namespace duroxide::conformance
