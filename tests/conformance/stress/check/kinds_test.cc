#include "conformance/stress/check/kinds.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace duroxide::stress {
namespace {

using ::testing::HasSubstr;

TEST(KindsTest, AreExplained) {
  std::set<std::string_view> names;
  for (const FindingKind& kind : FindingKinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name << " is twice";
    EXPECT_GT(kind.meaning.size(), 10) << kind.name;
    EXPECT_GT(kind.likely_causes.size(), 10) << kind.name;
    EXPECT_EQ(FindFindingKind(kind.name), &kind);
  }
  EXPECT_EQ(FindFindingKind("no_such_kind"), nullptr);
}

TEST(KindsTest, AreInTheGuide) {
  const std::ifstream file(DUROXIDE_STRESS_GUIDE);
  std::ostringstream guide;
  guide << file.rdbuf();
  for (const FindingKind& kind : FindingKinds()) {
    EXPECT_THAT(guide.str(),
                HasSubstr(absl::StrCat("| `", std::string(kind.name), "` | ",
                                       std::string(kind.meaning))));
  }
}

}  // namespace
}  // namespace duroxide::stress
