#ifndef DUROXIDE_TESTS_PROJECT_SOURCE_TREE_H_
#define DUROXIDE_TESTS_PROJECT_SOURCE_TREE_H_

// The files of this project, as a checkout holds them.

#include <functional>
#include <string>
#include <string_view>

namespace duroxide::project {

// Calls `visit` with the path from the root and the text of every file of the
// checkout. Leaves out what .gitignore names: build trees and packages.
void ForEachFile(const std::function<void(const std::string& path,
                                          std::string_view text)>& visit);

}  // namespace duroxide::project

#endif  // DUROXIDE_TESTS_PROJECT_SOURCE_TREE_H_
