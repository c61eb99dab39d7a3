#include "conformance/stress/judge/thresholds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/conformance/stress/judge/results.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Verdict = Judgement::Verdict;

std::vector<std::string> TextsOf(const std::vector<std::string>& require) {
  const auto thresholds = ParseThresholds(require);
  EXPECT_TRUE(thresholds.ok()) << thresholds.status();
  std::vector<std::string> texts;
  for (const Threshold& threshold : *thresholds) {
    texts.push_back(threshold.text());
  }
  return texts;
}

std::string ProblemOf(const std::string& require) {
  const std::vector<std::string> texts = {require};
  const auto thresholds = ParseThresholds(texts);
  EXPECT_EQ(thresholds.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(thresholds.status().message());
}

// How the only threshold comes out.
Judgement Judged(const std::string& require,
                 const std::vector<StressResult>& results) {
  const std::vector<std::string> texts = {require};
  return JudgeThresholds(ParseThresholds(texts).value(), results).at(0);
}

TEST(Thresholds, AreReadAndWritten) {
  EXPECT_THAT(
      TextsOf({"success_rate == 100", "orch_per_sec>=50", " p99_ms <200 ",
               "scaling_2x >= 1.3", "max_ms<=1e3", "failed != 1",
               "completed > 123456", "orch_per_sec@2/2 > 0.125",
               "p50_ms@1/1@large_payload < 9",
               "scaling_2x@large_payload >= 1"}),
      ElementsAre("success_rate == 100", "orch_per_sec >= 50", "p99_ms < 200",
                  "scaling_2x >= 1.3", "max_ms <= 1000", "failed != 1",
                  "completed > 123456", "orch_per_sec@2/2 > 0.125",
                  "p50_ms@large_payload@1/1 < 9",
                  "scaling_2x@large_payload >= 1"));
}

TEST(Thresholds, StandThereOnce) {
  EXPECT_THAT(TextsOf({"failed == 0", "failed==0", "failed == 0.0"}),
              ElementsAre("failed == 0"));
}

TEST(Thresholds, OfTheGuideGoByName) {
  EXPECT_THAT(TextsOf({"baseline"}),
              ElementsAre("success_rate == 100", "findings == 0",
                          "orch_per_sec@parallel_orchestrations@1/1 >= 10",
                          "inverse_throughput_ms@parallel_orchestrations < 200",
                          "scaling_2x@parallel_orchestrations >= 1.3"));
  EXPECT_THAT(TextsOf({"high", "baseline"}),
              ElementsAre("success_rate == 100", "findings == 0",
                          "orch_per_sec@parallel_orchestrations@2/2 >= 50",
                          "inverse_throughput_ms@parallel_orchestrations < 100",
                          "scaling_2x@parallel_orchestrations >= 1.9",
                          "orch_per_sec@parallel_orchestrations@1/1 >= 10",
                          "inverse_throughput_ms@parallel_orchestrations < 200",
                          "scaling_2x@parallel_orchestrations >= 1.3"));
}

TEST(Thresholds, SayWhatIsWrong) {
  EXPECT_EQ(ProblemOf("medium"),
            "--require \"medium\": there is no comparison in it, and no set "
            "has this name; write a threshold such as p99_ms < 200, or one of: "
            "baseline, high");
  EXPECT_THAT(ProblemOf("p99 < 200"),
              HasSubstr("there is no figure \"p99\"; there are: success_rate, "
                        "completed,"));
  EXPECT_THAT(ProblemOf("< 200"), HasSubstr("no figure \"\""));
  EXPECT_THAT(ProblemOf("p99_ms = 200"), HasSubstr("the comparisons are =="));
  EXPECT_THAT(ProblemOf("p99_ms < 200ms"), HasSubstr("\"200ms\" is no number"));
  EXPECT_THAT(ProblemOf("p99_ms <"), HasSubstr("\"\" is no number"));
  EXPECT_THAT(ProblemOf("p99_ms < nan"), HasSubstr("is no number"));
  EXPECT_THAT(ProblemOf("p99_ms < inf"), HasSubstr("is no number"));
  EXPECT_THAT(ProblemOf("p99_ms@1/1@2/2 < 1"), HasSubstr("each once at most"));
  EXPECT_THAT(ProblemOf("p99_ms@ < 1"), HasSubstr("each once at most"));
  EXPECT_THAT(ProblemOf("scaling_2x@1/1 > 1"), HasSubstr("takes no @CONFIG"));
}

struct Comparing {
  std::string require;
  bool met;
};

void PrintTo(const Comparing& one, std::ostream* out) { *out << one.require; }

class ThresholdComparison : public testing::TestWithParam<Comparing> {};

TEST_P(ThresholdComparison, HoldsOrNot) {
  EXPECT_EQ(Judged(GetParam().require, {GoodResult(1, 20)}).verdict,
            GetParam().met ? Verdict::kMet : Verdict::kNotMet);
}

INSTANTIATE_TEST_SUITE_P(
    All, ThresholdComparison,
    testing::Values(
        Comparing{"orch_per_sec == 20", true},
        Comparing{"orch_per_sec == 21", false},
        Comparing{"orch_per_sec != 21", true},
        Comparing{"orch_per_sec != 20", false},
        Comparing{"orch_per_sec < 20", false},
        Comparing{"orch_per_sec < 21", true},
        Comparing{"orch_per_sec <= 20", true},
        Comparing{"orch_per_sec <= 19", false},
        Comparing{"orch_per_sec > 20", false},
        Comparing{"orch_per_sec > 19", true},
        Comparing{"orch_per_sec >= 20", true},
        Comparing{"orch_per_sec >= 21", false},
        // What the figures are.
        Comparing{"success_rate == 100", true},
        Comparing{"completed == 200", true}, Comparing{"failed == 0", true},
        Comparing{"findings == 0", true},
        Comparing{"activities_per_sec == 100", true},
        Comparing{"inverse_throughput_ms == 50", true},
        Comparing{"mean_ms == 50", true}, Comparing{"p50_ms == 50", true},
        Comparing{"p90_ms == 50", true}, Comparing{"p99_ms == 50", true},
        Comparing{"p999_ms == 50", true}, Comparing{"max_ms == 50", true},
        Comparing{"lag_percent == 0", true}));

TEST(Thresholds, HoldForEachLoad) {
  const Judgement judged =
      Judged("p99_ms < 100", {GoodResult(1, 20, absl::Milliseconds(50)),
                              GoodResult(2, 20, absl::Milliseconds(150)),
                              GoodResult(3, 20, absl::Milliseconds(120))});
  EXPECT_EQ(judged.verdict, Verdict::kNotMet);
  EXPECT_EQ(judged.text(),
            "not met: p99_ms < 100: 150 ms in parallel_orchestrations 2/2");
}

TEST(Thresholds, TellWhereItWasWorst) {
  const Judgement judged =
      Judged("orch_per_sec >= 10", {GoodResult(2, 40), GoodResult(1, 20)});
  EXPECT_EQ(judged.text(),
            "met: orch_per_sec >= 10: 20 orchestrations/s in "
            "parallel_orchestrations 1/1");
}

TEST(Thresholds, AreAboutTheLoadsTheyName) {
  StressResult other = GoodResult(1, 5);
  other.scenario = "large_payload";
  const std::vector<StressResult> results = {GoodResult(1, 20),
                                             GoodResult(2, 30), other};
  EXPECT_EQ(*Judged("orch_per_sec@2/2 > 1", results).seen, 30);
  EXPECT_EQ(*Judged("orch_per_sec@large_payload > 1", results).seen, 5);
  EXPECT_EQ(
      *Judged("orch_per_sec@parallel_orchestrations@1/1 > 1", results).seen,
      20);
}

TEST(Thresholds, NameTheProviderWhereThereAreSeveral) {
  StressResult other = GoodResult(1, 5);
  other.provider = "python";
  EXPECT_EQ(Judged("orch_per_sec > 1", {GoodResult(1, 20), other}).where,
            "parallel_orchestrations 1/1, python");
}

TEST(Thresholds, ScalingComparesTwoByTwoWithOneByOne) {
  const Judgement judged =
      Judged("scaling_2x >= 1.3", {GoodResult(1, 20), GoodResult(2, 25)});
  EXPECT_EQ(judged.text(),
            "not met: scaling_2x >= 1.3: 1.25 in parallel_orchestrations");
  // Loads that were run again count together.
  EXPECT_EQ(*Judged("scaling_2x >= 1.3", {GoodResult(1, 20), GoodResult(2, 30),
                                          GoodResult(1, 30), GoodResult(2, 60)})
                 .seen,
            45.0 / 25);
}

TEST(Thresholds, ThatCannotBeJudgedAreNotMet) {
  const Judgement judged = Judged("scaling_2x >= 1.3", {GoodResult(1, 20)});
  EXPECT_EQ(judged.verdict, Verdict::kCannotJudge);
  EXPECT_EQ(judged.text(),
            "cannot be judged: scaling_2x >= 1.3 in parallel_orchestrations "
            "1/1: it takes a load at 1/1 that completes something and one at "
            "2/2");
  EXPECT_EQ(Judged("orch_per_sec@2/2 > 1", {GoodResult(1, 20)}).text(),
            "cannot be judged: orch_per_sec@2/2 > 1: there was no such load in "
            "this run");
  EXPECT_THAT(Judged("rate_ratio > 0.9", {GoodResult()}).text(),
              HasSubstr("there is no --rate"));
  EXPECT_THAT(Judged("resident_mib < 1", {GoodResult()}).text(),
              HasSubstr("no process was watched"));
  StressResult nothing;
  nothing.scenario = "timers";
  EXPECT_THAT(Judged("p99_ms < 1", {nothing}).text(),
              HasSubstr("nothing completed"));
  EXPECT_EQ(Judged("p99_ms < 1", {}).verdict, Verdict::kCannotJudge);
  // One that can be judged does not hide one that cannot.
  EXPECT_EQ(Judged("p99_ms < 100", {GoodResult(), nothing}).verdict,
            Verdict::kCannotJudge);
}

TEST(Thresholds, WhatNeverEndedIsNoSuccess) {
  StressResult result = GoodResult(1, 20);
  result.started = 201;
  EXPECT_EQ(Judged("success_rate == 100", {result}).verdict, Verdict::kNotMet);
}

TEST(Thresholds, NearlyAllIsNotAll) {
  StressResult result = GoodResult(1, 100000);
  result.outcomes.Count(Outcome::kInfrastructure);
  EXPECT_THAT(Judged("success_rate == 100", {result}).text(),
              HasSubstr("not met: success_rate == 100: 99.9999 %"));
}

TEST(Thresholds, SayWhatNoProviderCouldReach) {
  StressResult result = GoodResult(2, 39);
  result.config.activity_delay = absl::Milliseconds(10);
  EXPECT_EQ(Judged("orch_per_sec@2/2 >= 50", {result}).text(),
            "not met: orch_per_sec@2/2 >= 50: 39 orchestrations/s in "
            "parallel_orchestrations 2/2: no provider could: 2 at a time, each "
            "activity with a delay of 10ms, are at most 40 orchestrations/s; "
            "lower --activity-delay or raise --concurrency");
  result.config.rate = 30;
  result.config.activity_delay = absl::ZeroDuration();
  EXPECT_THAT(Judged("orch_per_sec >= 50", {result}).text(),
              HasSubstr("--rate starts 30 per second"));
}

TEST(Thresholds, KnowNoLimitOfOtherScenarios) {
  StressResult result = GoodResult(2, 39);
  result.config.activity_delay = absl::Milliseconds(10);
  result.scenario = "timers";
  EXPECT_THAT(Judged("orch_per_sec@2/2 >= 50", {result}).text(),
              Not(HasSubstr("no provider could")));
}

TEST(Thresholds, OfProcesses) {
  StressResult result = GoodResult(1, 20);
  result.processes = {Use("runner", {10, 20, 30}), Use("provider", {50, 40})};
  EXPECT_EQ(*Judged("resident_mib < 100", {result}).seen, 50);
  // 1.5 s for 200 instances.
  EXPECT_EQ(*Judged("cpu_ms_per_orch < 100", {result}).seen, 7.5);
}

TEST(Thresholds, Together) {
  const Judgement met = Judged("failed == 0", {GoodResult()});
  const Judgement not_met = Judged("failed == 1", {GoodResult()});
  const Judgement unknown = Judged("scaling_2x > 1", {GoodResult()});
  EXPECT_EQ(Together({}), Verdict::kMet);
  EXPECT_EQ(Together(std::vector{met, met}), Verdict::kMet);
  EXPECT_EQ(Together(std::vector{not_met, met}), Verdict::kNotMet);
  EXPECT_EQ(Together(std::vector{met, unknown, not_met}),
            Verdict::kCannotJudge);
}

TEST(Thresholds, HelpNamesAll) {
  const std::string help = ThresholdHelp();
  for (const Figure& figure : Figures()) {
    EXPECT_THAT(help, HasSubstr("  " + std::string(figure.name) + " "));
    EXPECT_THAT(std::string(figure.meaning), Not(IsEmpty()));
    EXPECT_NE(figure.of_one == nullptr, figure.of_group == nullptr)
        << figure.name;
  }
  for (const ThresholdSet& set : ThresholdSets()) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(set.name) + " "));
    EXPECT_THAT(TextsOf({std::string(set.name)}),
                SizeIs(set.thresholds.size()));
  }
}

}  // namespace
}  // namespace duroxide::stress
