#include "conformance/case.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// A function's own, because cases register before main in any order.
std::vector<Case>& Registry() {
  static std::vector<Case> cases;
  return cases;
}

}  // namespace

std::string_view ProfileName(Profile profile) {
  switch (profile) {
    case Profile::kCore:
      return "core";
    case Profile::kStrict:
      return "strict";
  }
  return "unknown";
}

std::string Case::id() const { return Concat(category, "/", name); }

std::span<const Case> RegisteredCases() {
  static const bool sorted = [] {
    std::sort(
        Registry().begin(), Registry().end(), [](const Case& a, const Case& b) {
          return std::tie(a.category, a.name) < std::tie(b.category, b.name);
        });
    return true;
  }();
  static_cast<void>(sorted);
  return Registry();
}

bool RegisterCase(Case added) {
  Registry().push_back(std::move(added));
  return true;
}

}  // namespace duroxide::conformance
