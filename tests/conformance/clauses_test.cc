#include "conformance/clauses.h"

#include "conformance/required_cases.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

TEST(ParseClausesTest, TakesHeadingsThatBeginWithAnId) {
  EXPECT_THAT(
      ParseClauses("# Title\n\n### FETCH-1 One holder\n\nFirst.\n\nSecond.\n"
                   "\n### Not an id\n\nno\n### ACK-2: Records\nThird.\n"
                   "## Next part\nno\n"),
      ElementsAre(
          AllOf(Field(&Clause::id, "FETCH-1"),
                Field(&Clause::title, "One holder"),
                Field(&Clause::text, "First.\n\nSecond.")),
          AllOf(Field(&Clause::id, "ACK-2"), Field(&Clause::title, "Records"),
                Field(&Clause::text, "Third."))));
}

TEST(FindClauseTest, KnowsTheContract) {
  ASSERT_NE(FindClause("FETCH-1"), nullptr);
  EXPECT_THAT(FindClause("FETCH-1")->text, HasSubstr("atomically"));
  ASSERT_NE(FindClause("WIRE-10"), nullptr);
  EXPECT_EQ(FindClause("FETCH-99"), nullptr);
}

std::string ProblemOf(const std::vector<Case>& cases, std::string_view list) {
  return std::string(CheckCases(cases, list).message());
}

Case Cited(std::string_view name, std::vector<std::string_view> clauses) {
  return {.category = "locking",
          .name = name,
          .traits = {.upstream = "test_it", .clauses = std::move(clauses)}};
}

constexpr std::string_view kList = "# comment\nlocking\tone\ttest_it\n";

TEST(CheckCasesTest, AcceptsTheListedCases) {
  EXPECT_EQ(ProblemOf({Cited("one", {"FETCH-1"})}, kList), "");
}

TEST(CheckCasesTest, NamesWhatIsMissing) {
  EXPECT_THAT(ProblemOf({}, kList), HasSubstr("locking/one is in the list"));
}

TEST(CheckCasesTest, NamesWhatIsTooMuch) {
  EXPECT_THAT(
      ProblemOf({Cited("one", {"FETCH-1"}), Cited("two", {"FETCH-1"})}, kList),
      HasSubstr("locking/two is registered twice or is not in the list"));
  EXPECT_THAT(
      ProblemOf({Cited("one", {"FETCH-1"}), Cited("one", {"FETCH-1"})}, kList),
      HasSubstr("locking/one is registered twice"));
}

TEST(CheckCasesTest, NamesAnotherUpstreamName) {
  EXPECT_THAT(ProblemOf({Cited("one", {"FETCH-1"})}, "locking\tone\tother\n"),
              HasSubstr("the list names \"other\""));
}

TEST(CheckCasesTest, NamesClausesThatDoNotExist) {
  EXPECT_THAT(ProblemOf({Cited("one", {"FETCH-99"})}, kList),
              HasSubstr("locking/one cites FETCH-99"));
  EXPECT_THAT(ProblemOf({Cited("one", {})}, kList),
              HasSubstr("locking/one cites no clause"));
}

}  // namespace
}  // namespace duroxide::conformance
