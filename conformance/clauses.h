#ifndef DUROXIDE_CONFORMANCE_CLAUSES_H_
#define DUROXIDE_CONFORMANCE_CLAUSES_H_

// The clauses of the contract, out of its text.

#include <string>
#include <string_view>
#include <vector>

namespace duroxide::conformance {

struct Clause {
  // "FETCH-1"
  std::string id;
  // "One instance, one holder"
  std::string title;
  // What follows the heading, as it is written.
  std::string text;
};

// All clauses of a contract's text, in its order. A clause begins at a heading
// of level 3 whose first word is an id, and ends at the next heading.
std::vector<Clause> ParseClauses(std::string_view contract);

// All clauses of proto/CONTRACT.md, in its order. Thread-safe.
const std::vector<Clause>& ContractClauses();

// The clause of that id in proto/CONTRACT.md, or null. Thread-safe.
const Clause* FindClause(std::string_view id);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CLAUSES_H_
