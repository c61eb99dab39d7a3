#include "conformance/stress/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace duroxide::stress {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// After so many seconds, 20 a second.
StressResult After(int seconds) {
  StressResult so_far;
  so_far.scenario = "any";
  so_far.elapsed = absl::Seconds(seconds);
  so_far.config.duration = absl::Seconds(30);
  so_far.started = 20 * seconds + 7;
  so_far.outcomes.Count(Outcome::kCompleted, 20 * seconds);
  so_far.latency.Record(absl::Milliseconds(2), 98);
  so_far.latency.Record(absl::Seconds(1.25), 2);
  return so_far;
}

TEST(LoadProgress, IsALineThatIsRedrawn) {
  std::ostringstream out;
  LoadProgress progress(out, 200);
  progress.OnBegin(After(0));
  progress.OnTick(After(1));
  EXPECT_EQ(out.str(),
            "\r\x1b[Kany 2/2: 20.0/s, 7 in flight, p50 2.0ms, p99 1.25s, 0 "
            "failed, 29s left");
  out.str("");
  StressResult failed = After(3);
  failed.started += 3;
  failed.outcomes.Count(Outcome::kApplication, 3);
  progress.OnTick(failed);
  EXPECT_EQ(out.str(),
            "\r\x1b[Kany 2/2: 20.0/s, 7 in flight, p50 2.0ms, p99 1.25s, 3 "
            "failed, 27s left");
  out.str("");
  progress.OnEnd(After(30));
  EXPECT_EQ(out.str(), "\r\x1b[K");
}

TEST(LoadProgress, NeverFillsTheTerminal) {
  std::ostringstream out;
  LoadProgress progress(out, 20);
  progress.OnTick(After(1));
  EXPECT_THAT(out.str(), SizeIs(std::string("\r\x1b[K").size() + 19));
}

TEST(LoadProgress, IsALineEveryTenSecondsWithoutATerminal) {
  std::ostringstream out;
  LoadProgress progress(out, 0);
  progress.OnBegin(After(0));
  for (int second = 1; second <= 25; ++second) progress.OnTick(After(second));
  progress.OnEnd(After(25));
  EXPECT_EQ(out.str(),
            "any 2/2: 20.0/s, 7 in flight, p50 2.0ms, p99 1.25s, 0 failed, 20s "
            "left\n"
            "any 2/2: 20.0/s, 7 in flight, p50 2.0ms, p99 1.25s, 0 failed, 10s "
            "left\n");
}

TEST(LoadProgress, RatesAreThoseSinceTheLastLine) {
  std::ostringstream out;
  LoadProgress progress(out, 0);
  progress.OnTick(After(10));
  StressResult stalled = After(10);
  stalled.elapsed = absl::Seconds(20);
  progress.OnTick(stalled);
  EXPECT_THAT(out.str(), HasSubstr("\nany 2/2: 0.0/s, 7 in flight"));
}

TEST(LoadProgress, BeginsAnewWithEachLoad) {
  std::ostringstream out;
  LoadProgress progress(out, 0);
  progress.OnTick(After(20));
  out.str("");
  progress.OnBegin(After(0));
  progress.OnTick(After(10));
  EXPECT_THAT(out.str(), HasSubstr("any 2/2: 20.0/s"));
}

TEST(LoadProgress, KnowsNoPercentilesBeforeTheSteadyPart) {
  std::ostringstream out;
  LoadProgress progress(out, 100);
  StressResult begun = After(1);
  begun.latency = {};
  progress.OnTick(begun);
  EXPECT_THAT(out.str(), HasSubstr("p50 -, p99 -, "));
}

TEST(LoadProgress, TellsWhatGoesOnBesideTheLoad) {
  std::ostringstream out;
  LoadProgress progress(out, 100);
  progress.OnAside(After(0), "700 of 1000 queued", absl::Seconds(3));
  EXPECT_EQ(out.str(), "\r\x1b[Kany 2/2: 700 of 1000 queued, 3s");
}

TEST(LoadProgress, TellsItEveryTenSecondsWithoutATerminal) {
  std::ostringstream out;
  LoadProgress progress(out, 0);
  progress.OnBegin(After(0));
  for (int second = 1; second <= 11; ++second) {
    progress.OnAside(After(0), "queued", absl::Seconds(second));
  }
  for (int second = 1; second <= 10; ++second) {
    progress.OnAside(After(0), "checking", absl::Seconds(second));
  }
  EXPECT_EQ(out.str(), "any 2/2: queued, 10s\nany 2/2: checking, 10s\n");
}

TEST(LoadProgress, SaysWhereOnlyTheRestIsAwaited) {
  std::ostringstream out;
  LoadProgress progress(out, 100);
  progress.OnTick(After(31));
  EXPECT_THAT(out.str(), EndsWith("0 failed, ending"));
}

}  // namespace
}  // namespace duroxide::stress
