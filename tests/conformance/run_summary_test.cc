#include "conformance/run_summary.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Case& CoreCase() {
  static const Case one = {.category = "sessions", .name = "claims"};
  return one;
}

const Case& StrictCase() {
  static const Case one = {.category = "fairness",
                           .name = "no_starvation",
                           .traits = {.profile = Profile::kStrict}};
  return one;
}

std::string Summary(const RunResult& run) {
  std::ostringstream out;
  WriteSummary(out, run, Style(/*colours=*/false));
  return out.str();
}

TEST(RunSummaryTest, GivesTheScoreByProfile) {
  RunResult run;
  run.cases = {{.of = &CoreCase(), .verdict = Verdict::kPassed},
               {.of = &CoreCase(), .verdict = Verdict::kSkipped},
               {.of = &CoreCase(), .verdict = Verdict::kNotApplicable}};
  EXPECT_THAT(Summary(run), AllOf(HasSubstr("score core: 1 of 2\n"),
                                  Not(HasSubstr("strict"))));
  run.cases.push_back({.of = &StrictCase(), .verdict = Verdict::kFailed});
  EXPECT_THAT(Summary(run), HasSubstr("score strict: 0 of 1\n"));
}

TEST(RunSummaryTest, NamesTheCasesThatTookLongest) {
  RunResult run;
  run.cases = {{.of = &CoreCase(),
                .attempts = 2,
                .elapsed = absl::Seconds(9),
                .runs = {.passed = 1},
                .slow = true},
               {.of = &StrictCase(),
                .attempts = 1,
                .elapsed = absl::Seconds(9),
                .runs = {.passed = 9}}};
  EXPECT_THAT(Summary(run), AllOf(HasSubstr("longest cases, in seconds:\n     "
                                            "9.0  sessions/claims, 2 attempts "
                                            "(slow)\n"),
                                  Not(HasSubstr("no_starvation"))));
}

TEST(RunSummaryTest, TellsHowManyOfTheRunsFailed) {
  RunResult run;
  run.cases = {{.of = &CoreCase(),
                .verdict = Verdict::kFailed,
                .runs = {.passed = 7, .failed = 2, .inconclusive = 1}}};
  EXPECT_THAT(Summary(run), HasSubstr("of 10 runs of sessions/claims, 2 failed "
                                      "and 1 were inconclusive\n"));
}

TEST(RunSummaryTest, TellsWhatCameOfExpectations) {
  const Expectation known = {.kind = Expectation::Kind::kKnownFailing,
                             .reason = "no sessions",
                             .owner = "ada",
                             .until = absl::CivilDay(2026, 12, 31)};
  RunResult run;
  run.cases = {
      {.of = &CoreCase(), .verdict = Verdict::kPassed, .expectation = known},
      {.of = &StrictCase(), .verdict = Verdict::kFailed, .expectation = known}};
  EXPECT_THAT(
      Summary(run),
      AllOf(HasSubstr("unexpected pass: sessions/claims"),
            HasSubstr("expected failure: fairness/no_starvation"),
            HasSubstr("no sessions"), HasSubstr("ada"), HasSubstr("2026-12-31"),
            HasSubstr("take it out of the list")));
}

TEST(RunHeadTest, TellsTheConditions) {
  RunConditions conditions;
  conditions.endpoints = {"host:1", "host:2"};
  conditions.provider.set_name("stub\x1b[31m");
  conditions.provider.set_version("0.9");
  conditions.jobs = 7;
  conditions.seed = 12;
  conditions.shuffled = true;
  std::ostringstream out;
  WriteHead(out, conditions, 1);
  EXPECT_THAT(out.str(),
              AllOf(HasSubstr("Provider stub\\u001b[31m 0.9, "),
                    HasSubstr("at host:1, host:2\n1 case, isolation store, 7 "
                              "at a time, lock time 1s, seed 12, shuffled\n")));
}

}  // namespace
}  // namespace duroxide::conformance
