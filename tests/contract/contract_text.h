#ifndef DUROXIDE_TESTS_CONTRACT_CONTRACT_TEXT_H_
#define DUROXIDE_TESTS_CONTRACT_CONTRACT_TEXT_H_

// Reads the contract's text and the .proto files as people see them.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace duroxide::contract_text {

// A heading "### FETCH-1 One instance, one holder" and what follows it.
struct Clause {
  std::string id;
  std::string title;
  std::string text;
};

// The cells of one line of a Markdown table.
using Row = std::vector<std::string>;

// The content of a file below proto/. Fails the test where it cannot be read.
std::string ReadProtoDir(std::string_view path);

// All headings of the third level, in order. `id` is empty where a heading does
// not begin with a clause id.
std::vector<Clause> Clauses(std::string_view markdown);

// The rows of every table whose first column is headed `first_column`.
std::vector<Row> Tables(std::string_view markdown,
                        std::string_view first_column);

// What looks like the id of a clause, once each.
std::set<std::string> CitedClauses(std::string_view text);

// The comment above each service and method of a .proto file, by name.
std::map<std::string, std::string> ServiceComments(std::string_view proto);

// The comments of a .proto file, all in one text.
std::string Comments(std::string_view proto);

// The parts of a list "A, B, C"; none for an empty cell.
std::set<std::string> ListOf(std::string_view cell);

}  // namespace duroxide::contract_text

#endif  // DUROXIDE_TESTS_CONTRACT_CONTRACT_TEXT_H_
