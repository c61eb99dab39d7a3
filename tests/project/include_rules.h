#ifndef DUROXIDE_TESTS_PROJECT_INCLUDE_RULES_H_
#define DUROXIDE_TESTS_PROJECT_INCLUDE_RULES_H_

// Who may include whom.

#include <string>
#include <string_view>
#include <vector>

namespace duroxide::project {

// One #include line of a file.
struct Include {
  int line;
  // As it is written between the quotes or brackets.
  std::string header;
};

// The #include lines of a file with this text, in its order.
std::vector<Include> IncludesOf(std::string_view text);

// Why `file` (its path from the root of the tree) must not include `header`;
// empty where it may. A file or a header that no rule covers is an objection
// too: what is new says where it belongs.
std::string Objection(std::string_view file, std::string_view header);

}  // namespace duroxide::project

#endif  // DUROXIDE_TESTS_PROJECT_INCLUDE_RULES_H_
