#include "conformance/selection.h"

#include <string>
#include <vector>

#include "conformance/flags.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {.category = "atomicity", .name = "rollback"},
      {.category = "locking", .name = "exclusive"},
      {.category = "locking", .name = "token_unique"},
      {.category = "expiry", .name = "exclusive"},
  };
  return cases;
}

std::vector<std::string> Selected(const std::vector<std::string>& run,
                                  const std::vector<std::string>& skip = {}) {
  const auto selected = Select(Cases(), run, skip);
  if (!selected.ok()) return {std::string(selected.status().message())};
  std::vector<std::string> ids;
  for (const Case* one : *selected) ids.push_back(one->id());
  return ids;
}

TEST(SelectTest, TakesAllWithoutPatterns) {
  EXPECT_EQ(Selected({}).size(), Cases().size());
}

TEST(SelectTest, TakesCategoryNameIdAndGlobs) {
  EXPECT_THAT(Selected({"atomicity"}), ElementsAre("atomicity/rollback"));
  EXPECT_THAT(Selected({"exclusive"}),
              ElementsAre("locking/exclusive", "expiry/exclusive"));
  EXPECT_THAT(Selected({"locking/exclusive"}),
              ElementsAre("locking/exclusive"));
  EXPECT_THAT(Selected({"lock*"}),
              ElementsAre("locking/exclusive", "locking/token_unique"));
  EXPECT_THAT(Selected({"*/token_?nique", "atom*"}),
              ElementsAre("atomicity/rollback", "locking/token_unique"));
}

TEST(SelectTest, SkipTakesAway) {
  EXPECT_THAT(Selected({"locking"}, {"exclusive"}),
              ElementsAre("locking/token_unique"));
}

TEST(SelectTest, RefusesAPatternThatNamesNothing) {
  EXPECT_THAT(Selected({"locking", "lockng"}),
              ElementsAre(HasSubstr("--run lockng: no case")));
  EXPECT_THAT(Selected({}, {"nothing"}),
              ElementsAre(HasSubstr("--skip nothing: no case")));
}

TEST(SelectTest, RefusesASelectionThatIsEmpty) {
  EXPECT_THAT(Selected({"atomicity"}, {"rollback"}),
              ElementsAre(HasSubstr("no case is left")));
}

TEST(FindCaseTest, TakesANameOrAnId) {
  EXPECT_EQ((*FindCase(Cases(), "rollback"))->id(), "atomicity/rollback");
  EXPECT_EQ((*FindCase(Cases(), "expiry/exclusive"))->id(), "expiry/exclusive");
}

TEST(FindCaseTest, SaysWhatToDo) {
  EXPECT_THAT(std::string(FindCase(Cases(), "exclusive").status().message()),
              HasSubstr("locking/exclusive, expiry/exclusive"));
  EXPECT_THAT(std::string(FindCase(Cases(), "nothing").status().message()),
              HasSubstr("there is no case nothing"));
}

TEST(ParseLockTimeoutTest, TakesDurations) {
  EXPECT_EQ(*ParseLockTimeout("500ms"), absl::Milliseconds(500));
  EXPECT_EQ(*ParseLockTimeout("1.5s"), absl::Milliseconds(1500));
  EXPECT_EQ(*ParseLockTimeout("1m30s"), absl::Seconds(90));
}

TEST(ParseLockTimeoutTest, RefusesWhatNoRunCanUse) {
  for (const std::string text :
       {"", "1", "1 s", "soon", "0s", "-1s", "9ms", "2h", "inf"}) {
    EXPECT_FALSE(ParseLockTimeout(text).ok()) << text;
  }
}

}  // namespace
}  // namespace duroxide::conformance
