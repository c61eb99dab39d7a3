// What is said of runs beside each other.

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/compare/rounds.h"
#include "conformance/stress/compare/statistics.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/compare/trend.h"
#include "gmock/gmock.h"
#include "tests/conformance/stress/keep/sample_runs.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Statistics, StudentsQuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(StudentQuantile(0.975, 1), 12.7062, 1e-3);
  EXPECT_NEAR(StudentQuantile(0.975, 4), 2.7764, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.975, 10), 2.2281, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.995, 6), 3.7074, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.975, 1000), 1.9623, 1e-4);
  EXPECT_NEAR(StudentQuantile(0.5, 3), 0, 1e-9);
}

TEST(Statistics, TheIntervalIsWelchs) {
  // With equal numbers and scatter Welch has 2n - 2 degrees of freedom.
  const double e = std::exp(1);
  const std::vector<double> base = {1, e, e * e};
  const std::vector<double> other = {2, 2 * e, 2 * e * e};
  const auto estimate = EstimateRatio(base, other, 0.95);
  ASSERT_TRUE(estimate && estimate->interval);
  EXPECT_NEAR(estimate->ratio, 2, 1e-9);
  const double reach = 2.7764 * std::sqrt(2.0 / 3);
  EXPECT_NEAR(estimate->interval->low, 2 * std::exp(-reach), 1e-3);
  EXPECT_NEAR(estimate->interval->high, 2 * std::exp(reach), 1e-2);
}

TEST(Statistics, ARatioAndItsInverseSayTheSame) {
  const std::vector<double> a = {10, 11, 9.5, 10.2};
  const std::vector<double> b = {14, 13, 15};
  const auto one = EstimateRatio(a, b, 0.95);
  const auto other = EstimateRatio(b, a, 0.95);
  EXPECT_NEAR(one->ratio * other->ratio, 1, 1e-9);
  EXPECT_NEAR(one->interval->low * other->interval->high, 1, 1e-9);
}

TEST(Statistics, OneMeasurementHasNoInterval) {
  const std::vector<double> one = {10};
  const std::vector<double> several = {10, 12};
  EXPECT_FALSE(EstimateRatio(one, several, 0.95)->interval.has_value());
  EXPECT_FALSE(EstimateRatio(several, one, 0.95)->interval.has_value());
  EXPECT_FALSE(EstimateRatio({}, several, 0.95).has_value());
  const std::vector<double> none = {0, 12};
  EXPECT_FALSE(EstimateRatio(several, none, 0.95).has_value());
}

TEST(Statistics, WithoutScatterTheIntervalIsTheRatio) {
  const std::vector<double> a = {10, 10};
  const std::vector<double> b = {20, 20};
  EXPECT_NEAR(EstimateRatio(a, b, 0.95)->interval->low, 2, 1e-9);
}

// The interval is what it says: over many pairs of samples of the same, about
// one in twenty does not have 1 in it.
TEST(Statistics, TheIntervalHoldsAsOftenAsItSays) {
  uint64_t state = 1;
  const auto uniform = [&state] {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (static_cast<double>(state >> 11) + 0.5) / (1ULL << 53);
  };
  const auto figure = [&uniform] {
    const double normal =
        std::sqrt(-2 * std::log(uniform())) * std::cos(2 * M_PI * uniform());
    return 100 * std::exp(0.05 * normal);
  };
  int wrong = 0;
  constexpr int kPairs = 4000;
  for (int i = 0; i < kPairs; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    for (int round = 0; round < 5; ++round) {
      a.push_back(figure());
      b.push_back(figure());
    }
    const auto interval = EstimateRatio(a, b, 0.95)->interval;
    if (interval->low > 1 || interval->high < 1) ++wrong;
  }
  EXPECT_GT(wrong, kPairs * 0.03);
  EXPECT_LT(wrong, kPairs * 0.06);
}

Contestant Of(const std::string& name, const std::vector<double>& rates) {
  Contestant contestant = {.name = name};
  for (const double rate : rates) {
    contestant.runs.push_back(SampleRun(rate, absl::Seconds(1 / rate)));
  }
  return contestant;
}

const FigureContrast& Throughput(const Contest& contest) {
  return contest.contrasts.front().figures.front();
}

TEST(Compare, ShowsADifferenceThatIsThere) {
  const auto contest =
      Compare({Of("A", {20, 21, 20}), Of("B", {40, 41, 42})}, false);
  ASSERT_TRUE(contest.ok()) << contest.status();
  EXPECT_EQ(Throughput(*contest).figure, "orch_per_sec");
  EXPECT_EQ(Throughput(*contest).verdict, Verdict::kBetter);
  EXPECT_NEAR(Throughput(*contest).estimate->ratio, 2, 0.05);
  // A shorter latency is the better one, a longer one the worse.
  EXPECT_EQ(contest->contrasts[0].figures[1].figure, "mean_latency");
  EXPECT_EQ(contest->contrasts[0].figures[1].verdict, Verdict::kBetter);
  EXPECT_THAT(InWords(Throughput(*contest)),
              HasSubstr("times the orchestrations per second ("));
  const auto reverse =
      Compare({Of("B", {40, 41, 42}), Of("A", {20, 21, 20})}, false);
  EXPECT_EQ(Throughput(*reverse).verdict, Verdict::kWorse);
}

TEST(Compare, ShowsNoneWhereChanceCouldHaveMadeIt) {
  const auto contest =
      Compare({Of("A", {20, 30, 25}), Of("B", {22, 33, 26})}, false);
  EXPECT_EQ(Throughput(*contest).verdict, Verdict::kNoDifferenceShown);
  EXPECT_THAT(InWords(Throughput(*contest)), HasSubstr("no difference shown"));
}

TEST(Compare, SaysNothingOfOneRound) {
  const auto contest = Compare({Of("A", {20}), Of("B", {400})}, false);
  EXPECT_EQ(Throughput(*contest).verdict, Verdict::kOneRound);
}

TEST(Compare, SaysNothingOfRunsThatLostWork) {
  Contestant bad = Of("B", {40, 41, 42});
  bad.runs[1].result.findings = {{"lost_instance", 1, "order-1"}};
  const auto contest = Compare({Of("A", {20, 21, 20}), bad}, false);
  EXPECT_EQ(Throughput(*contest).verdict, Verdict::kWithheld);
  EXPECT_THAT(contest->contrasts[0].cautions,
              ElementsAre(HasSubstr("B: in 1 of 3 runs work failed")));
}

TEST(Compare, SaysNothingOfRunsWhoseRunnerWasLate) {
  Contestant late = Of("A", {20, 21, 20});
  late.runs[0].result.lag.ratio = 0.03;
  const auto contest = Compare({late, Of("B", {40, 41, 42})}, false);
  EXPECT_EQ(Throughput(*contest).verdict, Verdict::kWithheld);
  EXPECT_THAT(contest->contrasts[0].cautions,
              ElementsAre(HasSubstr("by up to 3.0 %")));
}

TEST(Compare, RefusesDifferentMachinesUnlessTold) {
  Contestant elsewhere = Of("B", {40, 41, 42});
  elsewhere.runs[2].machine.cores = 64;
  const auto refused = Compare({Of("A", {20, 21, 20}), elsewhere}, false);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("cores: 2, 64"));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("--across-machines"));
  for (RunRecord& run : elsewhere.runs) run.machine.cores = 64;
  const auto told = Compare({Of("A", {20, 21, 20}), elsewhere}, true);
  ASSERT_TRUE(told.ok());
  EXPECT_THAT(told->contrasts[0].cautions,
              ElementsAre(HasSubstr("machines are different")));
}

TEST(Compare, RefusesDifferentScenarios) {
  Contestant other = Of("B", {40});
  other.runs[0].result.scenario = "backlog";
  EXPECT_EQ(Compare({Of("A", {20}), other}, true).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Compare({Of("A", {20})}, false).ok());
  EXPECT_FALSE(Compare({Of("A", {20}), {.name = "B"}}, false).ok());
}

TEST(Compare, NamesTheSettingsThatAreDifferent) {
  Contestant other = Of("2/2", {40, 41});
  for (RunRecord& run : other.runs) run.result.config.worker_concurrency = 4;
  const auto contest = Compare({Of("1/1", {20, 21}), other}, false);
  EXPECT_THAT(contest->contrasts[0].cautions,
              ElementsAre(HasSubstr("worker concurrency 2, 4")));
}

TEST(Compare, IsSurerOfEachWhereThereAreSeveral) {
  const std::vector<Contestant> two = {Of("A", {20, 21, 22}),
                                       Of("B", {24, 25, 26})};
  std::vector<Contestant> three = two;
  three.push_back(Of("C", {20, 21, 22}));
  const auto narrow = Throughput(*Compare(two, false)).estimate->interval;
  const auto wide = Throughput(*Compare(three, false)).estimate->interval;
  EXPECT_LT(wide->low, narrow->low);
  EXPECT_GT(wide->high, narrow->high);
}

TEST(Rounds, TakeTurns) {
  std::string order;
  const auto contestants =
      RunRounds({"A", "B"}, 3, [&order](size_t one, int round) {
        order +=
            std::string(one == 0 ? "A" : "B") + std::to_string(round) + " ";
        return SampleRun();
      });
  EXPECT_EQ(order, "A1 B1 A2 B2 A3 B3 ");
  ASSERT_THAT(*contestants, SizeIs(2));
  EXPECT_THAT((*contestants)[1].runs, SizeIs(3));
}

TEST(Rounds, EndWithTheFirstError) {
  int runs = 0;
  const auto contestants = RunRounds(
      {"A", "B"}, 3, [&runs](size_t one, int) -> absl::StatusOr<RunRecord> {
        ++runs;
        if (one == 1) return absl::UnavailableError("gone");
        return SampleRun();
      });
  EXPECT_EQ(contestants.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(runs, 2);
}

TEST(Pooled, AddsRuns) {
  const std::vector<RunRecord> runs = {SampleRun(10), SampleRun(30)};
  const StressResult pooled = Pooled(runs);
  EXPECT_EQ(pooled.outcomes.completed(), 400);
  EXPECT_EQ(pooled.latency.count(), 400);
  EXPECT_NEAR(pooled.orchestrations_per_second(), 20, 0.01);
  EXPECT_TRUE(pooled.sound());
}

TEST(Table, HasTheGuidesColumns) {
  std::ostringstream out;
  WriteTable(out, TableHeadings(),
             std::vector<std::vector<std::string>>{
                 TableCells("File SQLite", SampleRun().result)});
  EXPECT_THAT(
      out.str(),
      testing::MatchesRegex(
          "Provider +Config +Completed +Failed +Infra +Config +App +Success % "
          "+Orch/sec +Activity/sec +Avg Latency +p50 +p99 +1/Throughput\n-+\n"
          "File SQLite +2/2 +200 +0 +0 +0 +0 +100.00 +20.00 +100.00 .*50.00 "
          "ms\n"));
}

TEST(Table, NamesTheScenarioWhereThereAreSeveral) {
  std::vector<RunRecord> runs = {SampleRun(), SampleRun()};
  EXPECT_EQ(TableOf(runs).headings, TableHeadings());
  runs[1].result.scenario = "backlog";
  const Table table = TableOf(runs);
  EXPECT_EQ(table.headings.front(), "Scenario");
  EXPECT_EQ(table.rows[1].front(), "backlog");
  EXPECT_EQ(table.rows[1].size(), table.headings.size());
}

TEST(Table, AverageLatencyIsTheMeanAndNotTheInverseOfThroughput) {
  const StressResult result = SampleRun(20, absl::Milliseconds(500)).result;
  const std::vector<std::string> cells = TableCells("x", result);
  EXPECT_THAT(cells[10], Not(cells[13]));
  EXPECT_EQ(cells[13], "50.00 ms");
}

TEST(Table, WhatIsNamedCannotSteerTheTerminal) {
  std::ostringstream out;
  WriteTable(out, TableHeadings(),
             std::vector<std::vector<std::string>>{
                 TableCells("\x1b[31m", SampleRun().result)});
  EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
}

TEST(Trend, GroupsRunsByWhatWasTested) {
  RunRecord changed = RunOf("bbbb2222", 24, 3);
  changed.modified = true;
  const std::vector<TrendLine> trends =
      TrendsOf({RunOf("aaaa1111", 20, 0), RunOf("aaaa1111", 21, 1),
                RunOf("bbbb2222", 22, 2), changed, changed},
               "/nowhere");
  ASSERT_THAT(trends, SizeIs(1));
  std::vector<std::string> names;
  for (const TrendPoint& point : trends[0].points) names.push_back(point.name);
  EXPECT_THAT(names, ElementsAre("aaaa111", "bbbb222",
                                 "bbbb222 with changes, 09-21 14:16",
                                 "bbbb222 with changes, 09-21 14:16"));
  EXPECT_THAT(trends[0].points[0].runs, SizeIs(2));
}

TEST(Trend, HoldsTheLastStateBesideTheOneBefore) {
  const std::vector<TrendLine> trends =
      TrendsOf({RunOf("aaaa1111", 20, 0), RunOf("aaaa1111", 21, 1),
                RunOf("bbbb2222", 42, 2), RunOf("bbbb2222", 43, 3)},
               "/nowhere");
  ASSERT_TRUE(trends[0].change.has_value());
  EXPECT_EQ(trends[0].change->base, "aaaa111");
  EXPECT_EQ(trends[0].change->other, "bbbb222");
  EXPECT_EQ(trends[0].change->figures[0].verdict, Verdict::kBetter);
  EXPECT_FALSE(trends[0].commits.has_value());
}

TEST(Trend, KeepsLoadsAndMachinesApart) {
  RunRecord other_settings = RunOf("aaaa1111", 20, 1);
  other_settings.result.config.worker_concurrency = 1;
  RunRecord other_machine = RunOf("aaaa1111", 20, 2);
  other_machine.machine.cores = 64;
  RunRecord longer = RunOf("bbbb2222", 20, 3);
  longer.result.config.duration = absl::Minutes(5);
  const std::vector<TrendLine> trends = TrendsOf(
      {RunOf("aaaa1111", 20, 0), other_settings, other_machine, longer},
      "/nowhere");
  ASSERT_THAT(trends, SizeIs(3));
  size_t points = 0;
  for (const TrendLine& line : trends) points += line.points.size();
  EXPECT_EQ(points, 4);
}

TEST(Trend, OfNothingIsNothing) { EXPECT_THAT(TrendsOf({}, ""), IsEmpty()); }

}  // namespace
}  // namespace duroxide::stress
