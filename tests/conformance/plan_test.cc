#include "conformance/plan.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::Ne;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {.category = "x", .name = "a"}, {.category = "x", .name = "b"},
      {.category = "x", .name = "c"}, {.category = "x", .name = "d"},
      {.category = "x", .name = "e"}, {.category = "x", .name = "f"}};
  return cases;
}

std::vector<const Case*> Selected(size_t count) {
  std::vector<const Case*> selected;
  for (size_t i = 0; i < count; ++i) selected.push_back(&Cases()[i]);
  return selected;
}

// The runs as "name seed", at most so many.
std::vector<std::string> Runs(Plan plan, Moment now = Now(),
                              size_t most = 100) {
  std::vector<std::string> runs;
  while (runs.size() < most) {
    const auto next = plan.Next(now);
    if (!next) break;
    runs.push_back(std::string(next->of->name) + " " +
                   std::to_string(next->seed));
  }
  return runs;
}

TEST(PlanTest, GoesRoundByRoundWithASeedEach) {
  EXPECT_THAT(Runs(Plan(Selected(2), {.repeat = 2, .seed = 7})),
              ElementsAre("a 7", "b 7", "a 8", "b 8"));
  EXPECT_THAT(Runs(Plan({}, {})), SizeIs(0));
}

TEST(PlanTest, TheSeedDecidesTheOrder) {
  const auto shuffled = [](uint64_t seed) {
    return Runs(Plan(Selected(6), {.seed = seed, .shuffle = true}));
  };
  EXPECT_EQ(shuffled(1), shuffled(1));
  const std::vector<std::string> plain =
      Runs(Plan(Selected(6), {.seed = 1, .shuffle = false}));
  EXPECT_THAT(shuffled(1), UnorderedElementsAreArray(plain));
  // Of so many orders not all are alike.
  std::vector<std::string> firsts;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    firsts.push_back(shuffled(seed)[0].substr(0, 1));
  }
  EXPECT_THAT(firsts, ::testing::Contains(Ne(firsts[0])));
}

TEST(PlanTest, ARoundHasTheOrderOfItsSeedAlone) {
  const std::vector<std::string> rounds =
      Runs(Plan(Selected(6), {.repeat = 2, .seed = 3, .shuffle = true}));
  const std::vector<std::string> first =
      Runs(Plan(Selected(6), {.seed = 3, .shuffle = true}));
  EXPECT_EQ(std::vector<std::string>(rounds.begin(), rounds.begin() + 6),
            first);
  EXPECT_THAT(rounds, SizeIs(12));
}

TEST(PlanTest, RepeatsUntilTheTimeIsOverButOnceAtLeast) {
  const PlanOptions options = {.repeat_for = absl::Minutes(1), .seed = 1};
  EXPECT_THAT(Runs(Plan(Selected(2), options), Now(), 50), SizeIs(50));
  EXPECT_THAT(Runs(Plan(Selected(2), options), Add(Now(), absl::Minutes(2))),
              ElementsAre("a 1", "b 1"));
}

}  // namespace
}  // namespace duroxide::conformance
