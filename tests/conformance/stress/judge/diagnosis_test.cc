#include "conformance/stress/judge/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/conformance/stress/judge/results.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::vector<std::string> IdsOf(const std::vector<StressResult>& results) {
  std::vector<std::string> ids;
  for (const Diagnosis& one : Diagnose(results)) {
    ids.emplace_back(one.sign->id);
  }
  return ids;
}

// What was seen, where there is one sign.
std::vector<std::string> SeenIn(const std::vector<StressResult>& results) {
  const std::vector<Diagnosis> found = Diagnose(results);
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? std::vector<std::string>() : found.front().seen;
}

// Each second so many.
StressResult WithRates(const std::vector<int>& rates) {
  StressResult result = GoodResult();
  for (size_t i = 0; i < rates.size(); ++i) {
    result.slots.at(i).ended = {};
    result.slots.at(i).ended.Count(Outcome::kCompleted, rates[i]);
  }
  return result;
}

TEST(Diagnosis, FindsNothingWhereAllIsWell) {
  StressResult watched = GoodResult(2, 38);
  watched.processes = {Use("runner", {40, 41, 41, 41, 40, 41, 41, 41, 41, 41})};
  EXPECT_THAT(IdsOf({GoodResult(1, 20), watched}), IsEmpty());
  EXPECT_THAT(IdsOf({}), IsEmpty());
}

TEST(Diagnosis, OfFailures) {
  StressResult result = GoodResult(1, 20);
  result.started += 3;
  result.outcomes.Count(Outcome::kInfrastructure, 2);
  result.errors = {"database is locked"};
  result.calls["AckWorkItem"].by_code = {{"OK", 900}, {"UNAVAILABLE", 4}};
  EXPECT_THAT(IdsOf({result}), ElementsAre("success_below_100"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("200 of 203 instances completed, 98.522 %",
                          "failed_infrastructure: 2", "never ended: 1",
                          "error: database is locked",
                          "calls that failed: AckWorkItem UNAVAILABLE, 4"));
}

TEST(Diagnosis, OfNothing) {
  StressResult result;
  result.scenario = "parallel_orchestrations";
  result.started = 20;
  result.elapsed = absl::Seconds(61);
  result.outcomes.Count(Outcome::kInfrastructure, 20);
  EXPECT_THAT(IdsOf({result}), ElementsAre("no_throughput"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("20 instances started in 1m1s, none completed, 20 "
                          "failed"));
}

TEST(Diagnosis, OfWhatTheCheckFound) {
  StressResult result = GoodResult();
  result.findings = {{.kind = "lost_instance", .count = 2, .example = "s-17"}};
  EXPECT_THAT(IdsOf({result}), ElementsAre("check_failed"));
  EXPECT_THAT(SeenIn({result}), ElementsAre("lost_instance: 2, such as s-17"));
}

TEST(Diagnosis, OfLatencyThatVaries) {
  StressResult result = GoodResult(1, 20, absl::Milliseconds(50));
  result.latency.Record(absl::Milliseconds(600), 10);
  result.calls["FetchWorkItems"].latency.Record(absl::Milliseconds(1));
  result.calls["FetchWorkItems"].latency.Record(absl::Seconds(30));
  result.calls["AckWorkItem"].latency.Record(absl::Milliseconds(1), 9);
  result.calls["AckWorkItem"].latency.Record(absl::Milliseconds(64), 1);
  EXPECT_THAT(IdsOf({result}), ElementsAre("latency_varies"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre(HasSubstr("600 ms or more (12 times as long)"),
                          HasSubstr("AckWorkItem, p50 1.00 ms, p99 64 ms")));
}

TEST(Diagnosis, OfLatencyThatVariesALittle) {
  StressResult tail = GoodResult(1, 20, absl::Milliseconds(50));
  tail.latency.Record(absl::Milliseconds(200), 10);
  EXPECT_THAT(IdsOf({tail}), IsEmpty());
  StressResult quick = GoodResult(1, 20, absl::Milliseconds(1));
  quick.latency.Record(absl::Milliseconds(8), 10);
  EXPECT_THAT(IdsOf({quick}), IsEmpty());
  StressResult few;
  few.latency.Record(absl::Milliseconds(1), 9);
  few.latency.Record(absl::Seconds(1), 1);
  EXPECT_THAT(IdsOf({few}), IsEmpty());
}

TEST(Diagnosis, OfThroughputThatFalls) {
  const StressResult result =
      WithRates({20, 21, 20, 19, 17, 16, 15, 13, 12, 11});
  EXPECT_THAT(IdsOf({result}), ElementsAre("throughput_falls"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("20 orchestrations/s in the first third of the "
                          "steady part, 12 orchestrations/s in the last: 40 % "
                          "less"));
}

TEST(Diagnosis, OfThroughputThatStops) {
  StressResult result = WithRates({});
  result.slots.resize(5);
  EXPECT_THAT(IdsOf({result}), ElementsAre("throughput_falls"));
}

TEST(Diagnosis, ThroughputThatOnlyVariesDoesNotFall) {
  EXPECT_THAT(IdsOf({WithRates({9, 40, 10, 35, 22, 25, 22, 8, 30, 20})}),
              IsEmpty());
  // The warm-up does not count, nor do a few seconds.
  EXPECT_THAT(IdsOf({WithRates({90})}), IsEmpty());
  StressResult brief = WithRates({20, 20, 15, 10, 5});
  brief.slots.resize(5);
  brief.steady = absl::Seconds(4);
  EXPECT_THAT(IdsOf({brief}), IsEmpty());
}

TEST(Diagnosis, ALoadWithoutWarmUpDoesNotFallAtItsEnd) {
  // A backlog is drained from the first moment on.
  StressResult result = WithRates({20, 20, 20, 20, 20, 20, 20});
  result.slots.resize(7);
  result.steady = absl::Seconds(7);
  result.elapsed = absl::Seconds(7);
  EXPECT_THAT(IdsOf({result}), IsEmpty());
}

TEST(Diagnosis, AFewInstancesShowNoTrend) {
  StressResult falling = WithRates({2, 2, 2, 2, 1, 1, 1, 0, 0, 0});
  falling.steady_completed = 10;
  EXPECT_THAT(IdsOf({falling}), IsEmpty());
  StressResult low = GoodResult(1, 3);
  StressResult high = GoodResult(2, 2);
  EXPECT_THAT(IdsOf({low, high}), IsEmpty());
}

TEST(Diagnosis, OfConcurrencyThatDoesNotHelp) {
  StressResult high = GoodResult(2, 21);
  high.processes = {Use("runner", {10, 10}), Use("provider", {10, 10})};
  high.elapsed = absl::Seconds(4);
  // The higher one is found wherever it stands.
  EXPECT_THAT(IdsOf({high, GoodResult(1, 20)}), ElementsAre("no_scaling"));
  EXPECT_THAT(SeenIn({high, GoodResult(1, 20)}),
              ElementsAre("20 orchestrations/s at 1/1, 21 orchestrations/s at "
                          "2/2: 1.05 times as many",
                          "at 2/2 the watched processes used 0.2 processors"));
  EXPECT_THAT(IdsOf({GoodResult(1, 20), GoodResult(2, 15)}),
              ElementsAre("scaling_backwards"));
  EXPECT_THAT(IdsOf({GoodResult(1, 20), GoodResult(2, 40), GoodResult(4, 40)}),
              ElementsAre("no_scaling"));
}

TEST(Diagnosis, DoesNotCompareWhatIsNotComparable) {
  StressResult other = GoodResult(2, 15);
  other.scenario = "large_payload";
  EXPECT_THAT(IdsOf({GoodResult(1, 20), other}), IsEmpty());
  EXPECT_THAT(IdsOf({GoodResult(1, 20), GoodResult(1, 15)}), IsEmpty());
  // An open loop that keeps up.
  StressResult low = GoodResult(1, 20);
  StressResult high = GoodResult(2, 20);
  low.config.rate = 20;
  high.config.rate = 20;
  EXPECT_THAT(IdsOf({low, high}), IsEmpty());
}

TEST(Diagnosis, OfARateThatIsNotReached) {
  StressResult result = GoodResult(2, 39);
  result.config.rate = 60;
  result.config.activity_delay = absl::Milliseconds(10);
  EXPECT_THAT(IdsOf({result}), ElementsAre("rate_not_reached"));
  EXPECT_THAT(
      SeenIn({result}),
      ElementsAre("39 orchestrations/s completed, 60 asked for",
                  "the delay of the activities allows 40 orchestrations/s at "
                  "most"));
}

TEST(Diagnosis, OfMemoryThatGrows) {
  StressResult result = GoodResult(1, 100);
  result.processes = {
      Use("provider", {50, 50, 60, 70, 80, 90, 100, 110, 120, 130})};
  EXPECT_THAT(IdsOf({result}), ElementsAre("memory_grows"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("provider: 60.0 MiB in the first third of the load, "
                          "120.0 MiB in the last",
                          "about 92.2 KiB for each completed instance"));
}

TEST(Diagnosis, TheLedgerOfTheRunnerIsNoLeak) {
  StressResult result = GoodResult(1, 100);
  // 60 MiB from the first third to the last.
  result.processes = {
      Use("runner", {50, 50, 60, 70, 80, 90, 100, 110, 120, 130})};
  EXPECT_THAT(IdsOf({result}), ElementsAre("memory_grows"));
  result.started += 10000;
  result.outcomes.Count(Outcome::kCompleted, 10000);
  EXPECT_THAT(IdsOf({result}), IsEmpty());
}

TEST(Diagnosis, ACacheThatFillsUpIsNoLeak) {
  StressResult filled = GoodResult();
  filled.processes = {
      Use("provider", {50, 50, 60, 90, 120, 130, 130, 130, 130, 131})};
  EXPECT_THAT(IdsOf({filled}), IsEmpty());
  StressResult small = GoodResult();
  small.processes = {Use("provider", {5, 5, 6, 7, 8, 9, 10, 11, 11, 12})};
  EXPECT_THAT(IdsOf({small}), IsEmpty());
}

TEST(Diagnosis, OfFilesThatGrow) {
  StressResult result = GoodResult();
  result.processes = {Use("provider", std::vector<double>(10, 50),
                          {20, 20, 30, 40, 50, 60, 70, 80, 90, 100})};
  EXPECT_THAT(IdsOf({result}), ElementsAre("handles_grow"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("provider: 30 open files in the first third of the "
                          "load, 90 in the last"));
}

TEST(Diagnosis, OfAProcessThatEnded) {
  StressResult result = GoodResult();
  result.processes = {Use("provider", {50, 50, 50})};
  EXPECT_THAT(IdsOf({result}), ElementsAre("process_ended"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("provider was seen last after 2s of 10s"));
}

TEST(Diagnosis, OfARunnerThatWasLate) {
  StressResult result = GoodResult();
  result.lag = {.ratio = 0.034, .longest = absl::Milliseconds(412)};
  EXPECT_THAT(IdsOf({result}), ElementsAre("runner_late"));
  EXPECT_THAT(SeenIn({result}),
              ElementsAre("late for 3.4 % of the time, 412 ms at most; up to 1 "
                          "% is certified"));
}

TEST(Diagnosis, FaultsComeFirst) {
  StressResult late = GoodResult(1, 20);
  late.lag.ratio = 0.5;
  StressResult failed = GoodResult(2, 38);
  failed.outcomes.Count(Outcome::kApplication);
  EXPECT_THAT(IdsOf({late, failed}),
              ElementsAre("success_below_100", "runner_late"));
}

TEST(Diagnosis, IsWrittenForPeople) {
  StressResult result = GoodResult();
  result.lag.ratio = 0.5;
  const std::string text = Diagnose(std::vector{result}).at(0).text();
  EXPECT_THAT(text, HasSubstr("The runner was late: the figures are not "
                              "certified (parallel_orchestrations 1/1)\n"
                              "  seen    late for 50.0 %"));
  EXPECT_THAT(text, HasSubstr("\n  likely  the machine has"));
  EXPECT_THAT(text, HasSubstr("\n  next    run the provider on"));
}

TEST(SignsOfTrouble, EachHasWhatPeopleNeed) {
  std::set<std::string_view> ids;
  for (const SignOfTrouble& sign : SignsOfTrouble()) {
    EXPECT_TRUE(ids.insert(sign.id).second) << sign.id;
    EXPECT_THAT(std::string(sign.title), Not(IsEmpty()));
    EXPECT_THAT(sign.causes, Not(IsEmpty())) << sign.id;
    EXPECT_THAT(sign.next_steps, Not(IsEmpty())) << sign.id;
  }
  EXPECT_THAT(ids, UnorderedElementsAre(
                       "check_failed", "success_below_100", "no_throughput",
                       "process_ended", "latency_varies", "throughput_falls",
                       "no_scaling", "scaling_backwards", "rate_not_reached",
                       "memory_grows", "handles_grow", "runner_late"));
}

}  // namespace
}  // namespace duroxide::stress
