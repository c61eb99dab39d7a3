#include "conformance/expectations.h"

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/exit_codes.h"
#include "gmock/gmock.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr absl::CivilDay kToday(2026, 11, 23);
constexpr auto kFailing = Expectation::Kind::kKnownFailing;
constexpr auto kFlaky = Expectation::Kind::kKnownFlaky;

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {.category = "sessions", .name = "claims"},
      {.category = "sessions", .name = "renewal"},
      {.category = "tags", .name = "filter"}};
  return cases;
}

std::vector<ExpectationEntry> Parsed(const std::string& list,
                                     Expectation::Kind kind = kFailing) {
  return ParseExpectations(list, kind, "list.txt").value();
}

std::string Refusal(const std::string& list) {
  return std::string(
      ParseExpectations(list, kFailing, "list.txt").status().message());
}

TEST(ParseExpectationsTest, ReadsEntries) {
  const auto entries = Parsed(
      "# what is not there yet\n\n"
      "sessions/* |  no sessions yet|ada@example.com | until 2026-12-31  \n");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].pattern, "sessions/*");
  EXPECT_EQ(entries[0].where, "list.txt:3");
  EXPECT_EQ(entries[0].expectation,
            (Expectation{.kind = kFailing,
                         .reason = "no sessions yet",
                         .owner = "ada@example.com",
                         .until = absl::CivilDay(2026, 12, 31)}));
}

TEST(ParseExpectationsTest, NamesTheLineThatIsNoEntry) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"\nsessions", "list.txt:2: has 1 fields and not 4; write PATTERN |"},
      {"a | b | c | until 2026-12-31 | e", "has 5 fields"},
      {" | b | c | until 2026-12-31", "has no pattern"},
      {"a | | c | until 2026-12-31", "has no reason"},
      {"a | b | | until 2026-12-31", "has no owner"},
      {"a | b | c | 2026-12-31", "\"2026-12-31\" is no expiry date"},
      {"a | b | c | until tomorrow", "is no expiry date"},
      {"a | b | c | until 2026-13-31", "is no expiry date"},
      {"a | b | c | until 2026-02-30", "is no expiry date"},
      {"a | b | c | until 2026-12", "is no expiry date"}};
  for (const auto& [list, message] : wrong) {
    EXPECT_THAT(Refusal(list), HasSubstr(message));
  }
}

TEST(ReadExpectationsTest, NamesTheFlagAndTheFile) {
  const testing_support::TempDir folder;
  EXPECT_THAT(std::string(ReadExpectations(folder.File("none"), kFailing,
                                           "--known-failing")
                              .status()
                              .message()),
              AllOf(HasSubstr("--known-failing "), HasSubstr("/none: ")));
  EXPECT_FALSE(
      ReadExpectations(folder.File(""), kFailing, "--known-failing").ok());
  std::ofstream(folder.File("list")) << "wrong\n";
  EXPECT_THAT(
      std::string(ReadExpectations(folder.File("list"), kFlaky, "--known-flaky")
                      .status()
                      .message()),
      AllOf(HasSubstr("--known-flaky "), HasSubstr("/list:1: has 1")));
  std::ofstream(folder.File("empty")) << "";
  EXPECT_THAT(*ReadExpectations(folder.File("empty"), kFlaky, "--known-flaky"),
              SizeIs(0));
}

std::string Problems(const std::string& list) {
  return std::string(
      Expectations::Make(Parsed(list), Cases(), kToday).status().message());
}

TEST(ExpectationsTest, AnEntryThatNamesNoCaseIsAnError) {
  EXPECT_THAT(Problems("session/* | r | o | until 2026-12-31"),
              HasSubstr("list.txt:1: no case has the name or category "
                        "session/*"));
}

TEST(ExpectationsTest, AnEntryThatHasExpiredIsAnError) {
  EXPECT_THAT(Problems("tags | r | ada | until 2026-11-22"),
              HasSubstr("list.txt:1: tags expired on 2026-11-22, ask ada"));
  EXPECT_EQ(Problems("tags | r | ada | until 2026-11-23"), "");
}

TEST(ExpectationsTest, ACaseThatTwoEntriesNameIsAnError) {
  EXPECT_THAT(Problems("sessions | r | o | until 2026-12-31\n"
                       "claims | r | o | until 2026-12-31"),
              HasSubstr("list.txt:2: sessions/claims is named already by "
                        "list.txt:1"));
}

// A run of all cases that ended like this.
RunResult RunOf(const std::vector<Verdict>& verdicts) {
  RunResult run;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    run.cases.push_back({.of = &Cases()[i], .verdict = verdicts[i]});
  }
  return run;
}

TEST(ExpectationsTest, DecideWhatAResultIsWorth) {
  std::vector<ExpectationEntry> entries =
      Parsed("sessions | r | o | until 2026-12-31");
  for (ExpectationEntry& flaky :
       Parsed("tags | r | o | until 2026-12-31", kFlaky)) {
    entries.push_back(flaky);
  }
  const Expectations expectations =
      Expectations::Make(entries, Cases(), kToday).value();
  using enum Verdict;

  RunResult run = RunOf({kFailed, kFailed, kFailed});
  EXPECT_EQ(ExitCodeOf(run), kExitFailed);
  expectations.ApplyTo(run);
  EXPECT_EQ(run.cases[0].outcome(), Outcome::kExpectedFailure);
  EXPECT_EQ(run.cases[2].outcome(), Outcome::kFlakyFailure);
  EXPECT_EQ(run.Count(Outcome::kExpectedFailure), 2u);
  EXPECT_EQ(ExitCodeOf(run), kExitPassed);
  EXPECT_EQ(run.TotalScore(), (Score{.passed = 0, .applicable = 3}));

  run = RunOf({kFailed, kPassed, kPassed});
  expectations.ApplyTo(run);
  EXPECT_EQ(run.cases[1].outcome(), Outcome::kUnexpectedPass);
  EXPECT_EQ(run.cases[2].outcome(), Outcome::kAsJudged);
  EXPECT_EQ(ExitCodeOf(run), kExitFailed);

  run = RunOf({kSkipped, kInconclusive, kPassed});
  expectations.ApplyTo(run);
  EXPECT_EQ(ExitCodeOf(run), kExitInconclusive);
}

}  // namespace
}  // namespace duroxide::conformance
