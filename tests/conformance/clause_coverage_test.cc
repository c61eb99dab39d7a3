#include "conformance/clause_coverage.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Clause>& Clauses() {
  static const std::vector<Clause> clauses = {
      {.id = "A-1", .title = "One", .text = ""},
      {.id = "A-2", .title = "Two", .text = ""}};
  return clauses;
}

Case Citing(std::string_view name, std::vector<std::string_view> clauses) {
  return {.category = "locking",
          .name = name,
          .traits = {.clauses = std::move(clauses)}};
}

std::string ProblemOf(const std::vector<Case>& cases,
                      std::string_view reasons) {
  return std::string(CheckCoverage(Clauses(), cases, reasons).message());
}

TEST(ClauseCoverageTest, TellsCasesAndReasons) {
  const std::vector<Case> cases = {Citing("one", {"A-1"}),
                                   Citing("two", {"B-7", "A-1"})};
  const auto coverage =
      CoverageOf(Clauses(), cases, "# comment\nA-2\tit cannot be seen\n");
  ASSERT_EQ(coverage.size(), 2u);
  EXPECT_THAT(coverage[0].cases, ElementsAre(&cases[0], &cases[1]));
  EXPECT_EQ(coverage[0].reason, "");
  EXPECT_THAT(coverage[1].cases, IsEmpty());
  EXPECT_EQ(coverage[1].reason, "it cannot be seen");
}

TEST(ClauseCoverageTest, AcceptsCasesOrAReason) {
  EXPECT_EQ(ProblemOf({Citing("one", {"A-1", "A-2"})}, ""), "");
  EXPECT_EQ(ProblemOf({Citing("one", {"A-1"})}, "A-2\tit cannot be seen"), "");
}

TEST(ClauseCoverageTest, NamesWhatIsNotProved) {
  EXPECT_EQ(ProblemOf({Citing("one", {"A-1"})}, ""),
            "A-2 has neither a case nor a reason why not");
  EXPECT_THAT(ProblemOf({Citing("one", {"A-1"})}, "A-2\t"),
              HasSubstr("A-2 has an empty reason"));
}

TEST(ClauseCoverageTest, NamesReasonsThatAreOutOfDate) {
  EXPECT_THAT(ProblemOf({Citing("one", {"A-1", "A-2"})}, "A-2\twhy"),
              HasSubstr("A-2 has a reason why no case proves it, and "
                        "locking/one does"));
  EXPECT_THAT(ProblemOf({Citing("one", {"A-1", "A-2"})}, "B-1\twhy"),
              HasSubstr("a reason is for B-1, which the contract"));
}

TEST(ClauseCoverageTest, NamesCasesThatCiteNothing) {
  EXPECT_THAT(ProblemOf({Citing("one", {"A-1", "A-2"}), Citing("two", {})}, ""),
              HasSubstr("locking/two cites no clause"));
  EXPECT_THAT(ProblemOf({Citing("one", {"A-1", "A-2", "B-1"})}, ""),
              HasSubstr("locking/one cites B-1, which the contract"));
}

}  // namespace
}  // namespace duroxide::conformance
