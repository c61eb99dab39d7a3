// How cases run side by side.

#include "conformance/scheduler.h"

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "conformance/fixture.h"
#include "gmock/gmock.h"
#include "tests/conformance/run_case_fixture.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class NoObserver : public RunObserver {
 public:
  void OnCaseStarted(const Case& /*started*/) override { ++started_; }
  void OnCaseEnded(const CaseResult& /*result*/) override { ++ended_; }
  int started() const { return started_; }
  int ended() const { return ended_; }

 private:
  // Plain: the scheduler never calls twice at once.
  int started_ = 0;
  int ended_ = 0;
};

using RunCasesTest = RunCaseTest;

TEST_F(RunCasesTest, RunsAsManyAtATimeAsItMay) {
  // Each case waits for the others: it ends only where all run at once.
  static std::latch* all = nullptr;
  std::latch three(3);
  all = &three;
  const auto body = [](Fixture&) { all->arrive_and_wait(); };
  const std::vector<Case> cases = {MakeCase("c", body), MakeCase("a", body),
                                   MakeCase("b", body)};
  NoObserver observer;
  const RunResult run = RunCases(Plan({&cases[0], &cases[1], &cases[2]}, {}), 3,
                                 Options(), observer);
  EXPECT_EQ(run.Count(Verdict::kPassed), 3u);
  EXPECT_FALSE(run.interrupted);
  EXPECT_EQ(observer.started(), 3);
  EXPECT_EQ(observer.ended(), 3);
  EXPECT_EQ(run.cases[0].of->name, "a");
  EXPECT_EQ(run.cases[2].of->name, "c");
}

TEST_F(RunCasesTest, RunsNoMoreAtATimeThanItMay) {
  static std::atomic<int> running = 0;
  const auto body = [](Fixture& t) {
    t.Expect(++running, ::testing::Le(2));
    std::this_thread::yield();
    --running;
  };
  std::vector<Case> cases(20, MakeCase("one", body));
  std::vector<const Case*> selected;
  for (const Case& one : cases) selected.push_back(&one);
  NoObserver observer;
  const RunResult run = RunCases(Plan(selected, {}), 2, Options(), observer);
  EXPECT_EQ(run.Count(Verdict::kPassed), 20u);
}

// How often the case was run, for cases that cannot capture.
std::atomic<int>& Runs() {
  static std::atomic<int> runs;
  return runs;
}

TEST_F(RunCasesTest, KeepsTheFirstFailureOfManyRuns) {
  Runs() = 0;
  const Case seldom = MakeCase("seldom", [](Fixture& t) {
    const int run = ++Runs();
    if (run == 3 || run == 4) t.Fail("run 3", "run " + std::to_string(run));
  });
  NoObserver observer;
  const RunResult run = RunCases(Plan({&seldom}, {.repeat = 5, .seed = 10}), 1,
                                 Options(), observer);
  ASSERT_THAT(run.cases, SizeIs(1));
  EXPECT_EQ(run.cases[0].verdict, Verdict::kFailed);
  EXPECT_EQ(run.cases[0].failure->seen, "run 3");
  EXPECT_EQ(run.cases[0].seed, 12u);
  EXPECT_EQ(run.cases[0].runs, (RunCounts{.passed = 3, .failed = 2}));
  EXPECT_EQ(observer.ended(), 5);
}

TEST_F(RunCasesTest, WhatWasTooSlowIsRunAgainInQuiet) {
  // The slow case ends before the other, which waits for that; its second
  // attempt must find the other gone.
  static std::atomic<bool> slow_ended;
  static std::atomic<bool> other_runs;
  static std::atomic<int> attempts;
  slow_ended = false;
  other_runs = false;
  attempts = 0;
  const Case slow = MakeCase("slow", [](Fixture& t) {
    if (++attempts > 1) return t.Expect(other_runs.load(), false);
    while (!other_runs) std::this_thread::yield();
    slow_ended = true;
    const Moment long_ago = Add(Now(), -absl::Hours(1));
    t.ExpectDuring({long_ago, long_ago, t.lock_timeout()}, 1, 1);
  });
  const Case other = MakeCase("other", [](Fixture& t) {
    other_runs = true;
    while (!slow_ended) std::this_thread::yield();
    t.WaitUntilOver({Now(), Now(), t.lock_timeout()});
    other_runs = false;
  });
  NoObserver observer;
  const RunResult run =
      RunCases(Plan({&slow, &other}, {}), 2, Options(), observer);
  EXPECT_EQ(run.Count(Verdict::kPassed), 2u);
  EXPECT_EQ(attempts, 2);
}

TEST_F(RunCasesTest, EndsEarlyWhereItIsInterrupted) {
  const Case endless = MakeCase("endless", [](Fixture& t) {
    const Moment now = Now();
    t.WaitUntilOver({now, now, absl::Hours(1)});
  });
  const Case other = MakeCase("other", endless.body);
  const Case passing = MakeCase("passing", [](Fixture&) {});
  std::jthread interrupt([&] {
    while (stub_.made() < 2) std::this_thread::yield();
    stop_.request_stop();
  });
  NoObserver observer;
  const RunResult run =
      RunCases(Plan({&passing, &endless, &other}, {}), 1, Options(), observer);
  EXPECT_TRUE(run.interrupted);
  EXPECT_EQ(run.selected, 3u);
  ASSERT_THAT(run.cases, SizeIs(1));
  EXPECT_EQ(run.cases[0].of->name, "passing");
  EXPECT_THAT(stub_.stores(), IsEmpty());
}

}  // namespace
}  // namespace duroxide::conformance
