#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_GIT_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_GIT_H_

// What git knows of a folder. Without git, or in a folder that is no checkout,
// it knows nothing, which is no error.

#include <optional>
#include <string>
#include <vector>

namespace duroxide::stress {

struct Checkout {
  // All of its digits.
  std::string commit;
  // Files that git follows differ from the commit.
  bool modified = false;
};

// What the folder has checked out.
std::optional<Checkout> CheckoutOf(const std::string& folder);

// The commits that `to` has and `from` has not, newest first, as "1a2b3c4
// Title". Nothing where the folder's repository does not know both.
std::optional<std::vector<std::string>> CommitsBetween(
    const std::string& folder, const std::string& from, const std::string& to);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_GIT_H_
