#ifndef DUROXIDE_CONFORMANCE_AWKWARD_TEXT_H_
#define DUROXIDE_CONFORMANCE_AWKWARD_TEXT_H_

// Texts that get lost or changed where somebody is careless with them.

#include <string>
#include <vector>

namespace duroxide::conformance {

// Quotes, wildcards, escapes, control characters, blanks at the ends, other
// scripts, and groups that differ by case, form or an invisible character only.
// All are UTF-8 without NUL, none is empty, no two are the same.
const std::vector<std::string>& AwkwardTexts();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_AWKWARD_TEXT_H_
